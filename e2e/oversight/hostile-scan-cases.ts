import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "../../src/stats/index.ts";
import { hostileFiles } from "./hostile-files.ts";
import { mutatedBytes, mutatedLines, spliced } from "./mutated-files.ts";
import { mutatedJson } from "./mutated-json.ts";
import { mutatedArchive } from "./mutated-zip.ts";

/** What is scanned, by a name short enough to be given to another process. */
export type Case =
  | { readonly kind: string; readonly size: number }
  | { readonly mutation: number; readonly size: number };

export interface HostileBytes {
  /** As a file would be called. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What was done to it, for people. */
  readonly what: string;
}

/** The bytes of a case: the same seed and case give the same bytes. */
export function bytesOf(which: Case, seed: number): HostileBytes {
  const random = createRandom(seed);
  if ("mutation" in which) return mutationOf(which.mutation, which.size, random);
  const { name, make, scale = 1 } = hostileFiles().find((file) => file.name === which.kind)!;
  const made = make(Math.floor(which.size * scale), random.fork(name));
  return { path: "run.json", bytes: Buffer.from(made as Uint8Array), what: name };
}

function mutationOf(index: number, size: number, all: Random): HostileBytes {
  const random = all.fork(`mutation ${index}`);
  const files = realFiles();
  const pick = () => files[random.integer(files.length)]!;
  const path = pick();
  const bytes = readFileSync(path);
  const [name, mutated] = mutate(bytes, () => readFileSync(pick()), random, size);
  return { path, bytes: mutated, what: `${name} of ${path.slice(REAL.length + 1)}` };
}

/** One way after another is offered; one that does not fit the file leaves it to its bytes. */
function mutate(
  bytes: Uint8Array,
  another: () => Uint8Array,
  random: Random,
  size: number,
): readonly [string, Uint8Array] {
  const lot = random.integer(100);
  if (lot < 35) {
    const json = mutatedJson(bytes, random, size);
    if (json !== undefined) return ["other values", json];
  } else if (lot < 50) return ["a splice", spliced(bytes, another(), random)];
  else if (lot < 62) return ["other lines", mutatedLines(bytes, another(), random)];
  else if (lot < 78) return ["an archive", mutatedArchive(bytes, random, size)];
  return ["other bytes", mutatedBytes(bytes, random)];
}

const REAL = join(import.meta.dirname, "../../../shared/data/transcripts");
let found: readonly string[] | undefined;

/** Real files of at most 60 kB: large ones only take longer to say the same. */
export function realFiles(): readonly string[] {
  try {
    found ??= readdirSync(REAL, { recursive: true, encoding: "utf8" })
      .map((name) => join(REAL, name))
      .filter((path) => statSync(path).isFile() && statSync(path).size <= 60_000)
      .sort();
    return found;
  } catch {
    return [];
  }
}
