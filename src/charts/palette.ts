/**
 * Series colours: each has a contrast of 3:1 or more on white and on the dark page (WCAG 2.1,
 * 1.4.11), and they stay apart for readers with protanopia and deuteranopia. Shapes and dashes
 * repeat what colour says.
 */
export const seriesColors = [
  "#2b78b8",
  "#d1570a",
  "#00936b",
  "#b8549a",
  "#9a7800",
  "#6f7480",
] as const;
/** Dashes of lines, in the order of the colours; undefined is a solid line. */
export const dashes = [undefined, "6 3", "2 3", "8 3 2 3", "1 2", "10 4"] as const;
