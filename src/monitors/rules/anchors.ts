/** Tells of which groups of literal texts one occurs in some texts, in one pass over them. */
export type AnchorScan = (texts: Iterable<string>) => readonly number[];

/**
 * Aho and Corasick's automaton (doi:10.1145/360825.360855) over groups of anchors of ASCII, as one
 * dense table: one look-up a character, whatever the number of anchors. Gives the positions of the
 * groups that occur, in their order.
 */
export function anchorScan(groups: readonly (readonly string[])[]): AnchorScan {
  const anchors = [...new Set(groups.flat())];
  const classes = new Uint8Array(128);
  let width = 1;
  for (const anchor of anchors) {
    if (!/^[ -~]{2,}$/.test(anchor)) throw new Error(`an anchor is not plain ASCII: ${anchor}`);
    for (const char of anchor) {
      const code = char.charCodeAt(0);
      if (classes[code] === 0) classes[code] = width++;
    }
  }
  const size = anchors.reduce((sum, { length }) => sum + length, 1);
  const next = new Uint32Array(size * width);
  const ends: number[][] = Array.from({ length: size }, () => []);
  let states = 1;
  for (const anchor of anchors) {
    let state = 0;
    for (let at = 0; at < anchor.length; at++) {
      const slot = state * width + classes[anchor.charCodeAt(at)]!;
      if (next[slot] === 0) next[slot] = states++;
      state = next[slot]!;
    }
    ends[state]!.push(...groupsOf(groups, anchor));
  }
  link(next, ends, width);
  // States as offsets into the table save a multiplication a character.
  const table = next.map((state) => state * width);
  // What ends in a state is taken up once a scan: 1 where it waits to be.
  const waiting = new Uint8Array(table.length);
  for (let state = 0; state < states; state++) {
    ends[state] = [...new Set(ends[state])];
    if (ends[state]!.length > 0) waiting[state * width] = 1;
  }
  return (texts) => {
    const taken: number[] = [];
    for (const text of texts) walk(text, table, classes, waiting, taken);
    if (taken.length === 0) return [];
    const found = new Set<number>();
    for (const state of taken) {
      waiting[state] = 1;
      for (const group of ends[state / width]!) found.add(group);
    }
    return [...found].sort((a, b) => a - b);
  };
}

function walk(
  text: string,
  table: Uint32Array,
  classes: Uint8Array,
  waiting: Uint8Array,
  taken: number[],
): void {
  let state = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    state = code < 128 ? table[state + classes[code]!]! : 0;
    if (waiting[state] === 1) {
      waiting[state] = 0;
      taken.push(state);
    }
  }
}

function groupsOf(groups: readonly (readonly string[])[], anchor: string): readonly number[] {
  return groups.flatMap((group, number) => (group.includes(anchor) ? [number] : []));
}

/** Breadth first: where a state has no way on, the way of its longest suffix is taken. */
function link(next: Uint32Array, ends: number[][], width: number): void {
  const fail = new Uint32Array(ends.length);
  const queue: number[] = [];
  for (let slot = 1; slot < width; slot++) if (next[slot] !== 0) queue.push(next[slot]!);
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head]!;
    const suffix = fail[state]!;
    ends[state]!.push(...ends[suffix]!);
    for (let slot = 1; slot < width; slot++) {
      const target = next[state * width + slot]!;
      const other = next[suffix * width + slot]!;
      if (target === 0) next[state * width + slot] = other;
      else {
        fail[target] = other;
        queue.push(target);
      }
    }
  }
}
