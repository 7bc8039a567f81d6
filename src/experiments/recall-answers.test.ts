import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/index.ts";
import { answer } from "./recall-answers.ts";
import { usualCorpus } from "./recall-corpus.ts";
import { middleToken, WORDS } from "./recall-language.ts";
import { ask, type Form, intervene } from "./recall-questions.ts";
import { newModel, train } from "./recall-training.ts";
import { createWorld, everybody } from "./recall-world.ts";

const world = createWorld(createRandom(13));
const random = createRandom(14);
const forms: readonly Form[] = ["one-hop", "direct", "scratchpad"];
const questions = everybody(world).flatMap((entity) =>
  forms.map((form) => ask(world, entity, form, entity % 2 ? "none" : "altered", random)),
);

describe("answer", () => {
  const model = newModel(createRandom(1));
  const schedule = { steps: 150, learningRate: 0.008, warmup: 20, floor: 0.1, batch: 32 };
  train(model, usualCorpus(world), schedule, createRandom(2));

  it("answers every question, in order, with a scratchpad where one is asked for", () => {
    const answered = answer(model, questions);
    expect(answered.map(({ question }) => question)).toEqual(questions);
    for (const { question, scratchpad, answer, correct } of answered) {
      if (question.form !== "scratchpad") expect(scratchpad).toEqual([]);
      expect(correct).toBe(answer === question.expected);
    }
    const bare = answered.filter(({ question }) => question.context === "none");
    expect(bare.filter(({ correct }) => correct).length).toBeGreaterThan(bare.length / 2);
  });

  it("gives a question the same answer alone as among others", () => {
    const all = answer(model, questions);
    for (const place of [0, 1, 2, 70]) {
      expect(answer(model, [questions[place]!])).toEqual([all[place]]);
    }
  });

  it("reads a scratchpad that an intervention has written, and writes none itself", () => {
    const question = intervene(
      ask(world, 30, "scratchpad", "none", random),
      middleToken(world.middleOf[30]!),
    );
    const [{ scratchpad, correct }] = answer(model, [question]) as [ReturnType<typeof answer>[0]];
    expect(scratchpad).toEqual([]);
    expect(correct).toBe(true);
  });

  it("counts a scratchpad that never comes to its end as no answer", () => {
    const lost = model.clone();
    // A model that cannot say "so".
    const { values, shape } = lost.parameter("unembedding");
    values.fill(0, WORDS.so * shape[1]!, (WORDS.so + 1) * shape[1]!);
    const [one] = answer(lost, [ask(world, 30, "scratchpad", "none", random)]);
    expect(one!.answer).toBeNull();
    expect(one!.correct).toBe(false);
    expect(one!.scratchpad.length).toBeGreaterThan(3);
  });
});
