import { normal } from "../../stats/index.ts";
import { successAt } from "../curve/fit.ts";
import type { Scenario } from "./scenarios.ts";
import type { Cycle, WorkStage } from "./stages.ts";

export const HOURS_A_WEEK = 168;

/** What one project needs at a stage, if it comes there. */
export interface StageWork {
  readonly peopleHours: number;
  readonly agentHours: number;
  readonly computeHours: number;
  readonly latency: number;
  readonly survives: number;
  /** Chance that the stage went right, given that the project goes on. */
  readonly sound: number;
  readonly agentSuccess: number | null;
}

/**
 * A stage in expectation, for a project of so much `ease`: beyond that, attempts and pieces go
 * right independently of one another.
 */
export function stageWork(
  cycle: Cycle,
  scenario: Scenario,
  name: WorkStage,
  ease: number,
): StageWork {
  const { people, agent } = cycle;
  const stage = cycle.stages[name];
  const { parts, attempts } = stage;
  const hours = stage.humanHours / parts;
  const compute = stage.computeHours / parts;
  const check = stage.checkHours / parts;
  const calendar = HOURS_A_WEEK / people.hoursPerWeek;
  // A person tries until it passes; their own check is part of their hours.
  const person = attempt(stage.humanSuccess, people.checkCatches, Infinity);
  const personLatency = person.tries * (hours * calendar + compute);
  if (!scenario.automate.includes(name)) {
    return {
      peopleHours: parts * person.tries * hours,
      agentHours: 0,
      computeHours: parts * person.tries * compute,
      latency: parts * personLatency,
      survives: 1,
      sound: person.sound ** parts,
      agentSuccess: null,
    };
  }
  const agentSuccess = agentSuccessOn(cycle, name, ease);
  const byPeople = scenario.checks === "people";
  const catches = byPeople ? people.checkCatches : agent.checkCatches;
  const tried = attempt(agentSuccess, catches, attempts);
  const abandons = scenario.fallback === "abandon";
  const fallback = abandons ? 0 : 1 - tried.passes;
  const survives = abandons ? tried.passes : 1;
  const personCheck = byPeople ? check : 0;
  // With `abandon` a project stops at its first piece that fails for good.
  const pieces = survives === 1 ? parts : (1 - survives ** parts) / (1 - survives);
  // Who goes on has passed: the tries of the others do not delay it.
  const tries = abandons ? tried.triesIfPassed : tried.tries;
  const right = tried.passes * tried.sound + fallback * person.sound;
  const sound = survives > 0 ? right / survives : 0;
  return {
    peopleHours: pieces * (tried.tries * personCheck + fallback * person.tries * hours),
    agentHours: pieces * tried.tries * hours * agent.hoursPerHumanHour,
    computeHours: pieces * (tried.tries + fallback * person.tries) * compute,
    latency:
      parts *
      (tries * (hours * agent.hoursPerHumanHour + compute + personCheck * calendar) +
        fallback * personLatency),
    survives: survives ** parts,
    sound: sound ** parts,
    agentSuccess,
  };
}

/**
 * The chance that one attempt of an agent at a piece of a stage is right, by its horizon; in a
 * project of a given ease, standard normal over projects, by a one-factor model that has that
 * chance on average (Vasicek 1987). Without an ease: on average.
 */
export function agentSuccessOn({ agent, stages }: Cycle, name: WorkStage, ease?: number): number {
  const { humanHours, parts, horizonFactor } = stages[name];
  const horizon = agent.horizonHours * horizonFactor;
  const curve = { slope: -agent.slope, intercept: agent.slope * Math.log2(horizon) };
  const average = successAt(curve, humanHours / parts);
  if (ease === undefined || average === 0 || average === 1) return average;
  const { sharedDifficulty: shared } = agent;
  return normal.cdf((normal.quantile(average) + Math.sqrt(shared) * ease) / Math.sqrt(1 - shared));
}

/**
 * Tries until a check passes, at most `most` times; checks pass what is right and find so large a
 * share of what is wrong. `sound` is the chance that what passed is right.
 */
function attempt(success: number, catches: number, most: number) {
  const again = (1 - success) * catches;
  // No attempt ever passes.
  if (again === 1) return { passes: 0, tries: most, triesIfPassed: most, sound: 0 };
  const gone = again ** most;
  const passes = 1 - gone;
  const tries = passes / (1 - again);
  return {
    ...{ passes, tries },
    triesIfPassed: gone === 0 ? tries : (tries - most * gone) / passes,
    sound: success / (1 - again),
  };
}
