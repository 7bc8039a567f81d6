import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRows } from "./csv.ts";
import { jsonArray, jsonLines, type Rows } from "./rows.ts";

const SEED = 99;
console.log(`rows: seed ${SEED}`);
const checked = { seed: SEED, numRuns: 300 };

/** Bytes as they might come from a disk: cut anywhere, also inside of a character. */
async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (let at = 0; from < bytes.length; at++) {
    const size = sizes[at % sizes.length]!;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

async function all(rows: Rows) {
  const found = [];
  for await (const batch of rows) found.push(...batch);
  return found;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const text = fc.string({
  unit: fc.constantFrom("a", "7", ",", '"', "\n", "\r\n", " ", "ü", "字", "\\", "[", "}"),
});
const table = fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 8 });

describe("rows of a CSV file", () => {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const bare = /^[^",\r\n]+$/;

  it("are what was written, wherever the bytes are cut and however cells are quoted", async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        sizes,
        fc.boolean(),
        fc.boolean(),
        async (cells, cuts, crlf, last) => {
          const end = crlf ? "\r\n" : "\n";
          const written = [
            "x,y,z",
            ...cells.map((row) =>
              row.map((cell, i) => (i > 0 && bare.test(cell) ? cell : quoted(cell))).join(","),
            ),
          ].join(end);
          const rows = await all(
            csvRows("f", cut(Buffer.from(last ? written + end : written), cuts)),
          );
          expect(rows).toEqual(
            cells.map(([x, y, z], index) => ({ number: index + 2, cells: { x, y, z } })),
          );
        },
      ),
      checked,
    );
  });

  it.each([
    ["an empty last cell", "x,y\na,\n", [{ x: "a", y: "" }]],
    ["an empty last cell at the end of the file", "x,y\na,", [{ x: "a", y: "" }]],
    ["spaces, which stay", "x, y\n a ,b", [{ x: " a ", y: "b" }]],
    ["text after a quote", 'x,y\n"a"b,c', [{ x: "ab", y: "c" }]],
    ["a lone carriage return", "x,y\na\rb,c\n", [{ x: "a\rb", y: "c" }]],
    ["blank lines", "x,y\n\na,b\n\n", [{ x: "a", y: "b" }]],
  ])("may have %s", async (_what, written, cells) => {
    for (const cuts of [[1000], [1]]) {
      const rows = await all(csvRows("f", cut(Buffer.from(written), cuts)));
      expect(rows.map((row) => ("cells" in row ? row.cells : row))).toEqual(cells);
    }
  });
});

describe("rows of JSON", () => {
  const objects = fc.array(
    fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null), fc.array(text))),
    {
      minLength: 1,
      maxLength: 8,
    },
  );

  it("are what was written, as lines and as an array, wherever the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(objects, sizes, fc.constantFrom(0, 2), async (rows, cuts, indent) => {
        const expected = rows.map((cells, index) => ({
          number: index + 1,
          cells: JSON.parse(JSON.stringify(cells)) as object,
        }));
        const lines = Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n"));
        expect(await all(jsonLines("f", cut(lines, cuts)))).toEqual(expected);
        const array = Buffer.from(JSON.stringify(rows, null, indent));
        expect(await all(jsonArray("f", cut(array, cuts)))).toEqual(expected);
      }),
      checked,
    );
  });

  it("name a row that is broken and go on with the next", async () => {
    const array = Buffer.from('[{"a":1},{"a":},3,{"a":2}]');
    const rows = await all(jsonArray("f", cut(array, [5])));
    expect(rows.map((row) => ("broken" in row ? row.broken : row.cells))).toEqual([
      { a: 1 },
      "the row is not valid JSON",
      "the row is not a JSON object",
      { a: 2 },
    ]);
  });

  it("are none in an empty array", async () => {
    expect(await all(jsonArray("f", cut(Buffer.from(" [ ] \n"), [2])))).toEqual([]);
  });
});
