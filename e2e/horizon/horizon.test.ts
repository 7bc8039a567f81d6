import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, expectRefusal, glasshouse } from "../bad-input/command-line.ts";
import { newFolder } from "../fabrication/labs.ts";

const data = fileURLToPath(new URL("../../../shared/data/horizon/", import.meta.url));
const hasData = existsSync(join(data, "oracle.json"));
if (!hasData) console.log("tests on METR's files skipped: ../shared/data/horizon is not there");

let folder: string;
let runs: string;
beforeAll(async () => {
  folder = await newFolder("horizon");
  await mkdir(folder, { recursive: true });
  runs = await write("runs.jsonl", lines(rows()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Row {
  readonly run: string;
  readonly task: string;
  readonly agent: string;
  readonly minutes: number;
  readonly score: number;
}

/** Three agents, each better than the one before, on tasks of 1 minute to 17 hours. */
function rows(): Row[] {
  const agents = ["First", "Second", "Third"];
  return agents.flatMap((agent, able) =>
    Array.from({ length: 33 }, (_, index): Row => {
      const length = index % 11;
      // Each third task goes against its length, so that no curve is a step.
      const score = Number(length < 3 + 2 * able) ^ Number(index % 7 === 3);
      const task = `${index % 2 === 0 ? "arithmetic" : "mlab"}/${index}`;
      return { run: `${agent}-${index}`, task, agent, minutes: 2 ** length, score };
    }),
  );
}

const lines = (given: readonly object[]) => given.map((row) => JSON.stringify(row)).join("\n");

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const horizon = (...args: string[]): Promise<Ended> => glasshouse(folder, ["horizon", ...args]);

async function json(...args: string[]): Promise<unknown> {
  const ended = await horizon(...args, "--json");
  expect(ended).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout);
}

describe("glasshouse horizon", () => {
  it("lists its commands", async () => {
    const ended = await horizon();
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["fit", "trend", "forecast", "compare", "categories", "cycle"]) {
      expect(ended.stdout).toMatch(new RegExp(`^ +${name} `, "m"));
    }
  });

  it("fits runs, and says the same again for the same seed", async () => {
    const [one, two] = [await horizon("fit", runs), await horizon("fit", runs)];
    expect(one).toMatchObject({ code: 0, stderr: "" });
    expect(one.stdout).toBe(two.stdout);
    expect(one.stdout).toMatch(/Third +33 +33 +\d+ h/);
  });

  it("writes its table to a file that trends can be read from", async () => {
    const out = join(folder, "out.csv");
    expect(await horizon("fit", runs, "--draws", "0", "--out", out)).toMatchObject({ code: 0 });
    const [header, ...table] = (await readFile(out, "utf8")).trim().split("\r\n");
    expect(header).toMatch(/^agent,status,tasks,runs,.*p50,p50_low,p50_high,p80/);
    expect(table).toHaveLength(3);
    const dates = await write(
      "dates.yaml",
      "First: 2024-01-01\nSecond: 2024-07-01\nThird: 2025-01-01\n",
    );
    const trend = (await json("trend", runs, "--dates", dates, "--draws", "50")) as {
      trend: { doubling: { estimate: number } };
      doublingOverDraws: { estimate: number };
    };
    // Each agent does about four times the length of the one half a year before.
    expect(trend.trend.doubling.estimate).toBeGreaterThan(60);
    expect(trend.trend.doubling.estimate).toBeLessThan(150);
    expect(trend.doublingOverDraws.estimate).toBeGreaterThan(0);
  });

  it("knows published horizons, their trend and a forecast without any file", async () => {
    const trend = (await json("trend", "--from", "2023-01-01", "--cap", "16h")) as {
      trend: { agents: string[]; doubling: { estimate: number } };
    };
    expect(trend.trend.agents).toHaveLength(14);
    expect(trend.trend.doubling.estimate).toBeCloseTo(128.744, 1);
    const forecast = (await json(
      "forecast",
      "--from",
      "2023-01-01",
      "--draws",
      "200",
      "--milestone",
      "100h",
    )) as {
      sources: { source: string; milestones: { minutes: number; q50: string }[] }[];
    };
    const all = forecast.sources.at(-1)!;
    expect([all.source, all.milestones[0]!.minutes]).toEqual(["all", 6000]);
    expect(all.milestones[0]!.q50 > "2026-06").toBe(true);
  });

  it("compares agents, and categories, on joint draws", async () => {
    const compared = (await json("compare", runs, "--with", "First", "--draws", "100")) as {
      agents: { agent: string; comparison: { ratio: { estimate: number }; winRate: number } }[];
    };
    expect(compared.agents.map(({ agent }) => agent)).toEqual(["Third", "Second"]);
    expect(compared.agents[0]!.comparison.ratio.estimate).toBeGreaterThan(4);
    expect(compared.agents[0]!.comparison.winRate).toBeGreaterThan(0.8);
    const categories = (await json("categories", runs, "--draws", "100")) as {
      reference: string;
      agents: { rows: { category: string; horizon: { estimate: number } }[] }[];
    };
    expect(categories.reference).toBe("AI safety R&D");
    expect(categories.agents[2]!.rows.map(({ category }) => category)).toEqual([
      "AI safety R&D",
      "general reasoning",
    ]);
  });

  it("says what automation does to the research cycle, from quantities that can be edited", async () => {
    const mine = join(folder, "cycle.yaml");
    expect(await horizon("cycle", "--write", mine)).toMatchObject({ code: 0 });
    const [own, shipped] = [
      await json("cycle", mine, "--draws", "50"),
      await json("cycle", "--draws", "50"),
    ];
    expect(own).toEqual(shipped);
  });
});

describe("glasshouse horizon refuses, in one line with exit code 2,", () => {
  const spoilt = (change: object) => {
    const [first, second, ...rest] = rows();
    return lines([first!, { ...second!, ...change }, ...rest]);
  };
  it.each<[string, () => string, string, string]>([
    ["negative minutes", () => spoilt({ minutes: -5 }), "row 2, column minutes", "must be above 0"],
    [
      "a missing column",
      () => spoilt({ minutes: undefined }),
      "row 2, column human_minutes",
      "no column",
    ],
    [
      "NaN",
      () => spoilt({}).replace('"minutes":2', '"minutes":NaN'),
      "row 2, column minutes",
      "NaN",
    ],
    [
      "a run id that stands twice",
      () => spoilt({ run: "First-0" }),
      "row 2, column run_id",
      "twice",
    ],
    [
      "one class",
      () => lines(rows().map((row) => ({ ...row, score: 1 }))),
      "scores",
      "no agent has a curve",
    ],
  ])("%s", async (_what, content, place, cause) => {
    const path = await write("bad.jsonl", content());
    const out = join(folder, "never.csv");
    const ended = await horizon("fit", path, "--out", out);
    expectRefusal(ended, path, place, cause);
    expect(ended.stdout).toBe("");
    expect(await readdir(folder)).not.toContain("never.csv");
  });

  it.each<[string, string[], string]>([
    [
      "an agent that no row has",
      ["fit", "RUNS", "--agent", "Nobody"],
      "no row of the files has it",
    ],
    ["a command that is not there", ["frobnicate"], "there is no such command"],
    ["a file that is not there", ["fit", "none.jsonl"], "there is no such file"],
    ["a chance that is none", ["fit", "RUNS", "--quantile", "1.5"], "chances between 0 and 1"],
    ["an ending it cannot write", ["fit", "RUNS", "--out", "x.pdf"], "neither .csv nor .json"],
    ["runs without dates", ["trend", "RUNS"], "do not say when their agents came out"],
    [
      "a category that is not there",
      ["categories", "RUNS", "--with", "cooking"],
      "no task is of this category",
    ],
    ["a scenario that is not there", ["cycle", "--scenario", "none"], "there is no such scenario"],
  ])("%s", async (_what, args, cause) => {
    const ended = await horizon(...args.map((arg) => (arg === "RUNS" ? runs : arg)));
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
    expect(ended.stderr).toContain(cause);
  });

  it("but leaves bad rows out where asked, and says how many", async () => {
    const path = await write("some-bad.jsonl", spoilt({ minutes: -5 }));
    const ended = await horizon("fit", path, "--skip-bad-rows", "--draws", "0");
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain(
      "1 row is left out: column minutes: the minutes must be above 0 (row 2)",
    );
  });
});

describe.skipIf(!hasData)("on METR's files", () => {
  it("finds the certified optimum, and prints it as people say it", async () => {
    const path = join(data, "task_results_1_1_two_agents.json");
    const ended = await horizon("fit", path, "--draws", "0");
    expect(ended.stdout).toMatch(/GPT-5\.4 +228 +1371 +5 h 42 min/);
    expect(ended.stdout).toMatch(/Claude Mythos Preview \(early\) +228 +1149 +17 h 25 min/);
  });

  it("tells a file of published horizons from one of runs", async () => {
    const ended = await horizon("fit", join(data, "benchmark_results_1_0.yaml"));
    expectRefusal(ended, "benchmark_results_1_0.yaml", "holds no runs", "glasshouse horizon trend");
  });
});
