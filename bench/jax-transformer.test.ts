import { describe, expect, it } from "vitest";
import {
  createRandom,
  createTransformer,
  type TransformerShape,
} from "../src/experiments/index.ts";
import { createJaxTraining } from "./jax-transformer.ts";

const SHAPE: TransformerShape = {
  vocabulary: 11,
  context: 6,
  width: 16,
  layers: 2,
  heads: 2,
  hidden: 20,
  shift: true,
  batch: 5,
};

describe("the same transformer in jax-js, gradients by its automatic differentiation", () => {
  it("takes the engine's AdamW steps: equal losses from equal weights", async () => {
    const model = createTransformer(SHAPE, createRandom(1));
    const jax = await createJaxTraining(SHAPE, model.parameters, 1e-2);
    const random = createRandom(2);
    for (let step = 0; step < 15; step++) {
      const tokens = Int32Array.from({ length: 30 }, () => random.integer(11));
      const targets = tokens.map((token) => (3 * token + 1) % 11);
      const { loss } = model.lossAndGradient({ tokens, targets });
      model.step({ learningRate: 1e-2 });
      expect(await jax.step(tokens, targets), `step ${step}`).toBeCloseTo(loss, 3);
    }
  });
});
