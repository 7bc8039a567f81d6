/** Gives sections, figures, tables and references their numbers, in the order they are asked for. */
export interface Numbering {
  /** Number and anchor of the next heading; level 1 is a section. */
  section(level: number): { readonly number: string; readonly id: string };
  /** Starts the appendix, whose sections have letters. */
  appendix(): void;
  figure(id: string): number;
  table(id: string): number;
  reference(id: string): number;
  /** An anchor for a table that has no id of its own. */
  anonymousTable(): string;
}

export function createNumbering(): Numbering {
  const figures = new Map<string, number>();
  const tables = new Map<string, number>();
  const references = new Map<string, number>();
  let counts: number[] = [];
  let letters = false;
  let anonymous = 0;
  return {
    section(level) {
      counts = counts.slice(0, level);
      while (counts.length < level) counts.push(0);
      counts[level - 1]! += 1;
      const number = counts
        .map((count, index) =>
          letters && index === 0 ? String.fromCharCode(64 + count) : String(count),
        )
        .join(".");
      return { number, id: `section-${number.replaceAll(".", "-")}` };
    },
    appendix() {
      counts = [];
      letters = true;
    },
    figure: (id) => numberOf(figures, id),
    table: (id) => numberOf(tables, id),
    reference: (id) => numberOf(references, id),
    anonymousTable() {
      anonymous += 1;
      return `own-table-${anonymous}`;
    },
  };
}

function numberOf(numbers: Map<string, number>, id: string): number {
  const number = numbers.get(id) ?? numbers.size + 1;
  numbers.set(id, number);
  return number;
}
