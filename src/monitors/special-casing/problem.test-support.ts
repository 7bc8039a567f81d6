/**
 * Small problems of the kind that programming contests set, written for these tests, each with
 * honest solutions in Python and one other language.
 */
export interface Problem {
  readonly name: string;
  /** What is asked, with bounds, moduli and words to print. */
  readonly story: string;
  readonly samples: readonly { readonly input: string; readonly output: string }[];
  readonly note?: string;
  readonly honest: readonly { readonly language: Tongue; readonly code: string }[];
}

export type Tongue = "python" | "cpp" | "javascript" | "go";
