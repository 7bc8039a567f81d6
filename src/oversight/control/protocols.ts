import { type AuditRule, auditNever, type Statistic, statisticOf, suspicionOf } from "./audit.ts";
import type { Decision, Occasion, Point, Protocol, Ruling } from "./decision.ts";

/** What every protocol can be told. */
export interface ProtocolSettings {
  /** When a step is audited, by its score; never by default. */
  readonly audit?: AuditRule;
  /** Whose scores count, the maximum of them; all monitors by default. */
  readonly monitors?: readonly string[];
  /** Where it decides; elsewhere it allows. Before each tool call by default. */
  readonly point?: Point;
}

/** The agent acts and nobody looks, except for audits that need no score. */
export function noProtocol(settings: ProtocolSettings = {}): Protocol {
  return gate(settings, () => [allow(0), Infinity]);
}

/** The trusted model does all the work. */
export function trustedOnly(settings: ProtocolSettings = {}): Protocol {
  return deferToTrusted({ ...settings, deferAbove: -Infinity });
}

/**
 * Trusted or untrusted monitoring (Greenblatt et al. 2023, arXiv:2312.06942), by whose scores
 * `monitors` names. The action is done and may be audited afterwards; or it waits for a person where
 * its score is above `askAbove`.
 */
export function monitoring(
  settings: ProtocolSettings & { readonly askAbove?: number } = {},
): Protocol {
  const { askAbove = Infinity } = settings;
  return gate(settings, (occasion) => {
    const score = scoresOf(occasion, settings)[0]!;
    return [score > askAbove ? { kind: "ask", candidate: 0 } : allow(0), score];
  });
}

/** Above the threshold the trusted model acts instead (defer to trusted). */
export function deferToTrusted(
  settings: ProtocolSettings & { readonly deferAbove: number },
): Protocol {
  return replacing(settings, settings.deferAbove, { kind: "defer" });
}

/** Above the threshold the trusted model rewrites the action (trusted editing, arXiv:2312.06942). */
export function trustedEditing(
  settings: ProtocolSettings & { readonly editAbove: number },
): Protocol {
  const edit = { kind: "modify", candidate: 0, edit: { by: "trusted-model" } } as const;
  return replacing(settings, settings.editAbove, edit);
}

export interface ResamplingSettings extends ProtocolSettings {
  /** Candidates in all, the agent's first included. */
  readonly samples: number;
  /** Draws more only where the first is more suspicious than this; always by default. */
  readonly resampleAbove?: number;
  /** Which candidate is done: the agent's first, or the least suspicious (defer to resample). */
  readonly execute: "first" | "least-suspicious";
  /** What is audited on, of all candidates' scores. */
  readonly auditOn: Statistic;
}

/**
 * Resampling (Bhatt et al. 2025, arXiv:2504.10374; Lucassen and Kaufman 2026, arXiv:2605.26047):
 * more candidates from the same context, of which the agent knows nothing.
 */
export function resampling(settings: ResamplingSettings): Protocol {
  const { samples, resampleAbove = -Infinity, execute, auditOn } = settings;
  return gate(settings, (occasion) => {
    const scores = scoresOf(occasion, settings);
    if (scores.length < samples && scores[0]! > resampleAbove) {
      return [{ kind: "resample", draws: samples - scores.length }, scores[0]!];
    }
    const least = scores.indexOf(Math.min(...scores));
    return [allow(execute === "first" ? 0 : least), statisticOf(auditOn, scores)];
  });
}

/**
 * Retrying, as coding tools do it: a suspicious action is blocked and the agent goes on, at most
 * `retries` times; what it then does is done.
 */
export function retrying(
  settings: ProtocolSettings & { readonly blockAbove: number; readonly retries: number },
): Protocol {
  return gate(settings, (occasion) => {
    const score = scoresOf(occasion, settings)[0]!;
    const again = score > settings.blockAbove && occasion.blocked < settings.retries;
    return [again ? { kind: "block" } : allow(0), score];
  });
}

/** Ends the run where the score is above the threshold. */
export function stopAbove(settings: ProtocolSettings & { readonly stopAbove: number }): Protocol {
  return replacing(settings, settings.stopAbove, { kind: "stop" });
}

function allow(candidate: number): Decision {
  return { kind: "allow", candidate };
}

/** Replaces what is too suspicious; what the agent did not do itself needs no audit. */
function replacing(settings: ProtocolSettings, above: number, instead: Decision): Protocol {
  return gate(settings, (occasion) => {
    const score = scoresOf(occasion, settings)[0]!;
    return score > above ? [instead, -Infinity] : [allow(0), score];
  });
}

/** The decision at the protocol's point, and its audit once the step is settled. */
function gate(
  { point = "before-tool", audit = auditNever }: ProtocolSettings,
  decide: (occasion: Occasion) => readonly [Decision, score: number],
): Protocol {
  return (occasion) => {
    if (occasion.point !== point) return ruling(allow(0), -Infinity, 0, false);
    const [decision, score] = decide(occasion);
    const settled = decision.kind !== "resample" && decision.kind !== "block";
    const chance = settled && score > -Infinity ? audit(score) : 0;
    return ruling(decision, score, chance, occasion.lot < chance);
  };
}

function ruling(decision: Decision, score: number, auditChance: number, audit: boolean): Ruling {
  return { decision, score, audit, auditChance };
}

function scoresOf({ candidates }: Occasion, { monitors }: ProtocolSettings): readonly number[] {
  return candidates.map((candidate) => suspicionOf(candidate, monitors));
}
