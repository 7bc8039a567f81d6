import type { Outcomes, Task } from "../suite.ts";

/** How an agent's success varies from task to task beyond what length says. */
export interface Difficulty {
  /** Logits that a doubling of difficulty costs; above 0. */
  readonly steepness: number;
  /** How much harder than its length says a family is, or a task in it: sd in log2 minutes. */
  readonly familySd: number;
  readonly taskSd: number;
  readonly logLikelihood: number;
}

/**
 * Estimates, from one agent's successes, steepness and the spreads of family and task difficulty:
 *
 *   successes ~ Binomial(runs, logistic(steepness · (log2 horizon - log2 minutes - family - task)))
 *
 * with normal families and tasks, by maximum marginal likelihood; both integrals are done on a grid.
 * `log2Horizon` gives each task's horizon, which may differ by category.
 */
export function fitDifficulty(
  tasks: readonly Task[],
  { runs, scores }: Pick<Outcomes, "runs" | "scores">,
  log2Horizon: ArrayLike<number>,
): Difficulty {
  const families = familiesOf(tasks, runs);
  const cells = tasks.map(
    ({ minutes }, task): Cell => ({
      margin: log2Horizon[task]! - Math.log2(minutes),
      runs: runs[task]!,
      score: scores[task]!,
    }),
  );
  const loss = ([logSteepness, logFamily, logTask]: readonly number[]) =>
    -families.reduce(
      (sum, family) =>
        sum +
        familyLogLikelihood(
          family.map((task) => cells[task]!),
          Math.exp(logSteepness!),
          Math.exp(logFamily!),
          Math.exp(logTask!),
        ),
      // Spreads of 0 lie at minus infinity: a faint pull keeps the search from running there.
      0,
    ) +
    1e-3 * (logFamily! ** 2 + logTask! ** 2);
  const [best, least] = minimise(loss, [0, 0, 0], 0.5);
  const [steepness, familySd, taskSd] = best.map(Math.exp) as [number, number, number];
  return { steepness, familySd, taskSd, logLikelihood: -least };
}

interface Cell {
  readonly margin: number;
  readonly runs: number;
  readonly score: number;
}

/** Grids of a standard normal; the trapezoid rule is as good as exact on them. */
const FAMILY_GRID = normalGrid(5, 41);
const TASK_GRID = normalGrid(4, 21);

function familyLogLikelihood(
  family: readonly Cell[],
  steepness: number,
  familySd: number,
  taskSd: number,
): number {
  const logs = FAMILY_GRID.nodes.map((u, at) =>
    family.reduce((sum, cell) => {
      const centre = steepness * (cell.margin - familySd * u);
      return sum + cellLogLikelihood(cell, centre, steepness * taskSd);
    }, FAMILY_GRID.logWeights[at]!),
  );
  return logSumExp(logs);
}

function cellLogLikelihood({ runs, score }: Cell, centre: number, spread: number): number {
  let top = -Infinity;
  let sum = 0;
  for (let at = 0; at < TASK_GRID.nodes.length; at++) {
    const logit = centre - spread * TASK_GRID.nodes[at]!;
    // ln of the chance and of its complement, without overflow.
    const tail = Math.log1p(Math.exp(-Math.abs(logit)));
    const value =
      TASK_GRID.logWeights[at]! +
      score * (Math.min(0, logit) - tail) +
      (runs - score) * (Math.min(0, -logit) - tail);
    if (value > top) {
      sum = sum * Math.exp(top - value) + 1;
      top = value;
    } else sum += Math.exp(value - top);
  }
  return top + Math.log(sum);
}

function logSumExp(values: readonly number[]): number {
  const top = Math.max(...values);
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

function normalGrid(reach: number, count: number) {
  const nodes = Array.from({ length: count }, (_, i) => -reach + (2 * reach * i) / (count - 1));
  const densities = nodes.map((z) => Math.exp((-z * z) / 2));
  const total = densities.reduce((sum, density) => sum + density, 0);
  return { nodes, logWeights: densities.map((density) => Math.log(density / total)) };
}

function familiesOf(tasks: readonly Task[], runs: Float64Array): number[][] {
  const families = new Map<string, number[]>();
  tasks.forEach(({ family }, task) => {
    if (runs[task] === 0) return;
    const members = families.get(family);
    if (members) members.push(task);
    else families.set(family, [task]);
  });
  return [...families.values()];
}

/** The least of a function of few variables, by the simplex method of Nelder and Mead (1965). */
function minimise(
  of: (x: readonly number[]) => number,
  start: readonly number[],
  step: number,
): readonly [x: readonly number[], least: number] {
  const corner = (x: readonly number[]) => ({ x, value: of(x) });
  let simplex = [
    corner(start),
    ...start.map((_, i) => corner(start.map((each, j) => each + (i === j ? step : 0)))),
  ];
  for (let round = 0; round < 200; round++) {
    simplex = [...simplex].sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0]!, simplex.at(-1)!];
    if (worst.value - best.value < 1e-6) break;
    const others = simplex.slice(0, -1);
    const centre = start.map(
      (_, i) => others.reduce((sum, { x }) => sum + x[i]!, 0) / others.length,
    );
    const towards = (part: number) =>
      corner(centre.map((each, i) => each + part * (worst.x[i]! - each)));
    const mirrored = towards(-1);
    let next = mirrored;
    if (mirrored.value < best.value) {
      const further = towards(-2);
      if (further.value < mirrored.value) next = further;
    } else if (mirrored.value >= others.at(-1)!.value) {
      next = towards(mirrored.value < worst.value ? -0.5 : 0.5);
    }
    simplex =
      next.value < worst.value
        ? [...others, next]
        : [
            best,
            ...simplex.slice(1).map(({ x }) => corner(x.map((each, i) => (each + best.x[i]!) / 2))),
          ];
  }
  const [best] = [...simplex].sort((a, b) => a.value - b.value);
  return [best!.x, best!.value];
}
