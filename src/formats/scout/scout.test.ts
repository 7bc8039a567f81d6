import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parquetMetadata } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { Json } from "../../record/index.ts";
import { CORPUS, HAS_CORPUS, NO_CORPUS } from "../corpus.test-support.ts";
import { READ_LIMITS } from "../source/limits.ts";
import { Unreadable } from "../source/problem.ts";
import { memorySource } from "../source/source.ts";
import { resultsTable, type ScannedTranscript, tableResults } from "./results.ts";
import { readScan, type Scan, writeScan } from "./scan.ts";
import { readTable, writeTable } from "./table.ts";
import { readValidation, writeValidation } from "./validation.ts";

const SEED = 20261123;
const SAMPLE = join(CORPUS, "scout-scan-results/scan_id=JzvEPBFB4aVpCU93FFbiFT");

const scanned = (id: string, result: ScannedTranscript["result"]): ScannedTranscript => ({
  timestamp: "2026-01-01T00:00:00Z",
  result,
  transcript: {
    id,
    source: { format: "inspect-eval", file: "x.eval" },
    models: ["m"],
    task: { id: "t/1" },
    scores: [{ scorer: "model_graded_fact", value: "C" }],
    labels: {},
    usage: { input: 10, output: 5 },
    metadata: { difficulty: 2 },
  },
});

const RESULTS = [
  scanned("a", { value: 0.75, explanation: "two, calls\nof rm", label: "unsafe" }),
  scanned("b", { value: false, references: [{ type: "event", id: "e1", cite: "[E1]" }] }),
  scanned("c", { value: { x: [1, null] }, metadata: { é: "→" }, answer: "no" }),
  scanned("d", { value: null, error: "it timed out" }),
];

const scanOf = (results: readonly ScannedTranscript[]): Scan => ({
  spec: { scan_id: "S1", scan_name: "scan", timestamp: "2026-01-01T00:00:00Z" },
  errors: [{ transcript_id: "d", scanner: "rules", error: "it timed out" }],
  tables: { rules: resultsTable({ scanId: "S1", scanner: "rules", params: { n: 1 } }, results) },
});

async function read(files: readonly { path: string; bytes: Uint8Array }[]) {
  return readScan(files.map(({ path, bytes }) => memorySource(path.split("/").at(-1)!, bytes)));
}

