import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../stats/index.ts";
import {
  createTransformer,
  type Masks,
  type Objective,
  type Transformer,
  type TransformerShape,
} from "./index.ts";

// Odd sizes on purpose: a vocabulary, a batch and a context that fill no SIMD vector or tile.
const SHAPE: TransformerShape = {
  vocabulary: 11,
  context: 7,
  width: 8,
  layers: 2,
  heads: 2,
  hidden: 12,
  shift: true,
  batch: 3,
};
const ROWS = SHAPE.batch * SHAPE.context;

describe("the gradient written by hand, in float64", () => {
  it("agrees with central differences in every parameter group: cross-entropy at some positions", () => {
    expectExactGradients(hardObjective(createRandom(1)));
  });

  it("agrees for weighted positions, negative weights included", () => {
    const random = createRandom(2);
    const weights = Float32Array.from({ length: ROWS }, () => random.normal());
    expectExactGradients({ ...hardObjective(random), weights });
  });

  it("agrees for KL to given distributions", () => {
    expectExactGradients(softObjective(createRandom(3)));
  });

  it("agrees with MLP units switched off or scaled in some examples", () => {
    const random = createRandom(4);
    const activation = unitMask(() => [0, 0.5, 1][random.integer(3)]!);
    expectExactGradients({ ...hardObjective(random), mask: { activation } });
  });

  it("agrees for sequences shorter than the context, fewer than the batch", () => {
    const random = createRandom(5);
    const tokens = Int32Array.from({ length: 2 * 5 }, () => random.integer(SHAPE.vocabulary));
    const targets = tokens.map((token, i) => (i % 5 < 2 ? -1 : (token + i) % SHAPE.vocabulary));
    expectExactGradients({ tokens, targets, length: 5 });
  });
});

describe("update masks", () => {
  it("sum what each example alone would give, times its factor", () => {
    const random = createRandom(6);
    const objective = hardObjective(random);
    const mask: Masks = {
      units: unitMask(() => random.integer(2)),
      rest: Float32Array.from({ length: SHAPE.batch }, () => random.integer(3) / 2),
    };
    const model = createTransformer(SHAPE, createRandom(7), { kernel: "reference" });
    model.lossAndGradient({ ...objective, mask });
    const masked = gradients(model);

    // The same, example by example: only one example has weight, and its gradient is masked by hand.
    const expected = new Map([...masked].map(([name, values]) => [name, values.map(() => 0)]));
    for (let e = 0; e < SHAPE.batch; e++) {
      const weights = new Float32Array(ROWS).fill(1, e * SHAPE.context, (e + 1) * SHAPE.context);
      model.clearGradients();
      model.lossAndGradient({ ...objective, weights });
      for (const [name, values] of gradients(model)) {
        const sum = expected.get(name)!;
        for (let i = 0; i < values.length; i++) sum[i]! += values[i]! * factorOf(mask, e, name, i);
      }
    }
    for (const [name, values] of masked) {
      for (let i = 0; i < values.length; i++) {
        expect(values[i], `${name}[${i}]`).toBeCloseTo(expected.get(name)![i]!, 12);
      }
    }
  });
});

