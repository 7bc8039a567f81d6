import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newFolder } from "../fabrication/labs.ts";
import { expectRefusal, glasshouse } from "./command-line.ts";

let folder: string;
beforeAll(async () => {
  folder = await newFolder("sessions-alone");
  await mkdir(join(folder, "watched", "sessions"), { recursive: true });
  await writeFile(join(folder, "watched", "sessions", "one.jsonl"), "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("a folder of sessions without an incident says what can be done with them", async () => {
  const ended = await glasshouse(folder, ["--lab", "watched", "incidents"]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout).toMatch(/^No incident is on record: .* 1 session\./);
  expect(ended.stdout).toContain("glasshouse scan watched/sessions");
  const json = await glasshouse(folder, ["--lab", "watched", "--json", "incidents"]);
  expect(JSON.parse(json.stdout)).toEqual([]);
});

it("a folder that holds nothing is still no lab", async () => {
  const ended = await glasshouse(folder, ["--lab", "nowhere", "incidents"]);
  expectRefusal(ended, "nowhere", "there is no lab here", "Make one");
});
