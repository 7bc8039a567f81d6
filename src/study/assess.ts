import { canonicalJson, type Json, type LedgerEvent, type ObjectStore } from "../record/index.ts";
import { allowance } from "../stats/index.ts";
import type { Claim, ClaimInput } from "./claims/claim.ts";
import { deriveClaims, loadArtifacts } from "./claims/derive.ts";
import { foldBudget } from "./decide.ts";
import { studyEvents } from "./events.ts";
import { runId } from "./execute.ts";
import { type FrozenPlan, planSeeds } from "./plan.ts";
import { planPower } from "./power.ts";
import { ofStudy, recordedClaims } from "./publish.ts";
import type { Gate, RunRecord } from "./records.ts";
import { finishedRuns, type StudyView, viewStudy } from "./view.ts";

/** What each check looks at: one study's record, read once. */
interface Evidence {
  readonly plan: FrozenPlan;
  readonly view: StudyView;
  readonly events: readonly LedgerEvent[];
  readonly claims: readonly Claim[];
  /** Derives the claims again; throws where the record does not allow it. */
  readonly rederive: () => readonly Claim[];
}

type Verdict = Pick<Gate, "verdict" | "evidence">;

/** The deterministic checks that every study passes through before people see it. */
const checks: readonly {
  readonly id: string;
  readonly title: string;
  check(study: Evidence): Verdict;
}[] = [
  { id: "plan-deviations", title: "The runs are the plan's runs", check: planDeviations },
  {
    id: "unit-of-analysis",
    title: "Inference is over independent units only",
    check: unitOfAnalysis,
  },
  {
    id: "multiplicity",
    title: "Each hypothesis was decided at the level the error budget allowed",
    check: multiplicity,
  },
  { id: "intervals", title: "Every estimate has an interval", check: intervals },
  {
    id: "power",
    title: "The sample is large enough for the smallest effect of interest",
    check: power,
  },
  { id: "unreported-runs", title: "Everything that ran is reported", check: unreportedRuns },
  {
    id: "identical-arms",
    title: "No two conditions gave identical results throughout",
    check: identicalArms,
  },
  { id: "provenance", title: "Every claim follows from recorded artifacts", check: provenance },
  {
    id: "replication",
    title: "The replication shares nothing with the original but the plan",
    check: replication,
  },
  { id: "isolation", title: "Runs were isolated", check: isolation },
];

/**
 * Carries out every check on a study's record. A check that throws is an error, never a pass.
 */
export async function assessStudy(
  plan: FrozenPlan,
  events: readonly LedgerEvent[],
  objects: ObjectStore,
): Promise<readonly Gate[]> {
  const view = viewStudy(plan.study, ofStudy(plan.study, events));
  const runs = finishedRuns(view, "original");
  const { definition } = plan.document;
  const artifacts = await loadArtifacts(objects, definition, runs);
  const evidence: Evidence = {
    plan,
    view,
    events,
    claims: await recordedClaims(plan, events, "original", objects),
    rederive: () => deriveClaims(definition, runs, artifacts),
  };
  const inputs = [plan.hash, ...[...view.claims.values()].map((claims) => claims.object)];
  return checks.map(({ id, title, check }) => ({ id, title, inputs, ...attempt(check, evidence) }));
}

function attempt(check: (study: Evidence) => Verdict, evidence: Evidence): Verdict {
  try {
    return check(evidence);
  } catch (error) {
    return { verdict: "error", evidence: [(error as Error).message] };
  }
}

/** Runs that are not the plan's, and in what: their seeds and names follow from its hash. */
export function planDeviatingRuns(
  plan: FrozenPlan,
  view: StudyView,
): readonly { readonly run: string; readonly problem: string }[] {
  const { seeds } = plan.document.definition;
  const found: { run: string; problem: string }[] = [];
  for (const role of new Set(view.runs.map((run) => run.role))) {
    const allowed = planSeeds(
      plan,
      role,
      role === "original" ? originalSeeds(plan) : seeds.replication,
    );
    for (const run of view.runs.filter((candidate) => candidate.role === role)) {
      const report = (problem: string) => found.push({ run: run.id, problem });
      if (!allowed.includes(run.seed))
        report(`it has seed ${run.seed}, which the plan does not give`);
      if (run.id !== runId(plan, run)) report("it is not the run it says it is");
      if (run.events[0]! < plan.seq) report("it started before the plan was frozen");
    }
  }
  return found;
}

