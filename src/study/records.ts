import type { Hash } from "../record/index.ts";
import type { ClaimValue } from "./claims/claim.ts";

/** Why a run was made. */
export type RunRole = "original" | `replication-${number}`;

/** What became of one attempt at a run, as the ledger has it. */
export interface RunRecord {
  /** Deterministic: the same plan, role, condition and seed give the same id. */
  readonly id: string;
  readonly role: RunRole;
  readonly condition: string;
  readonly seed: number;
  readonly attempt: number;
  readonly status:
    | "ok"
    | "failed"
    | "killed"
    | "wall-limit"
    | "cpu-limit"
    | "memory-limit"
    | "process-limit"
    | "disk-limit"
    | "output-limit"
    | "aborted"
    /** The lab itself died while it ran. */
    | "interrupted"
    | "running";
  /** What went wrong, in one line; empty where nothing did. */
  readonly reason: string;
  /** Artifact name to object; empty unless the status is ok. */
  readonly artifacts: { readonly [name: string]: Hash };
  /** The run's standard output and error, kept for failures too. */
  readonly log: Hash | null;
  readonly isolation: string;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMemoryMb: number;
  /** Sequence numbers of its first and last ledger events. */
  readonly events: readonly number[];
}

/** The lab's decision on one hypothesis, from the original runs alone. */
export interface Decision {
  readonly hypothesis: string;
  /** The level the lab's error budget allowed, and the p (or 1/e) it was held against. */
  readonly level: number;
  readonly p: number;
  readonly rejected: boolean;
}

/** What a replication found for one hypothesis. */
export interface ReplicationVerdict {
  readonly hypothesis: string;
  readonly value: ClaimValue;
  readonly agrees: boolean;
  /** In words: which of direction and tolerance held. */
  readonly reason: string;
}

/**
 * One check that must have a verdict. A gate without one blocks: silence is never a pass.
 */
export interface Gate {
  readonly id: string;
  readonly title: string;
  readonly verdict: "pass" | "warn" | "fail" | "blocked" | "error";
  /** Hashes of what was looked at. */
  readonly inputs: readonly Hash[];
  /** What was found, a line each. */
  readonly evidence: readonly string[];
}
