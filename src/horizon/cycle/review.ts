import { Fault } from "../../record/index.ts";
import { type CycleFlow, flowOf, speedUp } from "./flow.ts";
import type { Scenario } from "./scenarios.ts";
import type { Cycle } from "./stages.ts";

export interface ReviewLoadOptions {
  /** What the speed-up is counted against. */
  readonly base: Scenario;
  /** The speed-up asked about; 100. */
  readonly target?: number;
  /** Hours of all reviewers together for one paper, to try. */
  readonly hoursPerPaper?: readonly number[];
  /** Shares of papers that automated assessment keeps from reviewers, to try. */
  readonly screenOut?: readonly number[];
}

/** Under which review load a scenario reaches a speed-up. */
export interface ReviewLoad {
  readonly target: number;
  /** Hours of people a result takes in the base, and may take at most at the target. */
  readonly baseHours: number;
  readonly budget: number;
  /** Papers that reviewers see for each result, as the scenario stands. */
  readonly papersPerResult: number;
  /**
   * Hours of all reviewers together that a paper may take so that people allow the target, and the
   * papers an hour that is; 0 hours where other work of people already takes more.
   */
  readonly hoursPerPaper: number;
  readonly papersPerHour: number;
  /** The speed-up as the scenario stands, and if no agent ever failed: what review alone allows. */
  readonly speedUp: number;
  readonly flawlessSpeedUp: number;
  /** The speed-up under other loads; the base keeps its own. */
  readonly grid: readonly {
    readonly hoursPerPaper: number;
    readonly screenOut: number;
    readonly speedUp: number;
    readonly bottleneck: CycleFlow["bottleneck"];
  }[];
}

/** How far the review of papers by people allows a scenario to go. */
export function reviewLoad(
  cycle: Cycle,
  scenario: Scenario,
  options: ReviewLoadOptions,
): ReviewLoad {
  const { target = 100, hoursPerPaper = [0.5, 1, 2, 4, 8, 16] } = options;
  const { screenOut = [0, 0.5, 0.8, 0.9, 0.95, 0.98] } = options;
  if (!(target > 0)) {
    throw new Fault("cycle, target", `it is ${target}`, "Give a speed-up above 0");
  }
  const base = flowOf(cycle, options.base);
  const flow = flowOf(cycle, scenario);
  const allowed = reviewAllowance(base, flow, target);
  return {
    target,
    baseHours: base.peopleHours,
    budget: base.peopleHours / target,
    papersPerResult: flow.reviewed / flow.results,
    hoursPerPaper: allowed,
    papersPerHour: 1 / allowed,
    speedUp: speedUp(base, flow).throughput,
    flawlessSpeedUp: speedUp(base, flowOf(withFlawlessAgents(cycle), scenario)).throughput,
    grid: hoursPerPaper.flatMap((hours) =>
      screenOut.map((share) => {
        const { reviewers } = cycle.review;
        const loaded = { ...cycle, review: { ...cycle.review, hours: hours / reviewers } };
        const other = flowOf(loaded, { ...scenario, screenOut: share });
        return {
          hoursPerPaper: hours,
          screenOut: share,
          speedUp: speedUp(base, other).throughput,
          bottleneck: other.bottleneck,
        };
      }),
    ),
  };
}

/**
 * Hours of all reviewers together that a paper may take so that people allow a speed-up of
 * `target`; 0 where their other work already takes more.
 */
export function reviewAllowance(base: CycleFlow, flow: CycleFlow, target: number): number {
  const otherHours = flow.peopleHours - flow.reviewHours;
  const papersPerResult = flow.reviewed / flow.results;
  return Math.max(0, base.peopleHours / target - otherHours) / papersPerResult;
}

/** The cycle if no attempt of an agent ever failed. */
export function withFlawlessAgents(cycle: Cycle): Cycle {
  return { ...cycle, agent: { ...cycle.agent, horizonHours: Number.MAX_VALUE } };
}
