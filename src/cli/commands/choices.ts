import type { GrowthShape, METHODS, SCENARIOS } from "../../horizon/index.ts";
import type { DEFAULT_STUDY } from "../../lab/index.ts";
import type { STANDARD_JUDGES } from "../../monitors/index.ts";
import type {
  AUDIT_BUDGETS,
  Collusion,
  KINSHIPS,
  StandardProtocol,
} from "../../oversight/index.ts";

/*
 * What options may be, as the rooms that know them have it. It stands here once more so that help
 * and errors load none of those rooms; by the types it cannot be anything else than there.
 */

export const FIRST_STUDY: typeof DEFAULT_STUDY = "unlearning-monitorability";

export const PAUSE_KINDS: typeof KINSHIPS = ["session", "agent", "model", "prompt", "flow"];

export const JUDGE_KINDS: typeof STANDARD_JUDGES = [
  "action",
  "state-tracking",
  "extract-evaluate",
  "reasoning",
  "reward-hack",
  "claim-evidence",
];

export const CURVE_BUDGETS: typeof AUDIT_BUDGETS = [0.001, 0.003, 0.01, 0.02, 0.04];

export const COLLUSION_KINDS = namesOf<Collusion["kind"]>({
  "self-recognition": true,
  "causal-signal": true,
  "acausal-signal": true,
});

export const FIT_METHODS = namesOf<keyof typeof METHODS>({ "metr-2025": true, "metr-2026": true });

export const SCENARIO: (typeof SCENARIOS)[1]["name"] = "ideation and implementation";

export const SHAPES = namesOf<GrowthShape>({
  exponential: true,
  linear: true,
  piecewise: true,
  quadratic: true,
  hyperbolic: true,
  saturating: true,
});

export const PROTOCOLS = namesOf<StandardProtocol>({
  none: true,
  "trusted only": true,
  monitoring: true,
  "ask a person": true,
  "defer to trusted": true,
  "trusted editing": true,
  "resample, audit max": true,
  "resample, audit mean": true,
  "resample, audit min": true,
  "resample the suspicious": true,
  "do the least suspicious": true,
  "defer to resample": true,
  retry: true,
});

function namesOf<Name extends string>(all: Readonly<Record<Name, true>>): readonly Name[] {
  return Object.keys(all) as Name[];
}
