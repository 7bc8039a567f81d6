/** Found in a text, all of them: several instead of one with gaps, whose search is not linear. */
export type Marks = RegExp | readonly RegExp[];

/** Whether all marks are found in a text. */
export function marked(text: string, marks: Marks): boolean {
  return marks instanceof RegExp ? marks.test(text) : marks.every((mark) => mark.test(text));
}
