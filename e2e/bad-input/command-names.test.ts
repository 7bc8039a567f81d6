import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newFolder } from "../fabrication/labs.ts";
import { expectRefusal, glasshouse } from "./command-line.ts";

let folder: string;
beforeAll(async () => {
  folder = await newFolder("command-names");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a command's name that was mistyped", () => {
  it.each([
    ["by itself", ["scna"], "scan"],
    ["with what it was to read", ["scna", "logs", "more"], "scan"],
    ["with options that only the right one has", ["calibarte", "--honest", "logs"], "calibrate"],
    ["behind options of the lab", ["--lab", "other", "verfiy"], "verify"],
    ["behind its group", ["incidents", "clsoe", "inc-1"], "close"],
    ["behind another group", ["horizon", "ternd", "runs.jsonl"], "trend"],
  ])("%s: one line says which was meant", async (_how, args, meant) => {
    const ended = await glasshouse(folder, args);
    expectRefusal(ended, "", "there is no such command", `Did you mean ${meant}?`);
    expect(ended.stdout).toBe("");
  });

  it("is still taken for a study's where nothing is near", async () => {
    const ended = await glasshouse(folder, ["all-or-nothing"]);
    expectRefusal(ended, "all-or-nothing", "there is no such study", "all-or-none");
  });
});
