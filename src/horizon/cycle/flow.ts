import { normal } from "../../stats/index.ts";
import { screening } from "./assessment.ts";
import type { Scenario } from "./scenarios.ts";
import { type Cycle, type Stage, WORK_STAGES } from "./stages.ts";
import { agentSuccessOn, HOURS_A_WEEK, type StageWork, stageWork } from "./work.ts";

/** What a project that is begun needs on average, in hours of work. */
export interface StageFlow {
  readonly stage: Stage;
  readonly peopleHours: number;
  readonly agentHours: number;
  readonly computeHours: number;
  /** Hours of the calendar that pass when nobody has to wait. */
  readonly latency: number;
  /** Chance that a project that comes here goes on. */
  readonly survives: number;
  /** Chance that one attempt of an agent at a piece is right; null where people do the stage. */
  readonly agentSuccess: number | null;
}

export type Pool = "people" | "agents" | "compute";

/** A cycle under a scenario, in expectation, without queues. */
export interface CycleFlow {
  readonly scenario: Scenario;
  /** Per project begun, and what becomes of it. */
  readonly stages: readonly StageFlow[];
  /** Chance that every stage goes right, if the project gets to its end. */
  readonly sound: number;
  /** Chances that a project begun is finished, comes before reviewers, and is accepted. */
  readonly finished: number;
  readonly reviewed: number;
  readonly accepted: number;
  /** Chance that it is accepted and every stage went right: that is what counts as a result. */
  readonly results: number;
  /** Hours of people per result, and those of them that are peer review; Infinity without results. */
  readonly peopleHours: number;
  readonly reviewHours: number;
  /** Per result. */
  readonly dollars: number;
  /** Calendar hours from start to verdict of a project that comes before reviewers, without queues. */
  readonly latency: number;
  /** Results and accepted papers a week with what is scarce in full use, and what is scarce. */
  readonly throughput: number;
  readonly acceptedThroughput: number;
  readonly bottleneck: { readonly pool: Pool; readonly stage: Stage };
  /** Projects begun a week at that. */
  readonly starts: number;
}

/** Computes a cycle in expectation, over projects of every ease. */
export function flowOf(cycle: Cycle, scenario: Scenario): CycleFlow {
  const paths = EASES.map((ease) => pathOf(cycle, scenario, ease));
  const fate = fateOf(cycle, scenario, paths);
  const { review, people, agent, compute } = cycle;
  const reviewFlow: StageFlow = {
    stage: "review",
    peopleHours: fate.reviewed * review.reviewers * review.hours,
    agentHours: 0,
    computeHours: 0,
    latency: (review.hours * HOURS_A_WEEK) / people.hoursPerWeek,
    survives: share(fate.accepted, fate.reviewed),
    agentSuccess: null,
  };
  const stages = [...workFlows(cycle, scenario, paths), reviewFlow];
  const { rate, bottleneck } = capacity(cycle, stages);
  const total = (of: (flow: StageFlow) => number) =>
    stages.reduce((sum, each) => sum + of(each), 0);
  const peopleHours = total((each) => each.peopleHours);
  const humanHoursByAgents = total((each) => each.agentHours) / agent.hoursPerHumanHour;
  const dollars =
    peopleHours * people.dollarsPerHour +
    humanHoursByAgents * agent.dollarsPerHumanHour +
    total((each) => each.computeHours) * compute.dollarsPerHour;
  const perResult = (amount: number) => (fate.results > 0 ? amount / fate.results : Infinity);
  return {
    scenario,
    stages,
    sound: fate.sound,
    finished: fate.finished,
    reviewed: fate.reviewed,
    accepted: fate.accepted,
    results: fate.results,
    peopleHours: perResult(peopleHours),
    reviewHours: perResult(reviewFlow.peopleHours),
    dollars: perResult(dollars),
    latency: fate.workLatency + reviewFlow.latency,
    throughput: rate * fate.results,
    acceptedThroughput: rate * fate.accepted,
    bottleneck,
    starts: rate,
  };
}

