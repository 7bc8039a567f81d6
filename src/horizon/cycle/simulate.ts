import { Fault } from "../../record/index.ts";
import { createRandom, type Interval, mean, meanInterval, type Random } from "../../stats/index.ts";
import { screening } from "./assessment.ts";
import { flowOf } from "./flow.ts";
import { type Demand, runQueues } from "./queue.ts";
import type { Scenario } from "./scenarios.ts";
import { type Cycle, WORK_STAGES, type WorkStage } from "./stages.ts";
import { agentSuccessOn, HOURS_A_WEEK } from "./work.ts";

export interface SimulationOptions {
  readonly seed: number;
  /** Projects begun a week, over what the scarcest pool can bear; 0.8. */
  readonly load?: number;
  /** Projects counted in each repetition; 2,000. A quarter as many come before, uncounted. */
  readonly projects?: number;
  /** Repetitions, from which intervals come; 8. */
  readonly repetitions?: number;
  /**
   * How long a piece of work takes about its mean. `lognormal`: with the scatter of METR's timed
   * humans, a standard deviation of 0.68 in ln(hours); `exponential`; or always the `mean`.
   */
  readonly service?: "lognormal" | "exponential" | "mean";
}

/** A cycle with queues, at a load. Hours are of the calendar; intervals are of the mean. */
export interface CycleSimulation {
  readonly scenario: Scenario;
  readonly startsPerWeek: number;
  readonly resultsPerWeek: Interval;
  /** From start to verdict, of projects that come before reviewers. */
  readonly latency: Interval;
  /** Mean wait for people, agents or compute before each kind of work, the longest first. */
  readonly waits: readonly { readonly label: string; readonly hours: number }[];
  readonly utilisation: Readonly<Record<string, number>>;
}

/** Simulates projects that begin at random times and share people, agents and compute. */
export function simulateCycle(
  cycle: Cycle,
  scenario: Scenario,
  options: SimulationOptions,
): CycleSimulation {
  const { seed, load = 0.8, projects = 2000, repetitions = 8, service = "lognormal" } = options;
  if (!(load > 0 && load < 1)) {
    throw new Fault("cycle, load", `it is ${load}`, "Give a share of capacity between 0 and 1");
  }
  requireWhole("projects", projects, 1);
  requireWhole("repetitions", repetitions, 2);
  const flow = flowOf(cycle, scenario);
  const startsPerWeek = load * flow.starts;
  const gap = HOURS_A_WEEK / startsPerWeek;
  const passes = screening(cycle.agent.assessmentAuc, flow.sound, scenario.screenOut);
  const root = createRandom(seed);
  const runs = Array.from({ length: repetitions }, (_, index) => {
    const random = root.fork(`repetition ${index}`);
    const warmUp = Math.ceil(projects / 4);
    const arrivals = function* () {
      let at = 0;
      for (let order = 0; order < warmUp + projects; order++) {
        at += -gap * Math.log(1 - random.float());
        const own = random.fork(`project ${order}`);
        yield { at, process: project(cycle, scenario, passes, own, service) };
      }
    };
    const run = runQueues(serversOf(cycle), arrivals(), warmUp);
    const judged = run.ended.filter(({ end }) => end !== "abandoned" && end !== "screened out");
    if (judged.length === 0) {
      throw new Fault(
        "cycle, projects",
        `none of ${projects} projects came before reviewers`,
        "Simulate more of them",
      );
    }
    return {
      ...run,
      results: (run.ended.filter(({ end }) => end === "result").length / projects) * startsPerWeek,
      latency: mean(judged.map(({ hours }) => hours)),
    };
  });
  const average = (of: (run: (typeof runs)[number]) => number) => mean(runs.map(of));
  const labels = [...new Set(runs.flatMap(({ waiting }) => [...waiting.keys()]))];
  return {
    scenario,
    startsPerWeek,
    resultsPerWeek: meanInterval(runs.map(({ results }) => results)),
    latency: meanInterval(runs.map(({ latency }) => latency)),
    waits: labels
      .map((label) => ({ label, hours: average(({ waiting }) => waiting.get(label)?.wait ?? 0) }))
      .sort((a, b) => b.hours - a.hours),
    utilisation: Object.fromEntries(
      Object.keys(serversOf(cycle)).map((pool) => [
        pool,
        average(({ utilisation }) => utilisation.get(pool)!),
      ]),
    ),
  };
}

