import type { Spending } from "../decision.ts";

/** What things cost and how long they take, in the price and the time of one action of the agent. */
export interface Prices {
  /** A monitor's look at one candidate, and a person's audit. */
  readonly cost: { readonly look: number; readonly trusted: number; readonly person: number };
  /** A question holds the run until a person answers; audits come afterwards and hold nothing. */
  readonly latency: { readonly look: number; readonly trusted: number; readonly person: number };
}

/**
 * Assumed, and to be replaced by one's own: a trusted model at a tenth of the agent's price, and a
 * person whom a look costs as much as 100 actions and takes as long as 60.
 */
export const STANDARD_PRICES: Prices = {
  cost: { look: 0.1, trusted: 0.1, person: 100 },
  latency: { look: 0.2, trusted: 0.5, person: 60 },
};

/** What a run cost and how long it took. Candidates of one resample are drawn side by side. */
export function priceOf(
  spent: Spending,
  { cost, latency }: Prices,
): { readonly cost: number; readonly latency: number } {
  const rounds = spent.occasions + spent.blocks;
  const replaced = spent.deferrals + spent.edits;
  return {
    cost:
      (rounds + spent.draws) * (1 + cost.look) +
      replaced * cost.trusted +
      (spent.audits + spent.questions) * cost.person,
    latency:
      (rounds + spent.resamples) * (1 + latency.look) +
      replaced * latency.trusted +
      spent.questions * latency.person,
  };
}
