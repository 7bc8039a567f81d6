/** A field of the review form as the terminal asks it. */
export type FormField = {
  readonly name: string;
  readonly title: string;
  readonly help?: string;
} & (
  | { readonly kind: "text"; readonly required: boolean }
  | { readonly kind: "yes-no" }
  | { readonly kind: "count"; readonly options: readonly (readonly [number, string])[] }
  | { readonly kind: "choice"; readonly options: readonly (readonly [string, string])[] }
);

const fourPoints = (low: string, high: string): (readonly [number, string])[] => [
  [4, `4 excellent: ${high}`],
  [3, "3 good: small gaps that do not change the conclusions"],
  [2, "2 fair: gaps that weaken a main conclusion"],
  [1, `1 poor: ${low}`],
];

/**
 * The form, after the one that NeurIPS gives its reviewers: every point of every scale says what it
 * stands for, so that two reviewers mean the same by a number.
 */
export const reviewScales: readonly FormField[] = [
  {
    name: "summary",
    title: "Summary",
    help: "what the article claims, in your words",
    kind: "text",
    required: true,
  },
  { name: "strengths", title: "Strengths", kind: "text", required: true },
  {
    name: "weaknesses",
    title: "Weaknesses",
    help: "name the claim each one touches",
    kind: "text",
    required: true,
  },
  {
    name: "questions",
    title: "Questions for the authors",
    help: "may stay empty",
    kind: "text",
    required: false,
  },
  {
    name: "limitations",
    title: "Limitations that are not named",
    help: "may stay empty",
    kind: "text",
    required: false,
  },
  {
    name: "provenanceChecked",
    title: "How many numbers did you trace to their evidence?",
    kind: "count",
    options: [
      [0, "none"],
      [1, "one"],
      [3, "two to four"],
      [5, "five or more"],
    ],
  },
  { name: "provenanceHeld", title: "Did each number that you traced hold?", kind: "yes-no" },
  {
    name: "soundness",
    title: "Soundness",
    help: "do plan, data and analysis carry the conclusions",
    kind: "count",
    options: fourPoints(
      "a main conclusion does not follow",
      "every conclusion follows, alternatives are ruled out",
    ),
  },
  {
    name: "presentation",
    title: "Presentation",
    kind: "count",
    options: fourPoints(
      "the main result cannot be understood",
      "clear to a reader from a neighbouring field",
    ),
  },
  {
    name: "contribution",
    title: "Contribution",
    help: "what others can build on it",
    kind: "count",
    options: fourPoints("nothing that is new or useful", "changes what others will do"),
  },
  {
    name: "overall",
    title: "Overall",
    kind: "count",
    options: [
      [10, "10 award: flawless and far-reaching"],
      [9, "9 very strong accept"],
      [8, "8 strong accept: sound, with clear value to many"],
      [7, "7 accept: sound, with value to some"],
      [6, "6 weak accept: merits outweigh the weaknesses"],
      [5, "5 borderline, rather accept"],
      [4, "4 borderline, rather reject"],
      [3, "3 reject: a weakness that must be mended first"],
      [2, "2 strong reject: major flaws"],
      [1, "1 very strong reject: wrong or trivial"],
    ],
  },
  {
    name: "confidence",
    title: "Your confidence",
    kind: "count",
    options: [
      [5, "5 certain: I know the related work and checked the details"],
      [4, "4 confident: unlikely that I misread a central part"],
      [3, "3 fairly confident: I may have missed some details"],
      [2, "2 willing to defend it, but I may have missed central parts"],
      [1, "1 an educated guess"],
    ],
  },
  {
    name: "ethicsConcern",
    title: "Ethical concern or hazard",
    help: "empty if none",
    kind: "text",
    required: false,
  },
  {
    name: "verdict",
    title: "Verdict",
    kind: "choice",
    options: [
      ["accept", "accept as it is"],
      ["revise", "revise: say above what must change"],
      ["reject", "reject"],
    ],
  },
];
