import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../stats/index.ts";
import { createRunIds } from "./run-ids.ts";

const full = process.env.GLASSHOUSE_FULL === "1";
/** As objects, these rows take several times the heap that the child process has. */
const ROWS = full ? 4_000_000 : 300_000;
const HEAP_MB = 64;
const TASKS = 200;
const AGENTS = 20;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "horizon-large-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Rows in METR's columns; a row's score follows from its number alone. */
function* jsonLines(): Generator<string> {
  for (let start = 0; start < ROWS; start += 1000) {
    const rows = Array.from({ length: Math.min(1000, ROWS - start) }, (_, i) => {
      const row = start + i;
      const task = row % TASKS;
      return `{"task_id":"family-${task % 40}/${task}","task_family":"family-${task % 40}","run_id":"run-${row}","alias":"agent ${row % AGENTS}","model":"m","score_cont":0.5,"score_binarized":${row % 3 === 0 ? 1 : 0},"fatal_error_from":null,"human_minutes":${1 + task},"human_source":"estimate","task_source":"HCAST","scaffold":"react"}\n`;
    });
    yield rows.join("");
  }
}

function* csv(): Generator<string> {
  yield "run_id,task_id,alias,human_minutes,score_binarized,notes\n";
  for (let row = 0; row < ROWS; row++) {
    const task = row % TASKS;
    yield `run-${row},family-${task % 40}/${task},agent ${row % AGENTS},${1 + task},${row % 3 === 0 ? 1 : 0},"said ""done"", twice"\n`;
  }
}

const run = promisify(execFile);

describe(`${ROWS} rows in ${HEAP_MB} MB of heap`, () => {
  it.each([
    ["JSON Lines, gzipped", jsonLines, true],
    ["CSV", csv, false],
  ])("are read from %s", async (_what, rows, gzipped) => {
    const path = join(folder, "runs");
    const parts = [Readable.from(rows()), ...(gzipped ? [createGzip({ level: 1 })] : [])];
    await pipeline([...parts, createWriteStream(path)]);
    const readSuite = new URL("./read-suite.ts", import.meta.url).href;
    const script = `
      import { readSuite } from ${JSON.stringify(readSuite)};
      const { suite, files } = await readSuite([${JSON.stringify(path)}]);
      const sum = (key) => suite.agents.reduce((all, each) => all + each[key].reduce((a, b) => a + b), 0);
      console.log(JSON.stringify({
        rows: files[0].rows, tasks: suite.tasks.length, agents: suite.agents.length,
        runs: sum("runs"), scores: sum("scores"),
      }));`;
    const { stdout } = await run(process.execPath, [
      `--max-old-space-size=${HEAP_MB}`,
      ...["--import", "tsx", "--input-type=module", "-e", script],
    ]);
    expect(JSON.parse(stdout)).toEqual({
      ...{ rows: ROWS, runs: ROWS, tasks: TASKS, agents: AGENTS },
      scores: Math.ceil(ROWS / 3),
    });
  });
});

describe("run ids", () => {
  it("are found again wherever they stood, and nothing else is", () => {
    const seed = 77;
    console.log(`run ids: seed ${seed}`);
    const random = createRandom(seed);
    const ids = createRunIds();
    const first = new Map<string, number>();
    for (let row = 1; row <= 200_000; row++) {
      const id = `run-${random.integer(400_000)}`;
      const seen = ids.add(id, 3, row);
      const before = first.get(id);
      if (before === undefined) {
        expect(seen).toBeNull();
        first.set(id, row);
      } else expect(seen).toEqual({ file: 3, row: before });
    }
    expect(first.size).toBeGreaterThan(100_000);
  });
});
