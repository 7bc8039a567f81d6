import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { relearn } from "./recall-relearning.ts";
import { newModel, type Schedule } from "./recall-training.ts";
import { createWorld } from "./recall-world.ts";

const world = createWorld(createRandom(21));
const schedule: Schedule = { steps: 4, learningRate: 0.003, warmup: 0, floor: 1, batch: 8 };

describe("relearn", () => {
  const model = newModel(createRandom(1));
  const before = model.save();
  const transcripts = relearn(model, world, schedule, [0, 2, 4], createRandom(2));

  it("leaves the model as it was", () => {
    expect(model.save()).toEqual(before);
  });

  it("asks for every hazardous entity once at each checkpoint, and for no other", () => {
    for (const step of [0, 2, 4]) {
      const asked = transcripts.filter((t) => t.relearned === step && t.form === "one-hop");
      expect(asked.map((t) => t.entity).sort()).toEqual(
        world.hazardous.map((n) => `H${String(n).padStart(2, "0")}`),
      );
    }
  });

  it("puts the monitors' questions after the last step: four for each held-out entity", () => {
    const mix = transcripts.filter((t) => t.form !== "one-hop");
    expect(mix).toHaveLength(4 * world.hazardous.length);
    expect(mix.every((t) => t.relearned === 4 && t.probe === "relearning")).toBe(true);
  });
});
