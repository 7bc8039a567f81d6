import { type Hash, hashBytes, type TranscriptEvent } from "../../record/index.ts";
import type { Subject } from "../monitor.ts";
import { tokensOf } from "./excerpt.ts";

/**
 * What a judge is shown of a transcript: a pure function of its events to text in which each event
 * stands by its index, `[E12]`. Less is more: a judge that sees only what its question needs is
 * harder to talk to and finds more (extract-and-evaluate, arXiv 2601.21112).
 */
export interface View {
  readonly id: string;
  /** Changes whenever its text may. */
  readonly version: string;
  /** Begins on one transcript. */
  begin(subject: Subject): ViewFold;
}

/** A view at work: events go in, in order and once. */
export interface ViewFold {
  add(event: TranscriptEvent): void;
  /** What there is to show so far; the caller may keep it while more events are added. */
  pieces(): readonly Piece[];
}

/** A part of a view that is shown whole or not at all. */
export interface Piece {
  /** `task` stands first and is always shown, `final` stands last and is shown before any step. */
  readonly part: "task" | "step" | "final";
  /** Indices of the events that it shows. */
  readonly events: readonly number[];
  readonly text: string;
  readonly tokens: number;
}

export function piece(part: Piece["part"], events: readonly number[], text: string): Piece {
  return { part, events, text, tokens: tokensOf(text) + 1 };
}

/** A view cut to its budget. */
export interface ShownView {
  readonly text: string;
  /** So many of its first UTF-16 units stay while the transcript grows: all before the endings. */
  readonly stable: number;
  /** Events that stand in it: a citation of any other is none. */
  readonly events: ReadonlySet<number>;
  /** Pieces that had no room. */
  readonly leftOut: number;
  /** Neither a step nor an ending: there is nothing to judge. */
  readonly empty: boolean;
  /** Of the text. */
  readonly hash: Hash;
}

export interface Cut {
  /** For the whole text, in estimated tokens. */
  readonly budgetTokens: number;
  /** The event that is judged: the steps around it are kept. The newest, where absent. */
  readonly focus?: number | undefined;
}

/**
 * Cuts pieces to the budget: the task's head, then endings, then the steps around the focus, with a
 * line where some were left out. While a transcript grows, the first step that is shown stays the
 * same until half of the room is used up again, so that the text keeps its beginning and a provider's
 * cache holds.
 */
export function cutToBudget(pieces: readonly Piece[], { budgetTokens, focus }: Cut): ShownView {
  const tasks = withinShare(of(pieces, "task"), budgetTokens / 4);
  const finals = withinShare(of(pieces, "final"), budgetTokens / 2);
  const steps = of(pieces, "step");
  const room = budgetTokens - sum(tasks.kept) - sum(finals.kept);
  const [from, to] = window(steps, Math.max(room, 1), focus);
  const lasting = [
    ...tasks.kept.map(({ text }) => text),
    ...(tasks.left > 0 ? [`(${tasks.left} more requests are left out)`] : []),
    ...(from > 0 ? [leftOutLine(steps.slice(0, from))] : []),
    ...steps.slice(from, to).map(({ text }) => text),
  ];
  const passing = [
    ...(to < steps.length ? [leftOutLine(steps.slice(to))] : []),
    ...finals.kept.map(({ text }) => text),
    ...(finals.left > 0 ? [`(${finals.left} more entries are left out)`] : []),
  ];
  const kept = [...tasks.kept, ...steps.slice(from, to), ...finals.kept];
  const text = [...lasting, ...passing].join("\n");
  return {
    text,
    stable: lasting.join("\n").length,
    events: new Set(kept.flatMap(({ events }) => events)),
    leftOut: pieces.length - kept.length,
    empty: steps.length + finals.kept.length === 0,
    hash: hashBytes(text),
  };
}

/** The whole view in parts that each fit the budget, each with the task and the endings. */
export function splitByBudget(
  pieces: readonly Piece[],
  budgetTokens: number,
): readonly ShownView[] {
  const whole = cutToBudget(pieces, { budgetTokens });
  const steps = of(pieces, "step");
  const frame = [...of(pieces, "task"), ...of(pieces, "final")];
  const room = Math.max(budgetTokens - Math.min(sum(frame), (3 * budgetTokens) / 4), 1);
  if (sum(steps) <= room) return [whole];
  const parts: Piece[][] = [[]];
  let used = 0;
  for (const step of steps) {
    if (used + step.tokens > room && used > 0) {
      parts.push([]);
      used = 0;
    }
    parts.at(-1)!.push(step);
    used += step.tokens;
  }
  return parts.map((part) => cutToBudget([...frame, ...part], { budgetTokens }));
}

/** The first pieces that fit; at least one, which its own cap keeps small. */
function withinShare(
  pieces: readonly Piece[],
  share: number,
): { readonly kept: readonly Piece[]; readonly left: number } {
  let used = 0;
  let count = 0;
  while (count < pieces.length && (count === 0 || used + pieces[count]!.tokens <= share)) {
    used += pieces[count]!.tokens;
    count += 1;
  }
  return { kept: pieces.slice(0, count), left: pieces.length - count };
}

/** Which steps are shown, as [from, to). */
function window(
  steps: readonly Piece[],
  room: number,
  focus: number | undefined,
): readonly [number, number] {
  const total = sum(steps);
  if (total <= room) return [0, steps.length];
  const to = lastShown(steps, room, focus);
  const before = sum(steps.slice(0, to));
  if (before <= room) return [0, to];
  // Whole halves of the room go at once: the beginning changes seldom.
  const half = room / 2;
  const drop = Math.ceil((before - room) / half) * half;
  let from = 0;
  for (let dropped = 0; from < to - 1 && dropped < drop; from++) dropped += steps[from]!.tokens;
  return [from, to];
}

/** One past the last step: after the focus, a quarter of the room shows what followed. */
function lastShown(steps: readonly Piece[], room: number, focus: number | undefined): number {
  if (focus === undefined) return steps.length;
  let to = steps.findIndex(({ events }) => (events.at(-1) ?? -1) > focus);
  if (to < 0) return steps.length;
  for (let used = 0; to < steps.length && used + steps[to]!.tokens <= room / 4; to++) {
    used += steps[to]!.tokens;
  }
  return Math.max(to, 1);
}

function leftOutLine(steps: readonly Piece[]): string {
  const first = steps[0]?.events[0] ?? 0;
  const last = steps.at(-1)?.events.at(-1) ?? first;
  return `(${steps.length} steps from E${first} to E${last} are left out)`;
}

function of(pieces: readonly Piece[], part: Piece["part"]): readonly Piece[] {
  return pieces.filter((one) => one.part === part);
}

function sum(pieces: readonly Piece[]): number {
  return pieces.reduce((total, { tokens }) => total + tokens, 0);
}
