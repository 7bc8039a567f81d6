import { type Hash, hashBytes, hashJson, type Json } from "../../record/index.ts";
import type { Claim, ClaimInput, ClaimStatus, ClaimValue } from "../claims/claim.ts";
import type { Unit } from "../definition.ts";
import type { Decision, Gate, ReplicationVerdict, RunRecord } from "../records.ts";
import { exampleDefinition as definition, exampleMarkdown } from "./example-study.test-support.ts";
import type { ArticleInput } from "./input.ts";

/**
 * A small study, complete in every part, as the lab hands it to the compiler: what tests compile.
 * Its numbers are made by formula, its claims follow from its artifacts.
 */
export function exampleInput(changes: Partial<ArticleInput> = {}): ArticleInput {
  const document: Json = {
    version: 1,
    definition: definition as unknown as Json,
    code: hashBytes("the experiment's code"),
    sources: { "experiment.ts": hashBytes("the experiment's source") },
    article: hashBytes(exampleMarkdown),
  };
  return {
    file: "article.md",
    markdown: exampleMarkdown,
    definition,
    plan: { hash: hashJson(document), document, seq: 12 },
    claims: new Map(claims.map((claim) => [claim.id, claim])),
    statuses,
    decisions,
    replications,
    runs,
    gates,
    artifacts,
    lab: {
      name: "Greenhouse",
      head: { seq: 141, hash: hashBytes("the ledger's head") },
      budget: { policy: "lord++", alpha: 0.05, spent: 0.021 },
    },
    anonymous: false,
    ...changes,
  };
}

/** The example with one more sentence in its results. */
export function exampleWith(sentence: string): ArticleInput {
  return exampleInput({ markdown: exampleMarkdown.replace(marker, `${marker}\n\n${sentence}`) });
}

const marker = "The ablation is shown beside it.";

const base: Readonly<Record<string, readonly [number, number]>> = {
  text: [0.62, 0.41],
  probe: [0.83, 0.4],
  shuffled: [0.615, 0.44],
};

const artifacts = new Map<Hash, Json>();
const runs: RunRecord[] = [];
makeRuns("original", 6);
makeRuns("replication-1", 5);

function makeRuns(role: RunRecord["role"], count: number): void {
  for (let index = 0; index < count; index += 1) {
    const seed = Number.parseInt(hashBytes(`${role}/${index}`).slice(0, 8), 16);
    for (const [condition, [caught, calibration]] of Object.entries(base)) {
      const wave = Math.sin(seed % 97) * 0.05;
      const result: Json = {
        caught: round(caught + wave + Math.cos((seed % 89) * caught) * 0.015),
        calibration: round(calibration - wave * 0.6 + Math.sin((seed % 83) * calibration) * 0.03),
        curve: Array.from({ length: 30 }, (_, step) => ({
          step: step * 20,
          loss: round(
            (1.6 + wave) * Math.exp(-step / 9) + calibration + Math.sin(step + (seed % 7)) * 0.02,
          ),
        })),
      };
      const hash = hashJson(result);
      artifacts.set(hash, result);
      const id = hashBytes(`${role}/${condition}/${index}`).slice(0, 12);
      if (role === "original" && condition === "probe" && index === 2) {
        runs.push(
          attempt(id, role, condition, seed, 1, "interrupted", {}, "the lab stopped while it ran"),
        );
        runs.push(attempt(id, role, condition, seed, 2, "ok", { "result.json": hash }, ""));
      } else if (role === "replication-1" && condition === "shuffled" && index === 4) {
        runs.push(
          attempt(
            id,
            role,
            condition,
            seed,
            1,
            "memory-limit",
            {},
            "used more than 1024 MB in /home/alice/labs/green",
          ),
        );
      } else {
        runs.push(attempt(id, role, condition, seed, 1, "ok", { "result.json": hash }, ""));
      }
    }
  }
}

function attempt(
  id: string,
  role: RunRecord["role"],
  condition: string,
  seed: number,
  number: number,
  status: RunRecord["status"],
  made: RunRecord["artifacts"],
  reason: string,
): RunRecord {
  const seq = 14 + runs.length * 2;
  return {
    id,
    role,
    condition,
    seed,
    attempt: number,
    status,
    reason,
    artifacts: made,
    log: hashBytes(`log of ${id} ${number}`),
    isolation: "bubblewrap",
    cpuSeconds: round(8 + (seed % 50) / 10),
    wallSeconds: round(9 + (seed % 60) / 10),
    peakMemoryMb: 180 + (seed % 40),
    events: [seq, seq + 1],
  };
}

function inputsOf(measure: string, condition: string, group: string): ClaimInput[] {
  return runs
    .filter((run) => run.role === "original" && run.condition === condition && run.status === "ok")
    .map((run) => ({
      from: "artifact",
      group,
      artifact: run.artifacts["result.json"]!,
      pointer: `/${measure}`,
      run: run.id,
      seed: run.seed,
    }));
}

