import type { Json } from "../record/index.ts";
import { asArray, member } from "./shape.ts";

/** Messages of the pool from `start` (inclusive) to `end` (exclusive). */
export type MessageRange = readonly [start: number, end: number];

/** Keeps account of which pooled messages were handed out. */
export interface InputMessages {
  /**
   * The ranges of the pool that a model event was given and that were not handed out before;
   * undefined where the event holds its input itself.
   */
  unseen(event: Json): readonly MessageRange[] | undefined;
}

/**
 * A long run's calls each list the whole conversation; going through it again each time would take
 * the square of its length.
 */
export function inputMessages(): InputMessages {
  /** All messages before this one were handed out. */
  let known = 0;
  return {
    unseen(event) {
      const refs = ranges(member(event, "input_refs"));
      if (refs.length === 0) return undefined;
      // A message listed twice was said twice: only the whole list tells how often.
      if (!isAscending(refs)) return refs;
      const news = refs
        .filter(([, end]) => end > known)
        .map(([start, end]): MessageRange => [Math.max(start, known), end]);
      for (const [start, end] of news) if (start === known) known = end;
      return news;
    },
  };
}

/** The ranges as written, without what is none. */
export function ranges(refs: Json | undefined): readonly MessageRange[] {
  return asArray(refs).flatMap((ref) => {
    const [start, end] = asArray(ref);
    const isRange =
      Number.isSafeInteger(start) && Number.isSafeInteger(end) && (start as number) >= 0;
    return isRange && (start as number) < (end as number)
      ? [[start as number, end as number] as const]
      : [];
  });
}

function isAscending(refs: readonly MessageRange[]): boolean {
  return refs.every(([start], index) => index === 0 || start >= refs[index - 1]![1]);
}
