import { createRandom, normal, observe, openTProcess, tTestPower } from "../stats/index.ts";
import type { Hypothesis, StudyDefinition } from "./definition.ts";

/** The power that a study's sample has for a hypothesis's smallest effect of interest. */
export interface PlannedPower {
  readonly hypothesis: string;
  /** The chance that the original rejects, at the level that is the hypothesis's own. */
  readonly power: number;
  /** What the plan asked for. */
  readonly wanted: number;
}

/**
 * The power of each hypothesis of a study: with the standard deviation that the plan assumes, the
 * smallest effect of interest, the planned seeds, and the level that the error budget keeps for the
 * hypothesis whatever becomes of those before it.
 */
export function planPower(
  definition: StudyDefinition,
  levelOf: (hypothesis: string) => number,
): readonly PlannedPower[] {
  return definition.hypotheses.map((hypothesis) => ({
    hypothesis: hypothesis.id,
    power:
      hypothesis.analysis === "e-process"
        ? processPower(definition, hypothesis, levelOf(hypothesis.id))
        : hypothesis.analysis === "draws"
          ? drawsPower(hypothesis, levelOf(hypothesis.id))
          : testPower(definition, hypothesis, levelOf(hypothesis.id)),
    wanted: hypothesis.planning.power,
  }));
}

/** The chance that an estimate which scatters as the draws do passes the level by its own share. */
function drawsPower({ smallestEffect, planning }: Hypothesis, alpha: number): number {
  return normal.cdf(smallestEffect / planning.sd - normal.quantile(1 - alpha));
}

function testPower(definition: StudyDefinition, hypothesis: Hypothesis, alpha: number): number {
  return tTestPower({
    design: hypothesis.analysis === "welch-t" ? "welch" : "one-sample",
    effect: hypothesis.smallestEffect,
    sd: hypothesis.planning.sd,
    alpha,
    n: definition.seeds.original,
  });
}

/** How many studies are simulated; the standard error of the power is 0.025 at most. */
const SIMULATED_STUDIES = 400;

/** E-processes have no formula for their power: simulate studies that stop as this one would. */
function processPower(definition: StudyDefinition, hypothesis: Hypothesis, alpha: number): number {
  const { seeds, stopping } = definition;
  const most = stopping.rule === "sequential" ? stopping.most : seeds.original;
  const effect = hypothesis.smallestEffect / hypothesis.planning.sd;
  const random = createRandom(0).fork(hypothesis.id);
  let rejected = 0;
  for (let study = 0; study < SIMULATED_STUDIES; study++) {
    let process = openTProcess({ scale: effect });
    for (let seed = 1; seed <= most; seed++) {
      process = observe(process, effect + random.normal());
      if (seed >= seeds.original && process.e >= 1 / alpha) {
        rejected++;
        break;
      }
    }
  }
  return rejected / SIMULATED_STUDIES;
}
