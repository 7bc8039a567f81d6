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
 * done twice, and everything verifies.
 */
export async function expectSame(
  home: LabHome,
  undisturbed: Outcome,
  times: number,
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
    // A death cuts short no more runs than were under way.
    const lost = view.runs.filter((run) => cutShort.includes(run.status)).length;
    expect(lost).toBeLessThanOrEqual(times * availableParallelism());
  });
}

const cutShort: readonly string[] = ["interrupted", "aborted", "killed"];

/** The text of the ledger, and the keys of its whole lines. */
export async function readLedger(
  home: LabHome,
): Promise<{ readonly text: string; readonly keys: readonly string[] }> {
  const text = home.database
    ? (await ledgerLines(home.database)).map((line) => `${line}\n`).join("")
    : await readFile(join(labFolder(home), "ledger.jsonl"), "utf8").catch(() => "");
  const keys = wholeLines(text)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { key: string }).key);
  return { text, keys };
}

/** Holds a ledger to everything that stood in it before, and to what was acknowledged besides. */
export function expectNothingLost(
  before: { readonly text: string },
  after: { readonly text: string; readonly keys: readonly string[] },
  acknowledged: readonly string[] = [],
): void {
  expect(after.text.startsWith(wholeLines(before.text))).toBe(true);
  expect(new Set(after.keys).size).toBe(after.keys.length);
  expect(after.keys).toEqual(expect.arrayContaining([...acknowledged]));
  const isTorn = wholeLines(before.text) !== before.text;
  const repairs = after.keys.filter((key) => key.startsWith("ledger.repaired/"));
  expect(repairs.length).toBeGreaterThanOrEqual(isTorn ? 1 : 0);
}

/** A ledger's text without what a crash left of its last line. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
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
