import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayOf } from "../dates.ts";
import { hasOracle, oracleFile } from "../suite.test-support.ts";
import { holdsPublishedHorizons, readPublishedHorizons, readReleaseDates } from "./published.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "horizon-published-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(content: string): Promise<string> {
  const path = join(folder, "given");
  await writeFile(path, content);
  return path;
}

const yaml = `benchmark_name: some
results:
  able:
    release_date: 2024-02-29
    metrics:
      is_sota: true
      p50_horizon_length: { estimate: 30.5, ci_low: 10, ci_high: 90 }
      p80_horizon_length: { estimate: 5, ci_low: null, ci_high: null }
`;

describe("published horizons", () => {
  it("are read from METR's YAML", async () => {
    const path = await file(yaml);
    const day = dayOf("2024-02-29");
    const base = { agent: "able", releaseDate: day, isSota: true, source: path };
    expect(await readPublishedHorizons(path)).toEqual([
      { ...base, horizon: 30.5, low: 10, high: 90 },
    ]);
    expect(await readPublishedHorizons(path, "p80")).toEqual([
      { ...base, horizon: 5, atHalf: 30.5 },
    ]);
    expect(await holdsPublishedHorizons(path)).toBe(true);
  });

  it("are read from a plain table, without those that have no release date", async () => {
    const path = await file(
      "agent,release_date,p50,p50_low,p50_high\nable,2024-02-29,30.5,10,90\nhuman,,90,,\nother,2025-01-01,60,,\n",
    );
    expect(await readPublishedHorizons(path)).toMatchObject([
      { agent: "able", horizon: 30.5, low: 10, high: 90 },
      { agent: "other", horizon: 60 },
    ]);
    expect(await holdsPublishedHorizons(path)).toBe(true);
    expect(await holdsPublishedHorizons(await file("task_id,alias,score,minutes\n"))).toBe(false);
  });

  it.each([
    [
      yaml.replace("2024-02-29", "2023-02-29"),
      /results\.able\.release_date: "2023-02-29" is not a date/,
    ],
    [yaml.replace("30.5", "-1"), /results\.able\.metrics\.p50_horizon_length\.estimate: /],
    [yaml.replace("results:", "results: ]"), /not valid YAML/],
    ["agent,release_date,p50\nable,2024-02-29,\n", /row 2, column p50: the horizon is ""/],
    ["agent,release_date,p50\nable,soon,3\n", /row 2, column release_date: "soon" is not a date/],
    ["agent,p50\nable,3\n", /row 2: the columns agent, release_date and p50 are not all there/],
  ])("are refused by name where they are wrong: %#", async (content, message) => {
    await expect(readPublishedHorizons(await file(content))).rejects.toThrow(message);
  });
});

describe("release dates", () => {
  it("are read by agent, with or without METR's heading", async () => {
    const expected = new Map([["Able 2", dayOf("2024-05-13")]]);
    expect(await readReleaseDates(await file("date:\n  Able 2: 2024-05-13\n"))).toEqual(expected);
    expect(await readReleaseDates(await file("Able 2: 2024-05-13\n"))).toEqual(expected);
  });

  it("may stand twice, but not with two dates", async () => {
    const twice = "Able: 2024-05-13\nAble: 2024-05-13\n";
    expect((await readReleaseDates(await file(twice))).size).toBe(1);
    await expect(readReleaseDates(await file(`${twice}Able: 2024-05-14\n`))).rejects.toThrow(
      /Able: it stands twice, with two dates/,
    );
  });

  it("are refused where they are none", async () => {
    await expect(readReleaseDates(await file("date:\n  Able: 13 May\n"))).rejects.toThrow(
      /Able: "13 May" is not a date/,
    );
  });
});

describe.skipIf(!hasOracle)("METR's own files", () => {
  const path = (name: string) => fileURLToPath(oracleFile(name));

  it.each([
    ["benchmark_results_1_0.yaml", 33],
    ["benchmark_results_1_1_2026-02-19.yaml", 20],
    ["logistic_fits_headline_reg0.1.csv", 16],
  ])("%s is read", async (name, count) => {
    const points = await readPublishedHorizons(path(name));
    expect(points).toHaveLength(count);
    expect(points.every(({ low, horizon, high }) => low! < horizon && horizon < high!)).toBe(true);
  });

  it("release_dates.yaml is read", async () => {
    const dates = await readReleaseDates(path("release_dates.yaml"));
    expect(dates.get("Claude 3.7 Sonnet")).toBe(dayOf("2025-02-24"));
  });
});
