import { quantile } from "../../stats/index.ts";
import { type BayesFit, type BayesOptions, familyHorizons, fitBayes } from "../bayes/bayes.ts";
import type { AgentDraws } from "../bootstrap/bootstrap.ts";
import { type FitOptions, fitSuite } from "../curve/fit.ts";
import type { Suite } from "../suite.ts";
import { type Categories, splitSuite } from "./categories.ts";
import { type CategoryHorizons, describeTasks } from "./horizons.ts";

export interface PooledOptions extends BayesOptions, FitOptions {}

/** Horizons by category from one Bayesian fit of the whole suite. */
export interface PooledHorizons {
  readonly categories: readonly CategoryHorizons[];
  /** The fit behind them, for its spreads and its warnings. */
  readonly fit: BayesFit;
}

/**
 * Horizons by category with partial pooling: each family is as much harder than its length says as
 * its own runs and all other families let it be, and a category is the mean of its families (see
 * `fitBayes`). Draws are of the posterior, joint for all agents and categories; an agent's curve is
 * as steep in all of them. It is the horizon on a task of typical difficulty in these families.
 */
export async function pooledHorizons(
  suite: Suite,
  categories: Categories,
  options: PooledOptions,
): Promise<PooledHorizons> {
  const parts = splitSuite(suite, categories);
  const fit = await fitBayes(suite, options);
  return {
    fit,
    categories: parts.map(({ category, suite: part }) => {
      const families = [...new Set(part.tasks.map(({ family }) => family))];
      const agents = fitSuite(part, options).map((own): AgentDraws => {
        const agent = fit.agents.find((each) => each.agent === own.agent)!;
        const log2 = familyHorizons(fit, agent, families, 0.5).map(Math.log2);
        const slope = agent.steepness.map((each) => -each);
        const middle = { slope: quantile(slope, 0.5), horizon: quantile(log2, 0.5) };
        return {
          agent: own.agent,
          fit: {
            ...own,
            ...{ status: "fitted", slope: middle.slope, intercept: -middle.slope * middle.horizon },
            ...{ logLoss: Number.NaN, gradient: Number.NaN, warnings: [] },
          },
          slope,
          intercept: slope.map((each, draw) => -each * log2[draw]!),
        };
      });
      const draws = agents[0]?.slope.length ?? 0;
      return {
        category,
        ...describeTasks(part),
        draws: { draws, families: families.length, agents },
      };
    }),
  };
}
