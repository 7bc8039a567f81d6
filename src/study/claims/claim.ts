import type { Hash, Json } from "../../record/index.ts";
import type { Unit } from "../definition.ts";

/** Where one number of a derivation comes from. */
export type ClaimInput =
  | {
      readonly from: "artifact";
      /** Inputs with the same group belong together: the two sides of a contrast. */
      readonly group: string;
      readonly artifact: Hash;
      readonly pointer: string;
      /** Pointer to the equally likely values of the number, where its uncertainty comes from draws. */
      readonly draws?: string;
      /** The run that made the artifact, and its seed (the unit of analysis). */
      readonly run: string;
      readonly seed: number;
    }
  | { readonly from: "claim"; readonly claim: string };

/** How a value follows from recorded artifacts: a pure transform over bound inputs, nothing else. */
export interface Derivation {
  readonly transform: string;
  readonly parameters: { readonly [name: string]: Json };
  readonly inputs: readonly ClaimInput[];
}

/** What a transform gives. Absent parts do not apply. */
export interface ClaimValue {
  readonly estimate: number;
  /** Confidence interval and its level, such as 0.95. */
  readonly low?: number;
  readonly high?: number;
  readonly level?: number;
  /** One-sided p value against the hypothesis's null, or e value of an e-process. */
  readonly p?: number;
  readonly e?: number;
  /** Number of independent units (seeds). */
  readonly n: number;
}

/**
 * A typed statement with its evidence. `kind` says what sort of statement it is: a cell is the mean
 * of one measure in one condition; a contrast belongs to a hypothesis of the plan.
 */
export interface Claim {
  readonly id: string;
  readonly kind: "contrast" | "cell" | "derived" | "count";
  readonly title: string;
  readonly unit: Unit;
  readonly value: ClaimValue;
  readonly derivation: Derivation;
  /** The hypothesis of the frozen plan that it answers; null makes it exploratory. */
  readonly hypothesis: string | null;
}

/**
 * What the lab may say of a claim. The lab decides it from plan, decision and replication; no
 * author and no agent can set it.
 */
export type ClaimStatus =
  /** Not in the plan: described, never tested. */
  | "exploratory"
  /** In the plan, and the test did not reject the null hypothesis. */
  | "not supported"
  /** In the plan and the test rejected; not yet replicated. */
  | "supported"
  /** Rejected, and the replication disagreed. */
  | "not replicated"
  /** Rejected, and replicated within the plan's tolerance. */
  | "confirmed";
