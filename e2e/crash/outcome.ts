import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { showStudy, verifyLab } from "../../src/lab/index.ts";
import { type LabHome, labFolder, stateFolder } from "./lab-process.ts";
import { ledgerLines } from "./postgres-server.ts";

/** What a study came to, apart from how often it was cut short; one check warns of that. */
export interface Outcome {
  readonly claims: unknown;
  readonly decisions: unknown;
  readonly statuses: unknown;
  readonly replications: unknown;
  readonly queued: boolean;
}

export async function outcomeOf(home: LabHome): Promise<Outcome> {
  const { view, statuses } = await withState(home, () => showStudy(optionsOf(home), "coins"));
  return {
    claims: [...view.claims].map(([role, { object }]) => [role, object]),
    decisions: view.decisions.map(({ hypothesis, p, level, rejected }) => [
      hypothesis,
      p,
      level,
      rejected,
    ]),
    statuses: [...statuses],
    replications: view.replications.map(({ role, verdicts }) => [role, verdicts]),
    queued: view.queued !== null,
  };
}

/**
 * Holds a lab that was cut short `times` times to one that was not: it came to the same, nothing was
 * done twice, and everything verifies. Null for a shared lab: on a busy machine a worker whose heart
 * comes late counts as dead, too, and its runs are made again.
 */
export async function expectSame(
  home: LabHome,
  undisturbed: Outcome,
  times: number | null,
): Promise<void> {
  expect(await outcomeOf(home)).toEqual(undisturbed);
  await withState(home, async () => {
    const { findings } = await verifyLab(optionsOf(home), {});
    expect(findings).toEqual([]);
    const { view } = await showStudy(optionsOf(home), "coins");
    for (const id of new Set(view.runs.map((run) => run.id))) {
      const attempts = view.runs.filter((run) => run.id === id).map((run) => run.status);
      expect(attempts.filter((status) => status === "ok")).toHaveLength(1);
      // Nothing comes after a result, and before it only what a death cut short.
      expect(attempts.at(-1)).toBe("ok");
      expect(attempts.filter((status) => !cutShort.includes(status))).toEqual(["ok"]);
    }
    if (times === null) return;
    // A death cuts short no more runs than were under way.
    const lost = view.runs.filter((run) => cutShort.includes(run.status)).length;
    expect(lost).toBeLessThanOrEqual(times * availableParallelism());
  });
}

const cutShort: readonly string[] = ["interrupted", "aborted", "killed"];

/** The text of a ledger. */
export async function readLedger(home: LabHome): Promise<string> {
  return home.database
    ? (await ledgerLines(home.database)).map((line) => `${line}\n`).join("")
    : readFile(join(labFolder(home), "ledger.jsonl"), "utf8").catch(() => "");
}

/** The keys of a ledger's events. */
export function keysOf(ledger: string): readonly string[] {
  return linesOf(ledger).map((line) => parseEvent(line).key);
}

/** Holds a ledger to everything signed that stood in it before, and to what was acknowledged besides. */
export function expectNothingLost(
  before: string,
  after: string,
  acknowledged: readonly string[],
): void {
  const signed = signedPart(before);
  expect(after.slice(0, signed.length)).toBe(signed);
  const keys = keysOf(after);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toEqual(expect.arrayContaining([...acknowledged]));
  const repairs = keys.filter((key) => key.startsWith("ledger.repaired/"));
  expect(repairs.length).toBeGreaterThanOrEqual(signed === before ? 0 : 1);
}

/** A ledger without what a crash left of its last group, of which the last event is signed. */
function signedPart(ledger: string): string {
  const whole = linesOf(ledger.slice(0, ledger.lastIndexOf("\n") + 1));
  const signed = whole.findLastIndex((line) => parseEvent(line).signature !== undefined);
  return whole
    .slice(0, signed + 1)
    .map((line) => `${line}\n`)
    .join("");
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function parseEvent(line: string): { readonly key: string; readonly signature?: string } {
  return JSON.parse(line) as { key: string; signature?: string };
}

function optionsOf(home: LabHome): { folder: string; database?: string } {
  return { folder: labFolder(home), ...(home.database ? { database: home.database } : {}) };
}

let turn: Promise<unknown> = Promise.resolve();

/** Looks at a lab with its own state folder, which the environment names: one lab at a time. */
export function withState<T>(home: LabHome, look: () => Promise<T>): Promise<T> {
  const mine = turn.then(async () => {
    process.env.GLASSHOUSE_STATE = stateFolder(home);
    return look();
  });
  turn = mine.catch(() => undefined);
  return mine;
}