/** What becomes of the projects that are begun, on average over their eases. */
function fateOf({ agent, review }: Cycle, scenario: Scenario, paths: readonly Path[]) {
  const finished = average(paths, (path) => path.finished);
  const soundAndFinished = average(paths, (path) => path.finished * path.sound);
  const sound = share(soundAndFinished, finished);
  const pass = screening(agent.assessmentAuc, sound, scenario.screenOut);
  const reviewedOf = (path: Path) =>
    path.finished * (path.sound * pass.sound + (1 - path.sound) * pass.flawed);
  const reviewed = average(paths, reviewedOf);
  const latencyOfReviewed = average(paths, (path) => reviewedOf(path) * path.latency);
  const results = finished * sound * pass.sound * review.acceptSound;
  const acceptedFlawed = finished * (1 - sound) * pass.flawed * review.acceptFlawed;
  const accepted = results + acceptedFlawed;
  const workLatency = share(latencyOfReviewed, reviewed);
  return { finished, sound, reviewed, accepted, results, workLatency };
}

function workFlows(cycle: Cycle, scenario: Scenario, paths: readonly Path[]): StageFlow[] {
  return WORK_STAGES.map((stage, index) => {
    const of = (pick: (flow: StageWork) => number) =>
      average(paths, (path) => path.stages[index]!.arrive * pick(path.stages[index]!.flow));
    const arrive = of(() => 1);
    const latency = of((flow) => flow.latency);
    const survives = of((flow) => flow.survives);
    return {
      stage,
      peopleHours: of((flow) => flow.peopleHours),
      agentHours: of((flow) => flow.agentHours),
      computeHours: of((flow) => flow.computeHours),
      latency: share(latency, arrive),
      survives: share(survives, arrive),
      agentSuccess: scenario.automate.includes(stage) ? agentSuccessOn(cycle, stage) : null,
    };
  });
}

/** Twenty-one equally likely eases: the middles of as many slices of the standard normal. */
const EASES = Array.from({ length: 21 }, (_, index) => normal.quantile((index + 0.5) / 21));

/** What becomes of projects of one ease. */
function pathOf(cycle: Cycle, scenario: Scenario, ease: number) {
  let [arrive, sound, latency] = [1, 1, 0];
  const stages = WORK_STAGES.map((stage) => {
    const flow = stageWork(cycle, scenario, stage, ease);
    const here = { arrive, flow };
    arrive *= flow.survives;
    sound *= flow.sound;
    latency += flow.latency;
    return here;
  });
  return { stages, finished: arrive, sound, latency };
}

/** A part of a whole; nothing of nothing, where no project ever comes. */
function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

type Path = ReturnType<typeof pathOf>;

function average<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0) / items.length;
}

/** How much faster a scenario is than another. */
export interface SpeedUp {
  /** Ratio of results a week with the same people, and of accepted papers, right or wrong. */
  readonly throughput: number;
  readonly acceptedThroughput: number;
  /** Ratio of calendar time from start to verdict. */
  readonly latency: number;
  /**
   * Amdahl's bounds: the ratios if the automated stages took people and the calendar no time at
   * all and papers were no better or worse. Screening and better papers can pass the first.
   */
  readonly amdahlThroughput: number;
  readonly amdahlLatency: number;
}

export function speedUp(base: CycleFlow, other: CycleFlow): SpeedUp {
  const automated = new Set<Stage>(other.scenario.automate);
  const kept = (of: (flow: StageFlow) => number) => {
    const all = base.stages.reduce((sum, each) => sum + of(each), 0);
    const rest = base.stages
      .filter(({ stage }) => !automated.has(stage))
      .reduce((sum, each) => sum + of(each), 0);
    return all / rest;
  };
  return {
    throughput: other.throughput / base.throughput,
    acceptedThroughput: other.acceptedThroughput / base.acceptedThroughput,
    latency: base.latency / other.latency,
    amdahlThroughput: kept((each) => each.peopleHours),
    amdahlLatency: kept((each) => each.latency),
  };
}

/** Projects that can be begun a week, and the pool that allows no more. */
function capacity({ people, agent, compute }: Cycle, stages: readonly StageFlow[]) {
  const pools = [
    ["people", people.number * people.hoursPerWeek, (each: StageFlow) => each.peopleHours],
    ["agents", agent.number * HOURS_A_WEEK, (each: StageFlow) => each.agentHours],
    ["compute", compute.slots * HOURS_A_WEEK, (each: StageFlow) => each.computeHours],
  ] as const;
  const rates = pools.map(([pool, hours, of]) => {
    const needed = stages.reduce((sum, each) => sum + of(each), 0);
    const stage = stages.reduce((most, each) => (of(each) > of(most) ? each : most)).stage;
    return { rate: needed > 0 ? hours / needed : Infinity, bottleneck: { pool, stage } };
  });
  return rates.reduce((least, each) => (each.rate < least.rate ? each : least));
}
