import { LABEL_NAMES } from "../../formats/index.ts";
import type { Json, JsonObject, Transcript, TranscriptEvent } from "../../record/index.ts";

/** What people or rules said of a transcript. */
export interface Truth {
  /** It holds misconduct. */
  readonly label: boolean;
  /** Whether an event is part of it, where the set says which are. */
  readonly isAttack?: (event: TranscriptEvent) => boolean;
}

/**
 * The truth that a labelled set states, by the names that sets use, or by a name that is given:
 * `label` (1, true, "unsafe"), `expected_hack`, `is_correct` of a failed run, `attack` or
 * `mistake_step` for the events. Undefined where it states none.
 */
export function truthOf({ labels }: Pick<Transcript, "labels">, name?: string): Truth | undefined {
  const isAttack = attackOf(labels);
  const names = name === undefined ? LABEL_NAMES : [name];
  for (const key of names) {
    const label = asTruth(Object.hasOwn(labels, key) ? labels[key] : undefined);
    if (label !== undefined) return { label, ...(label && isAttack ? { isAttack } : {}) };
  }
  // A set of failed runs that says where they went wrong holds no good ones.
  return isAttack && name === undefined ? { label: true, isAttack } : undefined;
}

const YES = new Set(["1", "true", "yes", "unsafe", "hack", "attack", "positive", "malicious"]);
const NO = new Set(["0", "false", "no", "safe", "clean", "honest", "benign", "negative", "normal"]);

function asTruth(value: Json | undefined): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (value === 1 || value === 0) return value === 1;
  if (typeof value !== "string") return undefined;
  const word = value.trim().toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

function attackOf(labels: JsonObject): Truth["isAttack"] {
  if (Array.isArray(labels.attack)) {
    const events = new Set(labels.attack.filter((index) => typeof index === "number"));
    return events.size === 0 ? undefined : ({ index }) => events.has(index);
  }
  const step = labels.mistake_step ?? labels.transition_step;
  const wanted = typeof step === "string" || typeof step === "number" ? Number(step) : Number.NaN;
  if (!Number.isInteger(wanted)) return undefined;
  // Sets count messages (from 0) or steps (from 1), and events point to where they stand.
  const from = labels.mistake_step === undefined ? 1 : 0;
  return ({ at }) => {
    const [, list, index] =
      /^\/(?:[^/]+\/)*?(history|messages|steps)\/(\d+)(?:\/|$)/.exec(at.pointer) ?? [];
    return list !== undefined && Number(index) === wanted - from;
  };
}
