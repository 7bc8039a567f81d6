import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { Fault } from "../../../record/index.ts";
import { auroc, createRandom, normal, type Random } from "../../../stats/index.ts";
import { type ActivationSet, activationSet, readActivations } from "./activation-set.ts";
import {
  fitLinearProbe,
  nestedSweep,
  scoreLayer,
  sweepLayers,
  transferLinear,
} from "./linear-probe.ts";
import { readNpy } from "./npy.ts";
import { readActivationTable } from "./parquet.ts";
import { readSafetensors } from "./safetensors.ts";
import { brainToNumber, halfToNumber } from "./tensor.ts";

const SEED = 4181;
console.log(`activations: seed ${SEED}`);

const folder = mkdtempSync(join(tmpdir(), "activations-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NUMBERS = [0, 1, -2, 0.5, 65504, 2 ** -24];

function npy(
  values: readonly number[],
  shape: readonly number[],
  type = "<f8",
  fortran = false,
  version = 1,
): Uint8Array {
  const size = Number(type.slice(-1));
  const header = `{'descr': '${type}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const start = version === 1 ? 10 : 12;
  const padded = header.padEnd(63 - start, " ").concat("\n");
  const bytes = Buffer.alloc(start + padded.length + size * values.length);
  Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]).copy(bytes);
  if (version === 1) bytes.writeUInt16LE(padded.length, 8);
  else bytes.writeUInt32LE(padded.length, 8);
  bytes.write(padded, start, "latin1");
  values.forEach((value, i) => {
    const at = start + padded.length + size * i;
    if (size === 8)
      type[0] === ">" ? bytes.writeDoubleBE(value, at) : bytes.writeDoubleLE(value, at);
    else if (size === 4)
      type[0] === ">" ? bytes.writeFloatBE(value, at) : bytes.writeFloatLE(value, at);
    else bytes.writeUInt16LE(half(value), at);
  });
  return bytes;
}

/** Bits of a number that binary16 holds exactly. */
function half(value: number): number {
  for (let bits = 0; bits < 0x10000; bits++) if (Object.is(halfToNumber(bits), value)) return bits;
  throw new Error(`${value} is no half`);
}

function safetensors(entries: Record<string, unknown>, data: Uint8Array): Uint8Array {
  const header = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}

describe(".npy files", () => {
  it.each(["<f8", ">f8", "<f4", ">f4", "<f2"])("are read as %s, whatever their version", (type) => {
    for (const version of [1, 2, 3]) {
      const { shape, values } = readNpy("a.npy", npy(NUMBERS, [3, 2], type, false, version));
      expect(shape).toEqual([3, 2]);
      expect([...values]).toEqual(NUMBERS);
    }
  });

  it("are row-major after Fortran order too", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
        (shape) => {
          const size = shape.reduce((a, b) => a * b, 1);
          const plain = Array.from({ length: size }, (_, i) => i);
          const fortran = new Array<number>(size);
          plain.forEach((value) => {
            let rest = value;
            let at = 0;
            const index = shape
              .map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1))
              .map((step) => {
                const own = Math.floor(rest / step);
                rest %= step;
                return own;
              });
            for (let d = shape.length - 1; d >= 0; d--) at = at * shape[d]! + index[d]!;
            fortran[at] = value;
          });
          expect([...readNpy("a.npy", npy(fortran, shape, "<f8", true)).values]).toEqual(plain);
        },
      ),
      { seed: SEED },
    );
  });

  it.each([
    ["not one", Buffer.from("hello world, this is text")],
    ["too short for their shape", npy([1, 2], [3, 2])],
    ["of integers", npy([1, 2], [2], "<i8")],
    ["with a number that is none", npy([1, Number.NaN], [2])],
    ["of a claimed size beyond memory", npy([1], [2 ** 20, 2 ** 20])],
    ["with code for a header", npy([1], [1], "__import__('os')8")],
  ])("are refused in one line: %s", (_, bytes) => {
    expect(() => readNpy("a.npy", bytes)).toThrow(Fault);
    expect(() => readNpy("a.npy", bytes)).toThrow(/^a\.npy: [^\n]+$/);
  });
});

describe(".safetensors files", () => {
  it("are read as F32, F16, BF16 and F64, and other types are passed over", () => {
    const data = Buffer.alloc(4 + 2 + 2 + 8 + 8);
    data.writeFloatLE(1.5, 0);
    data.writeUInt16LE(half(-2), 4);
    data.writeUInt16LE(0x3fc0, 6);
    data.writeDoubleLE(Math.PI, 8);
    const found = readSafetensors(
      "a",
      safetensors(
        {
          __metadata__: { made: "here" },
          a: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
          b: { dtype: "F16", shape: [1], data_offsets: [4, 6] },
          c: { dtype: "BF16", shape: [1, 1], data_offsets: [6, 8] },
          d: { dtype: "F64", shape: [], data_offsets: [8, 16] },
          e: { dtype: "I64", shape: [1], data_offsets: [16, 24] },
        },
        data,
      ),
    );
    expect(found.map(({ name, values }) => [name, ...values])).toEqual([
      ["a", 1.5],
      ["b", -2],
      ["c", 1.5],
      ["d", Math.PI],
    ]);
    expect(brainToNumber(0xc000)).toBe(-2);
  });

  const entry = (offsets: readonly number[], shape: readonly number[] = [1]) => ({
    dtype: "F32",
    shape,
    data_offsets: offsets,
  });
  it.each([
    [
      "with offsets that leave the file",
      safetensors({ a: entry([0, 400], [100]) }, Buffer.alloc(4)),
    ],
    [
      "with offsets that overlap",
      safetensors({ a: entry([0, 4]), b: entry([2, 6]) }, Buffer.alloc(8)),
    ],
    [
      "with offsets that do not fit the shape",
      safetensors({ a: entry([0, 4], [2]) }, Buffer.alloc(4)),
    ],
    ["with offsets below zero", safetensors({ a: entry([-4, 0]) }, Buffer.alloc(4))],
    ["with a shape of fractions", safetensors({ a: entry([0, 4], [0.5, 2]) }, Buffer.alloc(4))],
    [
      "with a header longer than the file",
      Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 1]),
    ],
    ["with no JSON", Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{]")])],
    ["with infinity", safetensors({ a: entry([0, 4]) }, Buffer.from([0, 0, 128, 127]))],
  ])("are refused in one line: %s", (_, bytes) => {
    expect(() => readSafetensors("a", bytes)).toThrow(Fault);
    expect(() => readSafetensors("a", bytes)).toThrow(/^a[^\n]+$/);
  });

  it("never fail otherwise than by a Fault, whatever the bytes", () => {
    const sound = safetensors({ a: entry([0, 4]) }, Buffer.alloc(4));
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Uint8Array.from(sound);
        bytes[at] = byte;
        try {
          readSafetensors("a", bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

describe("Parquet tables", () => {
  const table = (vectors: readonly (readonly number[])[]) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "label", data: vectors.map((_, i) => i % 2 === 0), type: "BOOLEAN" },
          { name: "task", data: vectors.map((_, i) => `t${i}`), type: "STRING" },
          { name: "layer", data: vectors.map((v) => [...v]) },
        ],
      }),
    );

  it("hold vectors and labels", async () => {
    const file = join(folder, "a.parquet");
    writeFileSync(
      file,
      table([
        [1, 2.5],
        [3, 4],
      ]),
    );
    const { layers, steps } = await readActivations(file);
    expect(layers.map(({ name, width, values }) => [name, width, ...values])).toEqual([
      ["layer", 2, 1, 2.5, 3, 4],
    ]);
    expect(steps).toEqual([
      { label: true, task: "t0", trajectory: "t0" },
      { label: false, task: "t1", trajectory: "t1" },
    ]);
  });

  it("are refused in one line where rows differ or the file is damaged", async () => {
    await expect(readActivationTable("a", table([[1, 2.5], [3.5]]))).rejects.toThrow(
      /^a: layer: row 1 is not 2 numbers\.[^\n]+$/,
    );
    const damaged = table([
      [1.5, 2],
      [3, 4],
    ]).slice(0, 40);
    await expect(readActivationTable("a", damaged)).rejects.toThrow(
      /^a: it is no Parquet file[^\n]+$/,
    );
  });
});

/** Steps whose activations hold a planted direction of strength `shift` in the named layers. */
function planted(
  random: Random,
  count: number,
  width: number,
  shifts: readonly number[],
  turn = 0,
): ActivationSet {
  const steps = Array.from({ length: count }, (_, i) => ({
    label: random.float() < 0.5,
    task: `${Math.floor(i / 10)}`,
    trajectory: `${i}`,
  }));
  const layers = shifts.map((shift, layer) => {
    const values = new Float64Array(count * width);
    steps.forEach(({ label }, row) => {
      for (let j = 0; j < width; j++) {
        const along = j === 0 ? Math.cos(turn) : j === 1 ? Math.sin(turn) : 0;
        values[row * width + j] = 5 * j + random.normal() + (label ? shift * along : 0);
      }
    });
    return { name: `layer ${layer}`, width, values };
  });
  return { steps, layers };
}

/** Two normal distributions a distance apart, seen along a direction at an angle to their difference. */
const expected = (shift: number, angle = 0) => normal.cdf((shift * Math.cos(angle)) / Math.SQRT2);

const areaOf = ({ steps }: ActivationSet, scores: Float64Array) =>
  auroc(
    scores,
    steps.map(({ label }) => label),
  );

describe("a linear probe", () => {
  it("finds a planted direction as well as can be known", () => {
    const set = planted(createRandom(SEED), 3000, 12, [1.5]);
    for (const { auroc } of sweepLayers(set)) {
      expect(auroc.low).toBeLessThan(expected(1.5));
      expect(auroc.high).toBeGreaterThan(expected(1.5) - 0.01);
    }
  });

  it("finds nothing where nothing is", () => {
    for (const { auroc } of sweepLayers(planted(createRandom(SEED), 1500, 12, [0]))) {
      expect(auroc.low).toBeLessThan(0.5);
      expect(auroc.high).toBeGreaterThan(0.5);
    }
  });

  it("sweeps layers, and is not flattered by the best of many empty ones", () => {
    const random = createRandom(SEED);
    const [best] = sweepLayers(planted(random, 600, 6, [0, 0.3, 2, 0.6]));
    expect(best!.layer).toBe("layer 2");
    const empty = planted(random, 150, 6, new Array(12).fill(0));
    const { scores, chosen } = nestedSweep(empty);
    const honest = areaOf(empty, scores);
    expect(honest.low).toBeLessThan(0.5);
    expect(sweepLayers(empty)[0]!.auroc.estimate).toBeGreaterThan(honest.estimate);
    expect(chosen).toHaveLength(5);
  });

  it("carries over as far as the directions agree", () => {
    const random = createRandom(SEED);
    const angle = Math.PI / 3;
    const train = planted(random, 3000, 8, [2]);
    const test = planted(random, 3000, 8, [2], angle);
    for (const kind of ["logistic", "difference"] as const) {
      const area = areaOf(test, transferLinear({ kind, layer: "layer 0" }, train, test));
      expect(Math.abs(area.estimate - expected(2, angle))).toBeLessThan(0.03);
    }
  });

  it("scores as it did, whatever the scale of a dimension", () => {
    const set = planted(createRandom(SEED), 300, 4, [1]);
    const [layer] = set.layers;
    const scaled = {
      ...layer!,
      values: layer!.values.map((value, i) => (i % 4 === 2 ? 1000 * value + 7 : value)),
    };
    const rows = set.steps.map((_, i) => i);
    for (const kind of ["logistic", "difference"] as const) {
      const one = scoreLayer(fitLinearProbe(kind, layer!, set.steps, rows), layer!);
      const two = scoreLayer(fitLinearProbe(kind, scaled, set.steps, rows), scaled);
      one.forEach((score, i) => {
        expect(two[i]).toBeCloseTo(score, 3);
      });
    }
  });
});

describe("a set of activations", () => {
  it("takes layers from either side of three dimensions", async () => {
    const labels = join(folder, "labels.jsonl");
    writeFileSync(
      labels,
      '{"label":1,"task":"a"}\n{"label":0,"task":"b","trajectory":7}\n{"label":true,"task":"c"}\n',
    );
    const values = Array.from({ length: 12 }, (_, i) => i);
    const byRow = join(folder, "rows.npy");
    writeFileSync(byRow, npy(values, [3, 2, 2]));
    const byLayer = join(folder, "layers.npy");
    writeFileSync(byLayer, npy(values, [2, 3, 2]));
    expect((await readActivations(byRow, labels)).layers.map((layer) => [...layer.values])).toEqual(
      [
        [0, 1, 4, 5, 8, 9],
        [2, 3, 6, 7, 10, 11],
      ],
    );
    expect(
      (await readActivations(byLayer, labels)).layers.map((layer) => [...layer.values]),
    ).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ]);
  });

  it.each([
    ["as many labels as rows", [{ label: 1, task: "a" }], /no tensor has a row/],
    [
      "labels that are none",
      [
        { label: "maybe", task: "a" },
        { label: 1, task: "b" },
      ],
      /row 1: label/,
    ],
    ["steps of no task", [{ label: 1 }, { label: 0 }], /neither task nor trajectory/],
  ])("refuses in one line what lacks %s", (_, records, problem) => {
    const tensor = { name: "x", shape: [2, 1], values: Float64Array.from([1, 2]) };
    expect(() => activationSet("labels", [tensor], records)).toThrow(problem);
    expect(() => activationSet("labels", [tensor], records)).toThrow(/^[^\n]+$/);
  });
});
