import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Monitor } from "../../monitors/index.ts";
import type { Ensemble } from "../ensemble/ensemble.ts";
import { follow, type Seen } from "./follow.ts";

/** Finds deletions, and counts how many events it was shown. */
const wary: Monitor = {
  name: "wary",
  version: "1",
  watch: () => ({
    see: (event) =>
      JSON.stringify(event).includes("rm -rf")
        ? [
            {
              signal: "deletes",
              weight: 0.9,
              note: "It deletes.",
              evidence: [{ event: event.index, pointer: "/arguments/command", quote: "rm -rf" }],
            },
          ]
        : [],
    end: () => [],
  }),
};
const ensemble: Ensemble = {
  monitors: [wary],
  version: "1",
  stack: { intercept: -2, slopes: {} },
};

let folder: string;
let session: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "glasshouse-follow-"));
  session = join(folder, "session.jsonl");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

let records = 0;
/** A record of a Claude Code session: the agent runs a command. */
function record(command: string): string {
  records += 1;
  const content = [{ type: "tool_use", id: `t${records}`, name: "Bash", input: { command } }];
  return `${JSON.stringify({
    type: "assistant",
    uuid: `u${records}`,
    parentUuid: records === 1 ? null : `u${records - 1}`,
    sessionId: "s",
    timestamp: "2026-01-01T00:00:00.000Z",
    message: { id: `m${records}`, role: "assistant", content },
  })}\n`;
}

/** Follows the folder; between two looks, does the next of the deeds, and ends after the last. */
async function followed(...deeds: readonly (() => Promise<void>)[]): Promise<readonly Seen[]> {
  const controller = new AbortController();
  const waiting = [...deeds];
  const seen: Seen[] = [];
  const sleep = async () => {
    const next = waiting.shift();
    if (next) await next();
    else controller.abort();
  };
  const options = { every: 0, sleep, signal: controller.signal };
  for await (const each of follow([folder], ensemble, options)) seen.push(each);
  return seen;
}

const commands = (seen: readonly Seen[]) =>
  seen.flatMap(({ event }) =>
    event.kind === "tool-call" ? (event.arguments as { command: string }).command : [],
  );

describe("following sessions", () => {
  beforeEach(() => {
    records = 0;
  });

  it("gives each event once, as the file grows, and tells what was there before", async () => {
    await writeFile(session, record("ls"));
    const seen = await followed(
      () => appendFile(session, record("rm -rf build")),
      async () => {},
      () => appendFile(session, record("make")),
    );
    expect(commands(seen)).toEqual(["ls", "rm -rf build", "make"]);
    const calls = seen.filter(({ event }) => event.kind === "tool-call");
    expect(calls.map(({ past }) => past)).toEqual([true, false, false]);
    expect(calls.map(({ verdict }) => verdict.findings.length)).toEqual([0, 1, 0]);
    expect(calls[2]!.verdict.soFar).toBeGreaterThan(calls[0]!.verdict.soFar);
  });

  it("waits for the rest of a half-written record", async () => {
    await writeFile(session, record("ls"));
    const next = record("make");
    const seen = await followed(
      () => appendFile(session, next.slice(0, 40)),
      () => appendFile(session, next.slice(40)),
    );
    expect(commands(seen)).toEqual(["ls", "make"]);
  });

  it("takes up sessions that begin later", async () => {
    await writeFile(session, record("ls"));
    const seen = await followed(async () => {
      records = 0;
      await writeFile(join(folder, "second.jsonl"), record("rm -rf /"));
    });
    expect(commands(seen)).toEqual(["ls", "rm -rf /"]);
  });

  it("begins again with a session whose past was rewritten", async () => {
    await writeFile(session, record("ls") + record("rm -rf build"));
    const seen = await followed(async () => {
      records = 0;
      await writeFile(session, record("pwd and more") + record("make"));
    });
    expect(commands(seen)).toEqual(["ls", "rm -rf build", "pwd and more", "make"]);
    expect(seen.at(-1)!.verdict.soFar).toBeLessThan(0.5);
  });
});
