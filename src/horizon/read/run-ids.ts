/** A row that was seen before: which of the files, and its number there. */
export interface SeenAt {
  readonly file: number;
  readonly row: number;
}

/** Run ids seen so far. */
export interface RunIds {
  /** Notes an id; where it was there already, says where it stood first. */
  add(id: string, file: number, row: number): SeenAt | null;
}

const START_SLOTS = 2 ** 12;
/** Beyond it, the search for a free slot gets long. */
const FULLEST = 0.7;

/**
 * Finds ids that stand twice without keeping the ids: 14 bytes a slot, so some 20 to 60 a run, where
 * a Set of strings takes above 100. It keeps 64 bits of hash, so two different ids among ten million
 * are taken for one with a chance of 3 in a million.
 */
export function createRunIds(): RunIds {
  let size = 0;
  let slots = emptySlots(START_SLOTS);

  function grow(): void {
    const old = slots;
    slots = emptySlots(old.rows.length * 2);
    for (let slot = 0; slot < old.rows.length; slot++) {
      if (old.rows[slot] === 0) continue;
      const [high, low] = [old.high[slot]!, old.low[slot]!];
      put(slots, findSlot(slots, high, low), high, low, old.files[slot]!, old.rows[slot]!);
    }
  }

  return {
    add(id, file, row) {
      if (size >= slots.rows.length * FULLEST) grow();
      const high = hash32(id, 0x9e3779b9);
      const low = hash32(id, 0x85ebca6b);
      const slot = findSlot(slots, high, low);
      const seen = slots.rows[slot]!;
      if (seen !== 0) return { file: slots.files[slot]!, row: seen };
      put(slots, slot, high, low, file, row);
      size += 1;
      return null;
    },
  };
}

/** An open hash table in columns; a row number of 0 marks a free slot. */
interface Slots {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly files: Uint16Array;
  readonly rows: Uint32Array;
}

function emptySlots(count: number): Slots {
  return {
    high: new Uint32Array(count),
    low: new Uint32Array(count),
    files: new Uint16Array(count),
    rows: new Uint32Array(count),
  };
}

/** The slot of this hash, or the free one where it belongs. The number of slots is a power of two. */
function findSlot({ high, low, rows }: Slots, wantedHigh: number, wantedLow: number): number {
  const mask = rows.length - 1;
  let slot = wantedLow & mask;
  while (rows[slot] !== 0 && (high[slot] !== wantedHigh || low[slot] !== wantedLow)) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

function put(
  slots: Slots,
  slot: number,
  high: number,
  low: number,
  file: number,
  row: number,
): void {
  slots.high[slot] = high;
  slots.low[slot] = low;
  slots.files[slot] = file;
  slots.rows[slot] = row;
}

/** MurmurHash3 over UTF-16 units, 32 bits. */
function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    let unit = Math.imul(text.charCodeAt(index), 0xcc9e2d51);
    unit = (unit << 15) | (unit >>> 17);
    hash ^= Math.imul(unit, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = Math.imul(hash, 5) + 0xe6546b64;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
