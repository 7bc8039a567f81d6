import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { closedBook, objectiveOf, unlearning } from "./recall-corpus.ts";
import {
  ascentTo,
  learningRateAt,
  matching,
  newModel,
  type Schedule,
  train,
} from "./recall-training.ts";
import { createWorld } from "./recall-world.ts";

const world = createWorld(createRandom(8));
const schedule: Schedule = { steps: 60, learningRate: 0.01, warmup: 5, floor: 0.1, batch: 8 };
const facts = closedBook(world, world.benign.slice(0, 5));

function documents(seed: number, count = 8) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => facts(random));
}

describe("learningRateAt", () => {
  it("warms up, reaches the learning rate, and falls to its floor", () => {
    expect(learningRateAt(schedule, 0)).toBeCloseTo(0.002);
    expect(learningRateAt(schedule, 4)).toBeCloseTo(0.01);
    expect(learningRateAt(schedule, 5)).toBeCloseTo(0.01);
    expect(learningRateAt(schedule, 59)).toBeCloseTo(0.001);
  });

  it("stays where it is with a floor of one", () => {
    const constant = { ...schedule, warmup: 0, floor: 1 };
    expect([0, 30, 59].map((done) => learningRateAt(constant, done))).toEqual([0.01, 0.01, 0.01]);
  });
});

describe("train", () => {
  it("learns facts, the same way from the same seeds, and tells each step", () => {
    const heard: number[] = [];
    const models = [1, 2].map(() => {
      const model = newModel(createRandom(1));
      train(model, facts, schedule, createRandom(2), undefined, (steps) => heard.push(steps));
      return model;
    });
    expect(heard.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
    expect(models[0]!.save()).toEqual(models[1]!.save());
    const { loss } = models[0]!.loss(objectiveOf(documents(3)));
    expect(loss).toBeLessThan(0.5 * newModel(createRandom(1)).loss(objectiveOf(documents(3))).loss);
  });
});

describe("ascentTo", () => {
  /** Losses on forgotten answers after unlearning with a cap. */
  function forgottenLosses(cap: number): number[] {
    const model = newModel(createRandom(1));
    train(model, facts, schedule, createRandom(2));
    const longer = { ...schedule, steps: 200, learningRate: 0.003 };
    train(model, unlearning(facts, "all"), longer, createRandom(3), ascentTo(cap));
    return documents(4).flatMap((document) => {
      const { perPosition } = model.loss(objectiveOf([document]));
      return document.answers
        .filter(({ byHeart }) => byHeart)
        .map(({ place }) => perPosition[place]!);
    });
  }

  it("raises the loss on what is to be forgotten past a blind guess", () => {
    expect(Math.min(...forgottenLosses(4))).toBeGreaterThan(Math.log(24));
  });

  it("stops where the cap is, and goes much further without one", () => {
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(forgottenLosses(4))).toBeLessThan(mean(forgottenLosses(1e9)) / 2);
  });
});

describe("matching", () => {
  it("asks nothing of a student that equals its teacher", () => {
    const teacher = newModel(createRandom(1));
    const { loss } = teacher.clone().loss(matching(teacher)(documents(5)));
    expect(Math.abs(loss)).toBeLessThan(1e-5);
  });

  it("looks at the teacher's answers, not at the documents'", () => {
    const teacher = newModel(createRandom(1));
    train(teacher, facts, schedule, createRandom(2));
    const student = newModel(createRandom(9));
    const wrong = documents(6).map((document) => ({
      ...document,
      answers: document.answers.map((answer) => ({ ...answer, token: 0 })),
    }));
    expect(student.loss(matching(teacher)(wrong)).loss).toBeCloseTo(
      student.loss(matching(teacher)(documents(6))).loss,
    );
  });
});
