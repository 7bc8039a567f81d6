import type { Suspicion } from "../../../monitors/index.ts";

/** One action that the agent came up with. */
export interface Draw {
  /** It serves the side task. The truth that monitors do not know. */
  readonly attack: boolean;
  readonly suspicions: readonly Suspicion[];
}

/** What an agent knows when it comes up with an action. */
export interface AgentState {
  /** The side task has succeeded: there is nothing left to attack for. */
  readonly done: boolean;
  /** How often it was told so far why an action of its was blocked. */
  readonly told: number;
}

/** One trajectory to be: its actions are drawn step by step, as the protocol asks for them. */
export interface Episode {
  readonly steps: number;
  /** The next action from the context of a step; called again for a resample from the same context. */
  draw(step: number, state: AgentState): Draw;
}

/** An agent does its task honestly, or attacks by its attacker's policy. */
export type AgentPolicy = "honest" | "attack";

/** Which episode is wanted. The same one comes under every protocol, for paired comparison. */
export interface EpisodeKey {
  readonly policy: AgentPolicy;
  /** Thresholds are set on other episodes than they are measured on. */
  readonly purpose: "calibration" | "evaluation";
  readonly repetition: number;
  readonly index: number;
}

/** Gives the episodes of a world: synthetic ones, or recorded ones drawn with replacement. */
export interface EpisodeSource {
  /** What the episodes come from, for people. */
  readonly name: string;
  /**
   * How many recorded trajectories there are to draw from; absent where any number can be made. A
   * repetition then draws as many as there are, which makes it a bootstrap resample.
   */
  readonly recorded?: (policy: AgentPolicy, purpose: EpisodeKey["purpose"]) => number;
  episode(key: EpisodeKey): Episode;
}
