import { WORK_STAGES, type WorkStage } from "./stages.ts";

/** Who does what. */
export interface Scenario {
  readonly name: string;
  /** The stages that agents do. */
  readonly automate: readonly WorkStage[];
  /** Who checks agents' attempts. People always check their own. */
  readonly checks: "people" | "agents";
  /** What happens to a piece that agents tried in vain: a person does it, or the project ends. */
  readonly fallback: "people" | "abandon";
  /** Share of finished papers that automated assessment keeps from the reviewers, 0 to below 1. */
  readonly screenOut: number;
}

/** All by people; ideas and code by agents; all but review by agents, without and with assessment. */
export const SCENARIOS = [
  { name: "people", automate: [], checks: "people", fallback: "people", screenOut: 0 },
  {
    name: "ideation and implementation",
    automate: ["ideation", "implementation"],
    checks: "people",
    fallback: "people",
    screenOut: 0,
  },
  {
    name: "all but review",
    automate: WORK_STAGES,
    checks: "agents",
    fallback: "abandon",
    screenOut: 0,
  },
  {
    name: "all but review, 9 of 10 screened out",
    automate: WORK_STAGES,
    checks: "agents",
    fallback: "abandon",
    screenOut: 0.9,
  },
] as const satisfies readonly Scenario[];