describe("a scan that we write", () => {
  it("is read as it was", async () => {
    const scan = scanOf(RESULTS);
    const files = writeScan(scan);
    expect(files.map(({ path }) => path)).toEqual([
      "scan_id=S1/_scan.json",
      "scan_id=S1/_errors.jsonl",
      "scan_id=S1/rules.parquet",
    ]);
    expect(await read(files)).toEqual({ scan, problems: [] });
  });

  it("gives back each result", () => {
    const found = tableResults(scanOf(RESULTS).tables.rules!);
    expect(found).toEqual(
      RESULTS.map(({ transcript, result }) => ({ transcriptId: transcript.id, ...result })),
    );
  });

  it(`gives back any value (seed ${SEED})`, async () => {
    const values = fc.jsonValue({ maxDepth: 2 }).filter((value) => !Object.is(value, -0));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(values, fc.string()), { maxLength: 8 }), async (pairs) => {
        const results = pairs.map(([value, explanation], index) =>
          scanned(String(index), { value: JSON.parse(JSON.stringify(value)) as Json, explanation }),
        );
        const { scan, problems } = await read(writeScan(scanOf(results)));
        expect(problems).toEqual([]);
        const found = tableResults(scan.tables.rules!);
        expect(found.map(({ value }) => value)).toEqual(results.map(({ result }) => result.value));
        expect(found.map(({ explanation }) => explanation)).toEqual(
          pairs.map(([, explanation]) => explanation),
        );
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it("cannot be made to write elsewhere by its names", () => {
    const [first, , table] = writeScan({
      spec: { scan_id: "../../x" },
      errors: [],
      tables: { "../y/z": { columns: [], rows: [] } },
    });
    expect(first!.path).toBe("scan_id=__.._x/_scan.json");
    expect(table!.path).toBe("scan_id=__.._x/__y_z.parquet");
  });
});

describe.skipIf(!HAS_CORPUS)(`a real scan${NO_CORPUS}`, () => {
  const files = () =>
    readdirSync(SAMPLE).map((path) => ({ path, bytes: readFileSync(join(SAMPLE, path)) }));

  it("is read: its results and what they are of", async () => {
    const { scan, problems } = await read(files());
    expect(problems).toEqual([]);
    expect(scan.spec.scan_id).toBe("JzvEPBFB4aVpCU93FFbiFT");
    expect(Object.keys(scan.tables).sort()).toEqual(["message_length", "word_counter"]);
    const results = tableResults(scan.tables.message_length!);
    expect(results).toHaveLength(216);
    expect(results[0]).toMatchObject({ value: 471, explanation: "Total user message length: 471" });
  });

  it("is the same after it was written and read again", async () => {
    const { scan } = await read(files());
    const { scan: again, problems } = await read(writeScan(scan));
    expect(problems).toEqual([]);
    expect(again.tables.word_counter!.rows).toHaveLength(216);
    expect(again).toEqual(scan);
  });

  it("has just the columns and types of a table that we write", () => {
    const written = writeTable(scanOf([scanned("a", { value: 1 })]).tables.rules!);
    expect(schemaOf(written)).toEqual(schemaOf(readFileSync(join(SAMPLE, "word_counter.parquet"))));
  });
});

function schemaOf(bytes: Uint8Array) {
  return parquetMetadata(new Uint8Array(bytes).buffer)
    .schema.slice(1)
    .map(({ name, type, converted_type, logical_type, repetition_type }) => ({
      name,
      type,
      converted_type,
      logical_type,
      repetition_type,
    }));
}

describe("a hostile scan", () => {
  const table = () => writeScan(scanOf(RESULTS))[2]!.bytes;

  it(`is read or refused in bounded time and memory, wherever a byte is changed (seed ${SEED})`, async () => {
    const whole = table();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        const found = await readTable(bytes, READ_LIMITS, 1).catch((error: unknown) => error);
        if (found instanceof Error) expect(found).toBeInstanceOf(Unreadable);
      }),
      { seed: SEED, numRuns: 60 },
    );
  }, 120_000);

  it("is refused where its pages claim billions of values", async () => {
    const bytes = Buffer.from(writeTable({ columns: [{ name: "a", type: "string" }], rows: [] }));
    const rows = Array.from({ length: 100 }, () => ({ a: null }));
    const honest = Buffer.from(writeTable({ columns: [{ name: "a", type: "string" }], rows }));
    expect((await read([{ path: "x.parquet", bytes }])).problems).toEqual([]);
    // 100 as a zigzag varint is c8 01: in the page's header it comes first.
    const at = honest.indexOf(Buffer.of(0xc8, 0x01));
    expect(at).toBeGreaterThan(0);
    const limits = { logValues: 50 };
    const { problems } = await readScan([memorySource("x.parquet", honest)], { limits });
    expect(problems).toEqual([
      { place: "x.parquet", problem: "it unpacks to more than is read at once" },
    ]);
  });

  it("is reported part by part", async () => {
    const { scan, problems } = await read([
      { path: "_scan.json", bytes: Buffer.from("[1]") },
      { path: "_errors.jsonl", bytes: Buffer.from('{"error":"x"}\n{') },
      { path: "rules.parquet", bytes: Buffer.from("PAR1") },
    ]);
    expect(problems.map(({ place }) => place)).toEqual([
      "_scan.json",
      "_errors.jsonl",
      "rules.parquet",
    ]);
    expect(scan.errors).toEqual([{ error: "x" }]);
  });
});

describe("a validation set", () => {
  it("is a CSV with the columns that are needed", () => {
    const cases = [
      { id: "a", target: true },
      { id: 'b,"c"', target: 3, split: "dev" },
    ];
    expect(writeValidation(cases)).toBe('id,target,split\na,true,\n"b,""c""",3,dev\n');
  });

  it(`is read as it was written (seed ${SEED})`, () => {
    const target = fc.oneof(
      fc.boolean(),
      fc.integer(),
      fc.constant(null),
      fc.string({ minLength: 1 }),
      fc.constantFrom("true", "1", '"x"', "[1]", " a ", "a\r\nb"),
    );
    const one = fc.record({
      id: fc.string({ minLength: 1 }),
      target,
      split: fc.constantFrom(undefined, "dev", "te,st"),
      predicate: fc.constantFrom(undefined, "eq"),
    });
    fc.assert(
      fc.property(fc.array(one), (cases) => {
        expect(readValidation(writeValidation(cases), "v.csv")).toEqual(cases);
      }),
      { seed: SEED },
    );
  });

  it("is read from other hands: other columns, Windows lines, a byte order mark, True", () => {
    const text = "\u{FEFF}note,target,id\r\nx,True,a\r\n\r\ny,high,b\r\n";
    expect(readValidation(text, "v.csv")).toEqual([
      { id: "a", target: true, split: undefined, predicate: undefined },
      { id: "b", target: "high", split: undefined, predicate: undefined },
    ]);
  });

  it.each([
    ["", "no columns id and target"],
    ["a,b\n1,2\n", "no columns id and target"],
    ["id,target\n,1\n", "line 2"],
    ['id,target\n"a,1\n', "line 2"],
  ])("says what is wrong with %j", (text, message) => {
    expect(() => readValidation(text, "v.csv")).toThrow(message);
  });
});
