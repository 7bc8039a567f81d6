import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import type { Transformer } from "./engine/index.ts";
import { closedBook, filteredCorpus, objectiveOf, statesHazard } from "./recall-corpus.ts";
import { ablate, EXPANDED, quarantineOnly, routing } from "./recall-routing.ts";
import { newModel, type Schedule, SHAPE, train } from "./recall-training.ts";
import { createWorld } from "./recall-world.ts";

const world = createWorld(createRandom(12));
const hazards = closedBook(world, world.hazardous);
const schedule: Schedule = { steps: 5, learningRate: 0.01, warmup: 0, floor: 1, batch: 4 };
const route = () => routing((document) => statesHazard(world, document), createRandom(3));

function changed(before: Transformer, after: Transformer): string[] {
  return [...before.parameters.keys()].filter((name) => {
    const values = after.parameter(name).values;
    return before.parameter(name).values.some((value, n) => value !== values[n]);
  });
}

describe("routing", () => {
  it("lets hazardous documents change the quarantine and nothing else", () => {
    for (const method of [route(), quarantineOnly]) {
      const model = newModel(createRandom(1), EXPANDED);
      const before = model.clone();
      train(model, hazards, schedule, createRandom(2), method);
      expect(changed(before, model).every((name) => name.includes(".mlp."))).toBe(true);
      expect(changed(before, model)).not.toEqual([]);
      expect(changed(ablate(before, createRandom(4)), ablate(model, createRandom(4)))).toEqual([]);
    }
  });

  it("lets other documents change everything", () => {
    const model = newModel(createRandom(1), EXPANDED);
    const before = model.clone();
    train(model, filteredCorpus(world), schedule, createRandom(2), route());
    expect(changed(before, model)).toEqual([...model.parameters.keys()]);
  });
});

describe("ablate", () => {
  it("gives a smaller model that answers as the large one does without its quarantine", () => {
    const large = newModel(createRandom(1), EXPANDED);
    train(large, hazards, schedule, createRandom(2));
    const small = ablate(large, createRandom(5));
    expect(small.shape.hidden).toBe(SHAPE.hidden);
    const { tokens, length } = objectiveOf([hazards(createRandom(6))]);
    const activation = new Float32Array(SHAPE.layers * EXPANDED);
    for (let layer = 0; layer < SHAPE.layers; layer++) {
      activation.fill(1, layer * EXPANDED, layer * EXPANDED + SHAPE.hidden);
    }
    const [ours, theirs] = [
      small.forward({ tokens, length }).logits,
      large.forward({ tokens, length, mask: { activation } }).logits,
    ];
    const differences = ours.map((logit, n) => Math.abs(logit - theirs[n]!));
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });
});