function planDeviations({ plan, view }: Evidence): Verdict {
  const { definition } = plan.document;
  const problems = planDeviatingRuns(plan, view).map(
    ({ run, problem }) => `run ${run}: ${problem}`,
  );
  for (const role of new Set(view.runs.map((run) => run.role))) {
    for (const condition of definition.conditions) {
      const made = view.runs.filter(
        (run) => run.role === role && run.condition === condition.id && run.status === "ok",
      );
      const least = role === "original" ? definition.seeds.original : definition.seeds.replication;
      if (made.length < least)
        problems.push(
          `${role}: ${made.length} of ${least} planned runs of ${condition.id} gave a result`,
        );
    }
  }
  return failWith(
    problems,
    `all ${view.runs.length} runs are the plan's, with seeds from its hash`,
  );
}

function unitOfAnalysis({ plan, claims }: Evidence): Verdict {
  const unit = plan.document.definition.unit;
  const problems: string[] = [];
  for (const claim of claims) {
    const { transform } = claim.derivation;
    if (claim.kind === "contrast" && (transform === "draws") !== (unit === "resample")) {
      problems.push(`${claim.id} is tested by ${transform}, and the unit is a ${unit}`);
    }
    const inputs = claim.derivation.inputs.filter(
      (input): input is ClaimInput & { from: "artifact" } => input.from === "artifact",
    );
    for (const group of new Set(inputs.map((input) => input.group))) {
      const seeds = inputs.filter((input) => input.group === group).map((input) => input.seed);
      if (new Set(seeds).size < seeds.length)
        problems.push(`${claim.id} counts a ${unit} more than once in "${group}"`);
      if (claim.kind !== "derived" && claim.value.n > seeds.length)
        problems.push(`${claim.id} claims n = ${claim.value.n} from ${seeds.length} ${unit}s`);
    }
  }
  return failWith(
    problems,
    unit === "resample"
      ? "every interval and test comes from draws of the one body of evidence, not from the number of runs"
      : `every interval and test counts one value a ${unit}`,
  );
}

function multiplicity({ plan, view, events }: Evidence): Verdict {
  const problems: string[] = [];
  for (const hypothesis of plan.document.definition.hypotheses) {
    if (!view.decisions.some((decision) => decision.hypothesis === hypothesis.id)) {
      problems.push(`${hypothesis.id} was never decided`);
    }
  }
  const budget = foldBudget(events);
  const levels = studyEvents(events).flatMap((event) =>
    event.kind === "hypothesis.decided" ? [event.body] : [],
  );
  for (const decision of levels) {
    if (decision.rejected !== decision.p <= decision.level)
      problems.push(
        `${decision.hypothesis}: p ${decision.p} against level ${decision.level} was recorded as ${decision.rejected ? "rejected" : "not rejected"}`,
      );
  }
  const plans = studyEvents(events).filter((event) => event.kind === "plan.frozen").length;
  return failWith(
    problems,
    `${levels.length} hypotheses decided in ${plans} plans under ${budget.policy} at level ${budget.alpha}`,
  );
}

function intervals({ claims }: Evidence): Verdict {
  const bare = claims.filter(
    (claim) => claim.kind !== "count" && claim.value.low === undefined && claim.kind !== "derived",
  );
  return failWith(
    bare.map((claim) => `${claim.id} has no interval`),
    `${claims.length} claims looked at`,
  );
}

function power({ plan, events }: Evidence): Verdict {
  // The level that the budget kept for each hypothesis when the plan was frozen.
  const budget = foldBudget(events.filter((event) => event.seq <= plan.seq));
  const levelOf = (hypothesis: string) => allowance(budget, `${plan.study}/${hypothesis}`);
  const weak = planPower(plan.document.definition, levelOf)
    .filter((planned) => planned.power < planned.wanted)
    .map(
      ({ hypothesis, power: reached, wanted }) =>
        `${hypothesis}: power ${reached.toFixed(2)} for its smallest effect, ${wanted} was planned`,
    );
  return weak.length > 0
    ? { verdict: "warn", evidence: weak }
    : {
        verdict: "pass",
        evidence: [
          "the planned power is reached at each hypothesis's own share of the error budget",
        ],
      };
}