function requireWhole(what: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new Fault(`cycle, ${what}`, `the number is ${value}`, `Give an integer from ${least} on`);
}

/** How a project ends. A result was accepted and is right. */
type End = "abandoned" | "screened out" | "rejected" | "flaw accepted" | "result";
type Service = NonNullable<SimulationOptions["service"]>;

/** One project through its stages; what it asks for, as it asks for it. */
function* project(
  cycle: Cycle,
  scenario: Scenario,
  passes: { readonly sound: number; readonly flawed: number },
  random: Random,
  service: Service,
): Generator<readonly Demand[], End> {
  const { review, people, agent } = cycle;
  const ease = random.normal();
  const happens = (chance: number) => random.float() < chance;
  const demand = (pool: string, hours: number, label: string): Demand[] =>
    hours > 0 ? [{ pool, label, hours: draw(hours, random, service) }] : [];
  // A working hour of a person fills more of the calendar.
  const byPeople = (hours: number, label: string) =>
    demand("people", (hours * HOURS_A_WEEK) / people.hoursPerWeek, label);

  /** A piece by a person, who tries until their own check passes it. */
  function* byPerson(name: WorkStage): Generator<readonly Demand[], boolean> {
    const { humanHours, computeHours, parts, humanSuccess } = cycle.stages[name];
    for (;;) {
      yield byPeople(humanHours / parts, name);
      yield demand("compute", computeHours / parts, `${name}, compute`);
      const right = happens(humanSuccess);
      if (right || !happens(people.checkCatches)) return right;
    }
  }

  /** A piece by an agent; null where all its attempts were found to be wrong. */
  function* byAgent(name: WorkStage): Generator<readonly Demand[], boolean | null> {
    const { humanHours, computeHours, checkHours, parts, attempts } = cycle.stages[name];
    const catches = scenario.checks === "people" ? people.checkCatches : agent.checkCatches;
    const success = agentSuccessOn(cycle, name, ease);
    for (let tries = 0; tries < attempts; tries++) {
      yield demand("agents", (humanHours / parts) * agent.hoursPerHumanHour, `${name}, agents`);
      yield demand("compute", computeHours / parts, `${name}, compute`);
      if (scenario.checks === "people") yield byPeople(checkHours / parts, `${name}, check`);
      const right = happens(success);
      if (right || !happens(catches)) return right;
    }
    return null;
  }

  let sound = true;
  for (const name of WORK_STAGES) {
    for (let part = 0; part < cycle.stages[name].parts; part++) {
      let right = scenario.automate.includes(name) ? yield* byAgent(name) : yield* byPerson(name);
      if (right === null && scenario.fallback === "abandon") return "abandoned";
      right ??= yield* byPerson(name);
      sound &&= right;
    }
  }
  if (!happens(sound ? passes.sound : passes.flawed)) return "screened out";
  yield Array.from({ length: review.reviewers }, () => byPeople(review.hours, "review")).flat();
  if (!happens(sound ? review.acceptSound : review.acceptFlawed)) return "rejected";
  return sound ? "result" : "flaw accepted";
}

/** As many hours as a piece of work takes, so many on average. */
function draw(hours: number, random: Random, service: Service): number {
  if (service === "mean") return hours;
  if (service === "exponential") return -hours * Math.log(1 - random.float());
  const sd = 0.68;
  return hours * Math.exp(sd * random.normal() - (sd * sd) / 2);
}

function serversOf({ people, agent, compute }: Cycle): Record<string, number> {
  return { people: people.number, agents: agent.number, compute: compute.slots };
}
