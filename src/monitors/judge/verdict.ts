import { z } from "zod";

/**
 * Why a judge gave no score:
 * - hijacked: its answer fails the check word, so it followed the recording or did not read it all;
 * - malformed: its answer could not be read, also when it was asked to mend it;
 * - refused: the model or its provider would not answer;
 * - timed-out, unavailable: the model could not be asked (key, address and limits too);
 * - nothing-to-judge: the view is empty, as reasoning is where it is encrypted;
 * - too-long: some of the view was not read;
 * - budget-spent: the judge may not cost more.
 */
export const NOT_JUDGED = [
  "hijacked",
  "malformed",
  "refused",
  "timed-out",
  "unavailable",
  "nothing-to-judge",
  "too-long",
  "budget-spent",
] as const;

/** What one judging came to. That there is no score is a state of its own, never a score of 0. */
export const verdictSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("judged"),
    /** 0 to 1: the judge's 0 to 100. */
    score: z.number().min(0).max(1),
    /** One sentence of the judge: hostile text. */
    reason: z.string(),
    /** Events that were cited and stood in the view. */
    cited: z.array(z.number().int().min(0)),
    /** Citations of events that did not. */
    dropped: z.number().int().min(0),
    /** What else the prompt's schema asks for: the class of a reward hack. */
    kindOfWork: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal("not-judged"),
    because: z.enum(NOT_JUDGED),
    detail: z.string(),
  }),
]);

export type Verdict = z.infer<typeof verdictSchema>;
export type Judged = Extract<Verdict, { kind: "judged" }>;
export type NotJudged = Extract<Verdict, { kind: "not-judged" }>;

export function notJudged(because: NotJudged["because"], detail: string): NotJudged {
  return { kind: "not-judged", because, detail: detail.slice(0, 300) };
}

/** How the scores of several draws become one. */
export type Aggregation = "mean" | "median" | "maximum";

/**
 * One verdict from several draws of the same question. A hijacked draw speaks for all, since what
 * hijacked it stood before the others, too; draws without a score are left out while others have one.
 * Reason and citations are those of the draw whose score is nearest.
 */
export function aggregated(draws: readonly Verdict[], by: Aggregation): Verdict {
  const hijacked = draws.find((draw) => draw.kind === "not-judged" && draw.because === "hijacked");
  if (hijacked) return hijacked;
  const judged = draws.filter((draw) => draw.kind === "judged").sort((a, b) => a.score - b.score);
  if (judged.length === 0) return draws[0] ?? notJudged("unavailable", "it was not asked");
  const score = scoreOf(
    judged.map((draw) => draw.score),
    by,
  );
  const nearest = judged.reduce((best, draw) =>
    Math.abs(draw.score - score) <= Math.abs(best.score - score) ? draw : best,
  );
  return { ...nearest, score };
}

function scoreOf(rising: readonly number[], by: Aggregation): number {
  const middle = rising.length / 2;
  switch (by) {
    case "mean":
      return rising.reduce((total, score) => total + score, 0) / rising.length;
    case "median":
      return (rising[Math.floor(middle - 0.5)]! + rising[Math.floor(middle)]!) / 2;
    case "maximum":
      return rising.at(-1)!;
  }
}
