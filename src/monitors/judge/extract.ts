import type { Json, JsonObject } from "../../record/index.ts";
import { eventOf } from "./ask.ts";
import { shownEvent } from "./excerpt.ts";
import { cutToBudget, type Piece, piece, type ShownView } from "./view.ts";

/**
 * The view of the second reader: the task, the events that the first reader picked, as they stand in
 * the view, and its notes. Picks of events that it was not shown are dropped. Where it picked none,
 * the notes say so, and the task alone is judged.
 */
export function extracted(
  answer: JsonObject,
  shown: ShownView,
  pieces: readonly Piece[],
  budgetTokens: number,
): ShownView {
  const items = (Array.isArray(answer.items) ? answer.items : []) as readonly Json[];
  const notes = new Map<number, string>();
  for (const item of items) {
    const { event, note } = item as JsonObject;
    const index = eventOf(event);
    if (shown.events.has(index)) notes.set(index, String(note));
  }
  const picked = pieces.filter(
    ({ part, events }) => part !== "step" || events.some((event) => notes.has(event)),
  );
  const written = [...notes]
    .sort(([a], [b]) => a - b)
    .map(([index, note]) => piece("final", [], shownEvent({ index }, "first reader's note", note)));
  const none = piece("final", [], "The first reader picked no event.");
  return cutToBudget([...picked, ...(written.length > 0 ? written : [none])], { budgetTokens });
}
