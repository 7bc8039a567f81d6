import type { Outcomes, Task } from "../suite.ts";

/**
 * How much a run counts. `equal`: each task the same, shared among its runs. `inverse-sqrt-family`:
 * that, over the square root of how many tasks of its family the agent attempted, so that a family
 * of many look-alike tasks does not decide the horizon (arXiv:2503.14499, section 4.1).
 */
export type Weighting = "equal" | "inverse-sqrt-family";

/** The weight of one run of each task, in the order of `tasks`; over all runs of the agent they sum to 1. */
export function runWeights(
  tasks: readonly Task[],
  { runs }: Pick<Outcomes, "runs">,
  weighting: Weighting,
): Float64Array {
  const attempted = new Map<string, number>();
  tasks.forEach(({ family }, index) => {
    if (runs[index]! > 0) attempted.set(family, (attempted.get(family) ?? 0) + 1);
  });
  let total = 0;
  const ofTask = tasks.map(({ family }, index) => {
    if (runs[index] === 0) return 0;
    const weight = weighting === "equal" ? 1 : 1 / Math.sqrt(attempted.get(family)!);
    total += weight;
    return weight;
  });
  return Float64Array.from(ofTask, (weight, index) =>
    weight === 0 ? 0 : weight / total / runs[index]!,
  );
}
