import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/index.ts";
import {
  createTransformer,
  EngineError,
  loadTransformer,
  type Objective,
  type Transformer,
  type TransformerShape,
} from "./index.ts";

const SHAPE: TransformerShape = {
  vocabulary: 10,
  context: 8,
  width: 16,
  layers: 2,
  heads: 2,
  hidden: 32,
  shift: true,
  batch: 16,
};

describe("training", () => {
  it("learns to repeat the first token, to nearly no loss", () => {
    const model = train(1, 300);
    const { tokens, targets } = repeatFirst(99);
    const { predictions, positions } = model.forward({ tokens });
    positions.forEach((row) => {
      if (targets[row]! >= 0) expect(predictions[row]).toBe(targets[row]);
    });
  });

  it("gives equal bytes for equal seeds, different ones for different seeds", () => {
    const bytes = Buffer.from(train(1, 20).save());
    expect(bytes.equals(train(1, 20).save())).toBe(true);
    expect(bytes.equals(train(2, 20).save())).toBe(false);
  });

  it("takes the same first steps on the plain kernel within rounding", () => {
    const fast = createTransformer(SHAPE, createRandom(1));
    const plain = createTransformer(SHAPE, createRandom(1), { kernel: "plain" });
    for (let step = 0; step < 5; step++) {
      const objective = repeatFirst(step);
      const a = fast.lossAndGradient(objective).loss;
      expect(plain.lossAndGradient(objective).loss).toBeCloseTo(a, 4);
      for (const model of [fast, plain]) model.step({ learningRate: 1e-3 });
    }
  });

  it("changes only the parameters asked for", () => {
    const model = createTransformer(SHAPE, createRandom(1));
    const before = new Map([...model.parameters].map(([name, p]) => [name, p.values.slice()]));
    model.lossAndGradient(repeatFirst(1));
    model.step({ learningRate: 1e-3, only: new Set(["unembedding"]) });
    for (const [name, { values, gradient }] of model.parameters) {
      if (name === "unembedding") expect(values).not.toEqual(before.get(name));
      else expect(values).toEqual(before.get(name));
      expect(gradient.every((g) => g === 0)).toBe(true);
    }
  });

  it("shrinks matrices, not gains, by decay alone where there is no gradient", () => {
    const model = createTransformer(SHAPE, createRandom(1));
    const before = model.parameter("unembedding").values.slice();
    model.step({ learningRate: 0.1, weightDecay: 0.5 });
    model.parameter("unembedding").values.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i]! * 0.95, 6);
    });
    expect(model.parameter("final.gain").values.every((gain) => gain === 1)).toBe(true);
  });

  it("clips the gradient's norm: a step's first moment is a tenth of the clipped gradient", () => {
    const scaled = createTransformer(SHAPE, createRandom(1));
    const clipped = createTransformer(SHAPE, createRandom(1));
    const objective = repeatFirst(1);
    const weights = new Float32Array(objective.tokens.length).fill(1000);
    scaled.lossAndGradient(objective);
    clipped.lossAndGradient({ ...objective, weights });
    const norm = Math.hypot(...gradients(scaled));
    // Adam is blind to the gradient's scale but for epsilon, which is made large here.
    scaled.step({ learningRate: 0.1, epsilon: 1 });
    clipped.step({ learningRate: 0.1, epsilon: 1, clip: norm });
    const expected = scaled.parameter("unembedding").values;
    clipped.parameter("unembedding").values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });
});

describe("gradient ascent", () => {
  it("raises the loss where the weight is negative, and leaves capped positions alone", () => {
    const model = train(1, 100);
    const objective = repeatFirst(5);
    const weights = new Float32Array(objective.tokens.length).fill(-1);
    const before = model.loss(objective).loss;
    for (let step = 0; step < 20; step++) {
      model.lossAndGradient({ ...objective, weights });
      model.step({ learningRate: 1e-3 });
    }
    expect(model.loss(objective).loss).toBeGreaterThan(before + 0.1);

    model.clearGradients();
    model.lossAndGradient({ ...objective, weights, ascentCap: 0 });
    expect(gradients(model).every((g) => g === 0)).toBe(true);
  });
});

describe("a forward pass", () => {
  it("gives at a position what it gives when only that position is asked for", () => {
    const model = train(1, 30);
    const { tokens } = repeatFirst(3);
    const all = model.forward({ tokens });
    const positions = Int32Array.of(3, 11, 12, 127);
    const some = model.forward({ tokens, positions });
    positions.forEach((row, i) => {
      const expected = all.logits.subarray(row * 10, row * 10 + 10);
      some.logits.subarray(i * 10, i * 10 + 10).forEach((logit, v) => {
        expect(logit).toBeCloseTo(expected[v]!, 5);
      });
    });
  });

  it("is causal: a later token changes nothing before it", () => {
    const model = train(1, 30);
    const { tokens } = repeatFirst(3);
    const changed = tokens.slice();
    changed[5] = (changed[5]! + 1) % SHAPE.vocabulary;
    const positions = Int32Array.of(0, 1, 2, 3, 4);
    const a = model.forward({ tokens, positions }).logits;
    expect(model.forward({ tokens: changed, positions }).logits).toEqual(a);
  });

  it("has logits that are the final representation times the unembedding", () => {
    const model = train(1, 30);
    const { tokens } = repeatFirst(3);
    const { final, logits } = model.forward({ tokens, positions: Int32Array.of(7) });
    const unembedding = model.parameter("unembedding").values;
    for (let v = 0; v < SHAPE.vocabulary; v++) {
      const dot = final.reduce((sum, f, i) => sum + f * unembedding[v * SHAPE.width + i]!, 0);
      expect(logits[v]).toBeCloseTo(dot, 4);
    }
  });

  it("continues a prompt with what it predicts, token by token", () => {
    const model = train(1, 300);
    const out = model.generate(Int32Array.of(4, 1, 2, 7, 0, 3), 3, 4);
    expect([...out]).toEqual([4, 1, 2, 4, 4, 4, 4, 7, 0, 3, 7, 7, 7, 7]);
  });
});