describe.each(["wasm", "plain"] as const)("the float32 kernel %s", (kernel) => {
  it("gives the float64 loss and gradients within rounding, whatever the sizes and positions", () => {
    fc.assert(
      fc.property(
        shapes(),
        fc.integer(),
        fc.double({ min: 0.1, max: 1 }),
        (shape, seed, density) => {
          const objective = randomObjective(shape, createRandom(seed), density);
          const exact = createTransformer(shape, createRandom(seed), { kernel: "reference" });
          const fast = createTransformer(shape, createRandom(seed), { kernel });
          const { loss } = exact.lossAndGradient(objective);
          expect(fast.lossAndGradient(objective).loss).toBeCloseTo(loss, 4);
          const reference = gradients(exact);
          const scale = Math.max(...[...reference.values()].flat().map(Math.abs));
          for (const [name, values] of gradients(fast)) {
            const error = values.map((value, i) => Math.abs(value - reference.get(name)![i]!));
            expect(Math.max(...error), name).toBeLessThan(1e-4 * scale);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

function shapes(): fc.Arbitrary<TransformerShape> {
  return fc.record({
    vocabulary: fc.integer({ min: 2, max: 19 }),
    context: fc.integer({ min: 1, max: 21 }),
    width: fc.constantFrom(16, 32),
    layers: fc.integer({ min: 1, max: 3 }),
    heads: fc.constantFrom(1, 2, 4),
    hidden: fc.constantFrom(4, 12, 24),
    shift: fc.boolean(),
    batch: fc.integer({ min: 1, max: 5 }),
  });
}

function randomObjective(shape: TransformerShape, random: Random, density: number): Objective {
  const { batch, context, vocabulary } = shape;
  const tokens = Int32Array.from({ length: batch * context }, () => random.integer(vocabulary));
  const targets = tokens.map(() => (random.float() < density ? random.integer(vocabulary) : -1));
  targets[random.integer(targets.length)] = 0;
  return { tokens, targets };
}

function hardObjective(random: Random): Objective {
  const tokens = Int32Array.from({ length: ROWS }, () => random.integer(SHAPE.vocabulary));
  const targets = tokens.map(() => (random.float() < 0.5 ? -1 : random.integer(SHAPE.vocabulary)));
  // One example without any loss: its rows must not disturb the others.
  targets.fill(-1, SHAPE.context, 2 * SHAPE.context);
  targets[2] = 3;
  return { tokens, targets };
}

function softObjective(random: Random): Objective {
  const tokens = Int32Array.from({ length: ROWS }, () => random.integer(SHAPE.vocabulary));
  const positions = Int32Array.of(0, 3, 6, 7, 12, 20);
  const distributions = new Float32Array(positions.length * SHAPE.vocabulary);
  for (let i = 0; i < positions.length; i++) {
    const row = Array.from({ length: SHAPE.vocabulary }, () => Math.exp(2 * random.normal()));
    row[random.integer(SHAPE.vocabulary)] = 0;
    const sum = row.reduce((a, b) => a + b);
    distributions.set(
      row.map((value) => value / sum),
      i * SHAPE.vocabulary,
    );
  }
  return { tokens, soft: { positions, distributions } };
}

function unitMask(value: () => number): Float32Array {
  return Float32Array.from({ length: SHAPE.batch * SHAPE.layers * SHAPE.hidden }, value);
}

/** What `Masks` promises for element `i` of a parameter's gradient from example `e`. */
function factorOf(mask: Masks, e: number, name: string, i: number): number {
  const { hidden, layers, width } = SHAPE;
  const [, layer, part] = /^layers\.(\d+)\.mlp\.(in|bias|out)$/.exec(name) ?? [];
  if (part === undefined) return mask.rest![e]!;
  const unit = part === "out" ? Math.floor(i / width) : i % hidden;
  return mask.units![(e * layers + Number(layer)) * hidden + unit]!;
}

function gradients(model: Transformer): Map<string, number[]> {
  return new Map([...model.parameters].map(([name, p]) => [name, [...p.gradient]]));
}

/** Compares every parameter's gradient with (L(p + h) - L(p - h)) / 2h at up to 12 of its numbers. */
function expectExactGradients(objective: Objective): void {
  const model = createTransformer(SHAPE, createRandom(10), { kernel: "reference" });
  model.lossAndGradient(objective);
  const h = 1e-5;
  for (const [name, { values, gradient }] of model.parameters) {
    let worst = 0;
    let largest = 0;
    for (let i = 0; i < values.length; i += Math.ceil(values.length / 12)) {
      const kept = values[i]!;
      values[i] = kept + h;
      const above = model.loss(objective).loss;
      values[i] = kept - h;
      const below = model.loss(objective).loss;
      values[i] = kept;
      const difference = (above - below) / (2 * h);
      worst = Math.max(worst, Math.abs(difference - gradient[i]!));
      largest = Math.max(largest, Math.abs(difference));
    }
    expect(worst, `largest error in ${name}`).toBeLessThan(1e-8 + 1e-6 * largest);
    expect(largest, `${name} has a gradient`).toBeGreaterThan(0);
  }
}
