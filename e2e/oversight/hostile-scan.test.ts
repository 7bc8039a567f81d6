import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostileFiles } from "./hostile-files.ts";
import { bytesOf, realFiles } from "./hostile-scan-cases.ts";
import { type ScanProcess, scanProcess } from "./hostile-scan-pool.ts";

const FULL = process.env.GLASSHOUSE_FULL === "1";
const SEED = Number(process.env.GLASSHOUSE_SEED ?? 20261123);
/** Characters of the worst field. */
const SIZE = FULL ? 1_000_000 : 3_000;
/** Mutations of real files, from the first on: one alone is looked into by its number. */
const MUTATIONS = Number(process.env.GLASSHOUSE_MUTATIONS ?? (FULL ? 100_000 : 100));
const FIRST = Number(process.env.GLASSHOUSE_FIRST ?? 0);
const PROCESSES = Number(process.env.GLASSHOUSE_PROCESSES ?? 1);
/** One file may take this long on a busy machine; a hang takes longer. */
const LIMITS = { hang: 120_000, memory: 1e9 };
const REPORT_EVERY = 1000;
const A_DAY = 86_400_000;

let scanner: ScanProcess;
beforeAll(() => {
  scanner = scanProcess(SEED, LIMITS);
});
afterAll(() => {
  scanner.end();
});

describe(`a scan of hostile files (seed ${SEED})`, () => {
  it.each(hostileFiles())(
    "ends well on $name",
    async ({ name }) => {
      expect((await scanner.scan({ kind: name, size: SIZE })).problem).toBeUndefined();
    },
    2 * LIMITS.hang,
  );
});

describe.skipIf(realFiles().length === 0)(
  "mutations of real files, which are in ../shared/data",
  () => {
    it(
      `${MUTATIONS} from ${FIRST} on end well (seed ${SEED})`,
      async () => {
        const tally = newTally();
        let next = FIRST;
        const work = async (scanner: ScanProcess) => {
          while (next < FIRST + MUTATIONS) {
            const mutation = next++;
            tally.take(mutation, await scanner.scan({ mutation, size: SIZE }));
          }
        };
        const scanners = Array.from({ length: PROCESSES }, () => scanProcess(SEED, LIMITS));
        await Promise.all(scanners.map(work)).finally(() => {
          for (const scanner of scanners) scanner.end();
        });
        if (FULL) console.log(tally.said());
        expect(tally.problems).toEqual([]);
        // Mutations that leave nothing to read would test little.
        expect(tally.read).toBeGreaterThan(MUTATIONS / 10);
      },
      A_DAY,
    );

    it("are the same for the same seed and number, and others for another", () => {
      const bytes = (mutation: number, seed: number) =>
        Buffer.from(bytesOf({ mutation, size: 100 }, seed).bytes).toString("base64");
      for (let i = 0; i < 20; i++) expect(bytes(i, SEED)).toBe(bytes(i, SEED));
      expect(new Set(Array.from({ length: 20 }, (_, i) => bytes(i, SEED))).size).toBe(20);
      expect(bytes(1, SEED + 1)).not.toBe(bytes(1, SEED));
    });
  },
);

type Answer = Awaited<ReturnType<ScanProcess["scan"]>>;

/** Counts what became of the mutations; a problem is told when it is found, and ends nothing. */
function newTally() {
  const problems: string[] = [];
  let [done, read, cpuMs, peak] = [0, 0, 0, 0];
  let slowest = { cpuMs: 0, place: "" };
  const said = () =>
    `${done} mutations, ${read} transcripts, ${problems.length} problems, ${Math.round(cpuMs / 1000)} CPU s, slowest ${Math.round(slowest.cpuMs)} ms (${slowest.place}), peak ${Math.round(peak / 1e6)} MB`;
  return {
    problems,
    said,
    get read() {
      return read;
    },
    take(mutation: number, answer: Answer) {
      done += 1;
      read += Math.max(0, answer.transcripts);
      cpuMs += answer.cpuMs;
      peak = Math.max(peak, answer.peak);
      const place = `mutation ${mutation}, ${answer.what}`;
      if (answer.cpuMs > slowest.cpuMs) slowest = { cpuMs: answer.cpuMs, place };
      if (answer.problem !== undefined) {
        problems.push(`${place}: ${answer.problem}`);
        console.error(problems.at(-1));
      }
      if (FULL && done % REPORT_EVERY === 0) console.log(said());
    },
  };
}