describe("a saved model", () => {
  it("loads to a model with the same bytes and the same logits", () => {
    const model = train(1, 20);
    const copy = loadTransformer(model.save());
    const { tokens } = repeatFirst(4);
    expect(copy.forward({ tokens }).logits).toEqual(model.forward({ tokens }).logits);
    expect(Buffer.from(copy.save()).equals(model.save())).toBe(true);
  });

  it("is refused where the shape is another or the bytes are cut", () => {
    const bytes = train(1, 1).save();
    const other = createTransformer({ ...SHAPE, hidden: 16 }, createRandom(1));
    expect(() => other.load(bytes)).toThrow(EngineError);
    expect(() => loadTransformer(bytes.subarray(0, 40))).toThrow(/header/);
    expect(() => loadTransformer(bytes.subarray(0, bytes.length - 4))).toThrow(EngineError);
  });

  it("may be loaded for another batch size", () => {
    const model = train(1, 5);
    const larger = createTransformer({ ...SHAPE, batch: 64 }, createRandom(2));
    larger.load(model.save());
    const { tokens } = repeatFirst(4);
    expect(larger.forward({ tokens }).logits).toEqual(model.forward({ tokens }).logits);
  });
});

describe("a clone", () => {
  it("goes on exactly as the original would, and leaves it alone", () => {
    const model = train(1, 20);
    const copy = model.clone();
    const before = Buffer.from(model.save());
    takeSteps(copy, 20, 5);
    expect(before.equals(model.save())).toBe(true);
    takeSteps(model, 20, 5);
    expect(Buffer.from(copy.save()).equals(model.save())).toBe(true);
  });
});

describe("a wrong argument", () => {
  const model = createTransformer(SHAPE, createRandom(1));
  const tokens = new Int32Array(8);

  it.each<[string, () => unknown, RegExp]>([
    [
      "a token beyond the vocabulary",
      () => model.forward({ tokens: Int32Array.of(10), length: 1 }),
      /tokens\[0\]: it is 10/,
    ],
    ["half a sequence", () => model.forward({ tokens: new Int32Array(12) }), /1.5 sequences/],
    ["too many sequences", () => model.forward({ tokens: new Int32Array(17 * 8) }), /1 to 16/],
    [
      "positions out of order",
      () => model.forward({ tokens, positions: Int32Array.of(2, 1) }),
      /rising order/,
    ],
    [
      "a target beyond the vocabulary",
      () => model.loss({ tokens, targets: new Int32Array(8).fill(10) }),
      /targets\[0\]/,
    ],
    ["no target at all", () => model.loss({ tokens }), /targets or soft/],
    [
      "a short mask",
      () => model.forward({ tokens, mask: { activation: new Float32Array(3) } }),
      /give 64/,
    ],
    ["part of a prompt", () => model.generate(new Int32Array(5), 2, 1), /2.5 prompts of 2/],
    ["more than the context", () => model.generate(new Int32Array(7), 7, 3), /context of 8/],
    ["an unknown parameter", () => model.parameter("bias"), /use one of: embedding.token/],
    [
      "heads that split no vector",
      () => createTransformer({ ...SHAPE, heads: 3 }, createRandom(1)),
      /multiple of 4/,
    ],
  ])("%s is refused with its place and remedy", (_, call, message) => {
    expect(call).toThrow(EngineError);
    expect(call).toThrow(message);
  });
});

function train(seed: number, steps: number): Transformer {
  const model = createTransformer(SHAPE, createRandom(seed));
  takeSteps(model, 0, steps);
  return model;
}

function takeSteps(model: Transformer, from: number, count: number): void {
  for (let step = from; step < from + count; step++) {
    model.lossAndGradient(repeatFirst(step));
    model.step({ learningRate: 3e-3 });
  }
}

/** Random sequences in which the answer from the third place on is the first token. */
function repeatFirst(seed: number): Objective & { targets: Int32Array } {
  const random = createRandom(seed).fork("data");
  const { batch, context, vocabulary } = SHAPE;
  const tokens = Int32Array.from({ length: batch * context }, () => random.integer(vocabulary));
  const targets = tokens.map((_, i) => (i % context < 2 ? -1 : tokens[i - (i % context)]!));
  return { tokens, targets };
}

function gradients(model: Transformer): number[] {
  return [...model.parameters.values()].flatMap(({ gradient }) => [...gradient]);
}
