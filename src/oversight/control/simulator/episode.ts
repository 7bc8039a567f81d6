import type { Suspicion } from "../decision.ts";

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

/** Gives the episodes of a world: synthetic ones, or recorded ones drawn with replacement. */
export interface EpisodeSource {
  /** What the episodes come from, for people. */
  readonly name: string;
  /** The same index and repetition give the same episode under every protocol, for paired comparison. */
  episode(policy: AgentPolicy, repetition: string, index: number): Episode;
}
