import { describe, expect, it } from "vitest";
import { findMeasurements } from "./measurements.ts";

const measured = [
  "The accuracy rose to 93 %.",
  "It was 93% in all.",
  "About 9.5 ‰ were lost.",
  "Ninety percent were caught.",
  "It rose by 6.2 percentage points.",
  "It rose by 6 pp in all.",
  "This held (p = 0.03).",
  "This held (p < 0.001).",
  "The p value was 0.03.",
  "The loss was 1.2 ± 0.3.",
  "The loss was 1.2 +/- 0.3.",
  "A CI of [0.1, 0.2] was found.",
  "The confidence interval [0.1, 0.2] is narrow.",
  "We found t(9) = 2.3.",
  "We found χ²(2) = 7.1.",
  "The fit had R² = 0.93.",
  "An accuracy of 0.93 was reported.",
  "An AUROC of .91 was reported.",
  "The loss reached 0.31.",
  "The F1 score was 0.7.",
  "It achieved a score of 71.",
  "Their method improved it by 3 points.",
  "It was 3 times faster.",
  "It was a 3-fold improvement.",
];

const design = [
  "We train for 10000 steps with a batch of 64.",
  "The learning rate is 0.001 and the weight decay 0.1.",
  "The model has 4 layers, 8 heads and a width of 128.",
  "Seeds are drawn from the hash of the plan; there are 6 of them.",
  "In 2023 the first studies appeared.",
  "We use AdamW with β1 = 0.9 and β2 = 0.999.",
  "The temperature is 0.7 and the top-k is 40.",
  "Each example has 256 tokens.",
  "The level of the test is 0.05, shared by 3 hypotheses.",
  "The dropout rate is 0.1.",
  "We keep seeds whose baseline loss lies below 2.",
  "LoRA with r = 8 is used.",
  "The dimension is d = 64.",
  "Layer 3 is read, counting from 0.",
  "We measured accuracy on 1000 examples.",
  "The data set has 60000 images of 28 by 28 pixels.",
  "Runs are stopped after 120 seconds or at 512 MB.",
  "Section 4 of their paper describes 2 attacks.",
  "Improvements in optimisers since 2017 do not matter here.",
  "Scores are integers from 0 to 10.",
];

describe(`measured values where numerals may stand: ${measured.length} planted, ${design.length} of design`, () => {
  it.each(measured)("refuses: %s", (sentence) => {
    expect(findMeasurements(sentence)).not.toEqual([]);
  });

  it.each(design)("lets pass: %s", (sentence) => {
    expect(findMeasurements(sentence)).toEqual([]);
  });
});
