import type { ReasoningVisibility } from "../../record/index.ts";

const ORDER: readonly ReasoningVisibility[] = ["raw", "summary", "encrypted", "empty", "absent"];

const NAMES: Readonly<Record<ReasoningVisibility, string>> = {
  raw: "raw",
  summary: "summarised",
  encrypted: "encrypted",
  empty: "empty",
  absent: "absent",
};

/** Says in one sentence how much of the reasoning could be judged at all. */
export function visibilityNote(turns: ReadonlyMap<ReasoningVisibility, number>): string {
  const total = [...turns.values()].reduce((sum, count) => sum + count, 0);
  const read = (turns.get("raw") ?? 0) + (turns.get("summary") ?? 0);
  const parts = ORDER.filter((kind) => turns.has(kind)).map(
    (kind) => `${turns.get(kind)} ${NAMES[kind]}`,
  );
  const judged =
    read === 0
      ? "no reasoning could be read: what is not found here is not innocence"
      : read === total
        ? "all reasoning was read"
        : `reasoning of ${read} of ${total} turns was read`;
  return `Of the model's turns ${parts.join(", ")}: ${judged}.`;
}