function unreportedRuns({ plan, view, events }: Evidence): Verdict {
  const unfinished = view.runs.filter((run) => run.status === "running");
  const failed = view.runs.filter((run) => run.status !== "ok" && run.status !== "running");
  const earlier = studyEvents(events).filter(
    (event) =>
      event.kind === "plan.frozen" && event.body.slug === view.slug && event.study !== plan.study,
  );
  const notes = [
    ...failed.map((run) => `run ${run.id}, attempt ${run.attempt}: ${run.status}`),
    ...earlier.map((event) => `another plan of this study is on record: ${event.study}`),
  ];
  if (unfinished.length > 0) {
    return {
      verdict: "fail",
      evidence: unfinished.map(
        (run) => `run ${run.id}, attempt ${run.attempt}, has no end on record`,
      ),
    };
  }
  return {
    verdict: notes.length > 0 ? "warn" : "pass",
    evidence: [`${view.runs.length} attempts on record, all listed in the article`, ...notes],
  };
}

/** The case that fooled value-matching checkers: every arm computes the same thing. */
function identicalArms({ plan, claims }: Evidence): Verdict {
  const { conditions, measures } = plan.document.definition;
  const signature = (condition: string) =>
    canonicalJson(
      measures.map(
        (measure) =>
          claims.find((claim) => claim.id === `${measure.id}/${condition}`)?.value ?? null,
      ) as unknown as Json,
    );
  const seen = new Map<string, string>();
  const problems: string[] = [];
  for (const condition of conditions) {
    const same = seen.get(signature(condition.id));
    if (same !== undefined) problems.push(`${condition.id} and ${same} agree in every measure`);
    seen.set(signature(condition.id), condition.id);
  }
  return failWith(problems, `${conditions.length} conditions differ in at least one measure`);
}

function provenance({ claims, rederive }: Evidence): Verdict {
  const rederived = rederive();
  const problems: string[] = [];
  for (const claim of claims) {
    const again = rederived.find((candidate) => candidate.id === claim.id);
    if (
      !again ||
      canonicalJson(again as unknown as Json) !== canonicalJson(claim as unknown as Json)
    ) {
      problems.push(`${claim.id} does not follow from the recorded artifacts`);
    }
  }
  return failWith(
    problems,
    `${claims.length} of ${claims.length} claims derived again from their artifacts`,
  );
}

function replication({ plan, view }: Evidence): Verdict {
  const original = new Set(
    view.runs.filter((run) => run.role === "original").map((run) => run.seed),
  );
  const rounds = view.replications;
  if (rounds.length === 0) return { verdict: "blocked", evidence: ["no replication is on record"] };
  const shared = view.runs.filter((run) => run.role !== "original" && original.has(run.seed));
  const agreed = rounds.map(
    (round) =>
      `${round.role}: ${round.verdicts.filter((verdict) => verdict.agrees).length} of ${plan.document.definition.hypotheses.length} hypotheses agree`,
  );
  if (shared.length > 0)
    return {
      verdict: "fail",
      evidence: shared.map((run) => `run ${run.id} has a seed of the original`),
    };
  return { verdict: "pass", evidence: agreed };
}

function isolation({ view }: Evidence): Verdict {
  const weak = view.runs.filter((run: RunRecord) => run.isolation !== "bubblewrap");
  if (weak.length === 0)
    return {
      verdict: "pass",
      evidence: ["bubblewrap: no network, no files but its own, its own processes"],
    };
  return {
    verdict: "warn",
    evidence: [
      `${weak.length} runs had weaker isolation (${[...new Set(weak.map((run) => run.isolation))].join(", ")})`,
    ],
  };
}

function failWith(problems: readonly string[], otherwise: string): Verdict {
  return problems.length > 0
    ? { verdict: "fail", evidence: problems }
    : { verdict: "pass", evidence: [otherwise] };
}

function originalSeeds(plan: FrozenPlan): number {
  const { seeds, stopping } = plan.document.definition;
  return stopping.rule === "sequential" ? stopping.most : seeds.original;
}