function rawValue(input: ClaimInput): number {
  if (input.from !== "artifact") throw new Error("a claim, not an artifact");
  const result = artifacts.get(input.artifact) as { readonly [measure: string]: number };
  return result[input.pointer.slice(1)]!;
}

function meanOf(values: readonly number[]): ClaimValue {
  const n = values.length;
  const estimate = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (n - 1);
  const half = 2.571 * Math.sqrt(variance / n);
  return { estimate, low: estimate - half, high: estimate + half, level: 0.95, n };
}

function cell(measure: string, condition: string, unit: Unit): Claim {
  const inputs = inputsOf(measure, condition, "values");
  return {
    id: `${measure}/${condition}`,
    kind: "cell",
    title: `${definition.measures.find((item) => item.id === measure)!.title}, ${definition.conditions.find((item) => item.id === condition)!.title}`,
    unit,
    value: meanOf(inputs.map(rawValue)),
    derivation: { transform: "mean-t", parameters: { level: 0.95 }, inputs },
    hypothesis: null,
  };
}

function contrast(id: string, p: number): Claim {
  const hypothesis = definition.hypotheses.find((item) => item.id === id)!;
  const of = inputsOf(hypothesis.measure, hypothesis.of, "of");
  const against = inputsOf(hypothesis.measure, hypothesis.against!, "against");
  const differences = of.map((input, index) => rawValue(input) - rawValue(against[index]!));
  return {
    id,
    kind: "contrast",
    title: hypothesis.statement,
    unit: definition.measures.find((item) => item.id === hypothesis.measure)!.unit,
    value: { ...meanOf(differences), p },
    derivation: {
      transform: "paired-t",
      parameters: { null: 0, direction: hypothesis.direction, level: 0.95 },
      inputs: [...of, ...against],
    },
    hypothesis: id,
  };
}

const claims: readonly Claim[] = [
  ...(["text", "probe", "shuffled"] as const).flatMap((condition) => [
    cell("caught", condition, "proportion"),
    cell("calibration", condition, "nats"),
  ]),
  contrast("H1", 0.00002),
  contrast("H2", 0.118),
  contrast("H3", 0.004),
  {
    id: "gain",
    kind: "derived",
    title: "Catches with a probe over catches without",
    unit: "ratio",
    value: { estimate: 1.337, n: 6 },
    derivation: {
      transform: "ratio",
      parameters: { level: 0.95 },
      inputs: [
        { from: "claim", claim: "caught/probe" },
        { from: "claim", claim: "caught/text" },
      ],
    },
    hypothesis: null,
  },
  {
    id: "runs/started",
    kind: "count",
    title: "Runs started",
    unit: "count",
    value: { estimate: runs.length, n: runs.length },
    derivation: { transform: "count", parameters: {}, inputs: [] },
    hypothesis: null,
  },
];

const statuses: ReadonlyMap<string, ClaimStatus> = new Map<string, ClaimStatus>([
  ["H1", "confirmed"],
  ["H2", "not supported"],
  ["H3", "not replicated"],
  ["gain", "exploratory"],
]);

const decisions: readonly Decision[] = [
  { hypothesis: "H1", level: 0.0125, p: 0.00002, rejected: true },
  { hypothesis: "H2", level: 0.0167, p: 0.118, rejected: false },
  { hypothesis: "H3", level: 0.0083, p: 0.004, rejected: true },
];

const replications: readonly ReplicationVerdict[] = [
  {
    hypothesis: "H1",
    value: { estimate: 0.196, low: 0.17, high: 0.222, level: 0.95, p: 0.0001, n: 5 },
    agrees: true,
    reason: "same side of the null value, within the plan's tolerance",
  },
  {
    hypothesis: "H2",
    value: { estimate: 0.004, low: -0.02, high: 0.028, level: 0.95, p: 0.6, n: 5 },
    agrees: false,
    reason: "the replication's estimate lies on the other side of the null value",
  },
  {
    hypothesis: "H3",
    value: { estimate: -0.012, low: -0.03, high: 0.006, level: 0.95, p: 0.9, n: 5 },
    agrees: false,
    reason: "the replication's estimate lies on the other side of the null value",
  },
];

const gates: readonly Gate[] = [
  {
    id: "identical-arms",
    title: "No condition repeats another's numbers",
    verdict: "pass",
    inputs: [hashBytes("a")],
    evidence: ["18 artifacts, all different"],
  },
  {
    id: "completeness",
    title: "Every planned run is on record",
    verdict: "warn",
    inputs: [],
    evidence: [
      "one run of the replication failed for good: shuffled, memory limit",
      "its seed is left out of the replication",
    ],
  },
];

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
