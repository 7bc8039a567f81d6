/** Columns that a text takes in a terminal: marks take none, wide East Asian characters two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

export function padTo(text: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + blanks : blanks + text;
}

/**
 * Breaks a text into lines of at most `width` columns, at blanks; a word longer than a line is
 * broken where the line ends. No-break spaces hold words together and become blanks.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(/[ \n\t]+/)) {
    let rest = word.replaceAll("\u00a0", " ");
    let length = displayWidth(rest);
    if (used > 0 && used + 1 + length > width) {
      lines.push(line);
      line = "";
      used = 0;
    }
    while (length > width) {
      const piece = takeColumns(rest, width);
      lines.push(piece);
      rest = rest.slice(piece.length);
      length = displayWidth(rest);
    }
    line += (used > 0 ? " " : "") + rest;
    used += (used > 0 ? 1 : 0) + length;
  }
  lines.push(line);
  return lines.map((one) => one.trimEnd());
}

/** As many characters as fit into the columns, at a blank where there is one; never none. */
function takeColumns(text: string, width: number): string {
  let piece = "";
  let used = 0;
  for (const character of text) {
    const next = used + displayWidth(character);
    if (next > width && piece !== "") break;
    piece += character;
    used = next;
  }
  const blank = piece.lastIndexOf(" ");
  return blank > 0 ? piece.slice(0, blank + 1) : piece;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
