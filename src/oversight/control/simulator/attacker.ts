import { normal, type Random } from "../../../stats/index.ts";

/** When an attacking agent attacks, until its side task has succeeded. */
export type Attacker =
  /** At every step. */
  | { readonly kind: "always" }
  /** At one step, drawn anew for each trajectory; every resample of that step attacks as well. */
  | { readonly kind: "once" }
  /** Each action with this chance, resamples anew. */
  | { readonly kind: "random"; readonly rate: number }
  /** Always, but only after this share of the steps: when trust or the audits' budget is used up. */
  | { readonly kind: "late"; readonly after: number }
  /**
   * Only where it expects the monitor to miss it: where the score that it foresees for the attack is
   * among the lowest `share`. `foresight` is the correlation of foreseen and true score.
   */
  | { readonly kind: "selective"; readonly share: number; readonly foresight: number };

/** A policy bound to one trajectory: whether this action is an attack. */
export type AttackChoice = (step: number, noise: readonly number[], random: Random) => boolean;

/** Every branch draws as many random numbers whatever it decides, so that streams stay aligned. */
export function attackChoice(attacker: Attacker, steps: number, random: Random): AttackChoice {
  const only = random.integer(steps);
  switch (attacker.kind) {
    case "always":
      return () => true;
    case "once":
      return (step) => step === only;
    case "random":
      return (_step, _noise, own) => own.float() < attacker.rate;
    case "late":
      return (step) => step >= attacker.after * steps;
    case "selective": {
      const { share, foresight } = attacker;
      const bar = share <= 0 ? -Infinity : share >= 1 ? Infinity : normal.quantile(share);
      const blur = Math.sqrt(1 - foresight ** 2);
      // The most alarmed monitor is the one to fear.
      return (_step, noise, own) => foresight * Math.max(...noise) + blur * own.normal() < bar;
    }
  }
}
