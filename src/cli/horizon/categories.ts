import type { Chart } from "../../charts/index.ts";
import {
  type Categories,
  type CategoryGrowth,
  type CategoryHorizons,
  type Comparison,
  categoryGrowth,
  categoryHorizons,
  compareDraws,
  compareGrowth,
  forestFigure,
  type GrowthComparison,
  type HorizonInterval,
  HUMAN,
  horizonAt,
  horizonInterval,
  type PowerPlan,
  planPower,
  pooledHorizons,
  readCategories,
  readReleaseDates,
  type Suite,
  sharedSlopeHorizons,
} from "../../horizon/index.ts";
import { Fault } from "../../record/index.ts";
import { drawFigure, type FigureOption } from "../figure.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "../output.ts";
import { estimateTable, wrapped } from "../screen.ts";
import { planText } from "./plan.ts";
import { type RunOptions, readRuns, warn } from "./reading.ts";
import { duration, durationRange, factor, percent } from "./words.ts";

export interface CategoriesCommand extends RunOptions, FigureOption {
  readonly categories?: string;
  readonly pool: "slope" | "none" | "families";
  readonly success: number;
  readonly with?: string;
  readonly dates?: string;
  readonly plan?: number;
  readonly planRuns?: number;
}

export async function horizonCategories(
  files: string[],
  options: CategoriesCommand,
  global: GlobalOptions,
): Promise<void> {
  const { json } = global;
  if (options.draws === 0) {
    throw new Fault("--draws 0", "categories are compared by draws", "Leave it out");
  }
  const result = await measure(files, options);
  await drawFigure(options, () => figureOf(result, options));
  if (json) printJson(jsonOf(result, options));
  else print(text(result, options));
}

/** The newest agents' horizons under one another, as many as a page holds. */
function figureOf({ agents }: CategoriesResult, { success }: CategoriesCommand): Chart {
  const rows = agents.flatMap(({ agent, rows: each }) =>
    each
      .filter(({ horizon }) => horizon.estimate > 0 && Number.isFinite(horizon.high))
      .map(({ category, horizon }) => ({ name: `${agent}: ${category}`, ...horizon })),
  );
  const shown = rows.slice(-30).map((row) => ({ ...row, low: Math.max(row.low, SHORTEST) }));
  return forestFigure(shown, { label: `${percent(success)} time horizon`, scale: "minutes" });
}

/** A second, in minutes: shorter ends of intervals are drawn there. */
const SHORTEST = 1 / 60;

/** A category's horizon of one agent, and how it compares with the category of reference. */
interface Row {
  readonly category: string;
  /** Tasks of the category that the agent attempted. */
  readonly tasks: number;
  readonly horizon: HorizonInterval;
  readonly slope: number;
  readonly status: string;
  readonly warning?: string;
  readonly comparison: Comparison | null;
}

interface CategoriesResult {
  readonly categories: readonly CategoryHorizons[];
  readonly reference: string;
  readonly agents: readonly { readonly agent: string; readonly rows: readonly Row[] }[];
  readonly growth: readonly {
    readonly growth: CategoryGrowth;
    readonly comparison: GrowthComparison | null;
  }[];
  readonly plan: PowerPlan | null;
}

async function measure(
  files: readonly string[],
  options: CategoriesCommand,
): Promise<CategoriesResult> {
  const { method, weighting, draws, seed, success, with: named } = options;
  const mapping = await readCategories(options.categories);
  const dates = options.dates === undefined ? null : await readReleaseDates(options.dates);
  const { suite } = await readRuns(files, options);
  const categories = await horizonsOf(suite, mapping, options);
  const reference = categories.find(
    ({ category }) => category === (named ?? categories[0]!.category),
  );
  if (!reference) {
    throw new Fault(
      `--with "${named}"`,
      "no task is of this category",
      `There are: ${categories.map(({ category }) => category).join(", ")}`,
    );
  }
  const grown = dates
    ? categories.flatMap((each) => categoryGrowth(each, dates, success) ?? [])
    : [];
  const plan =
    options.plan === undefined
      ? null
      : planPower(suite, mapping, {
          ...{ method, weighting, seed, draws, width: options.plan },
          ...{ agent: farthest(reference, success), category: reference.category },
          ...(options.planRuns ? { runs: options.planRuns } : {}),
        });
  const first = grown.find(({ category }) => category === reference.category);
  return {
    categories,
    reference: reference.category,
    plan,
    agents: suite.agents.map(({ agent }) => ({
      agent,
      rows: categories.flatMap((each) => rowOf(each, reference, agent, success) ?? []),
    })),
    growth: grown.map((growth) => ({
      growth,
      comparison: first && growth !== first ? compareGrowth(growth, first) : null,
    })),
  };
}

async function horizonsOf(
  suite: Suite,
  mapping: Categories,
  { pool, method, weighting, draws, seed }: CategoriesCommand,
): Promise<readonly CategoryHorizons[]> {
  if (pool === "slope") {
    return sharedSlopeHorizons(suite, mapping, { method, weighting, draws, seed });
  }
  if (pool === "none") {
    return categoryHorizons(suite, mapping, { method, weighting, draws, seed });
  }
  const { categories, fit } = await pooledHorizons(suite, mapping, { method, weighting, seed });
  for (const warning of fit.warnings) warn(warning);
  return categories;
}

/** The agent with the longest horizon in a category: the one that more tasks are wanted for. */
function farthest({ category, draws }: CategoryHorizons, success: number): string {
  const [best] = draws.agents
    .filter(({ agent, fit }) => agent !== HUMAN && fit.slope < 0)
    .sort((a, b) => horizonAt(b.fit, success) - horizonAt(a.fit, success));
  if (best) return best.agent;
  throw new Fault(category, "no agent has a curve there", "Plan for another category");
}

function rowOf(
  { category, draws }: CategoryHorizons,
  reference: CategoryHorizons,
  agent: string,
  success: number,
): Row | null {
  const own = draws.agents.find((each) => each.agent === agent);
  if (!own) return null;
  const other = reference.draws.agents.find((each) => each.agent === agent);
  const { status, slope, tasks, warnings } = own.fit;
  const isComparable =
    other && category !== reference.category && [own, other].every(({ fit }) => fit.slope < 0);
  return {
    category,
    tasks,
    horizon: horizonInterval(own, success),
    slope,
    status,
    ...(warnings[0] === undefined ? {} : { warning: warnings[0] }),
    comparison: isComparable ? compareDraws(own, other, { success }) : null,
  };
}

function text(result: CategoriesResult, options: CategoriesCommand): string {
  const { success, pool, seed } = options;
  return [
    ...result.agents.flatMap(({ agent, rows }) => [
      agentTable(agent, rows, result, options),
      ...rows.flatMap(({ category, warning }) =>
        warning === undefined
          ? []
          : [`${paint("yellow", "*")} ${wrapped(`${category}: ${warning}.`, "  ")}`],
      ),
      "",
    ]),
    ...(result.growth.length > 0 ? [growthTable(result), ""] : []),
    ...(result.plan ? [planText(result.plan), ""] : []),
    paint(
      "dim",
      wrapped(
        `Horizons at ${percent(success)} success; ${POOLING[pool]}; 95 % intervals from ${result.categories[0]!.draws.draws} draws, seed ${seed}. Ratios are to ${result.reference}. Which family is where, and why: src/horizon/categories/categories.yaml.`,
      ),
    ),
  ].join("\n");
}

const POOLING = {
  slope: "one slope for all categories of an agent",
  none: "each category has its own curve",
  families: "on a task of typical difficulty, families pooled partially",
} as const;

function agentTable(
  agent: string,
  rows: readonly Row[],
  { categories, reference }: CategoriesResult,
  { pool }: CategoriesCommand,
): string {
  const right = "right" as const;
  return estimateTable(
    [
      { title: cleanLine(agent) },
      { title: "Families", align: right },
      { title: "Tasks", align: right },
      { title: "Horizon", align: right },
      { title: `Over ${reference}`, align: right },
      ...(pool === "none" ? [{ title: "Slope less theirs", align: right }] : []),
    ],
    rows.map(({ category, tasks, horizon, warning, comparison }) => {
      const described = categories.find((each) => each.category === category)!;
      const ratio = comparison?.ratio;
      const slope = comparison?.slopeDifference;
      return [
        category + (warning === undefined ? "" : paint("yellow", " *")),
        `${described.families}`,
        `${tasks}`,
        { main: duration(horizon.estimate), range: durationRange(horizon) },
        ratio
          ? { main: factor(ratio.estimate), range: `[${factor(ratio.low)}, ${factor(ratio.high)}]` }
          : { main: "", range: "" },
        ...(pool === "none"
          ? [
              slope
                ? {
                    main: slope.estimate.toFixed(2),
                    range: `[${slope.low.toFixed(2)}, ${slope.high.toFixed(2)}]`,
                  }
                : { main: "", range: "" },
            ]
          : []),
      ];
    }),
  );
}

function growthTable({ growth, reference }: CategoriesResult): string {
  const right = "right" as const;
  return estimateTable(
    [
      { title: "Growth" },
      { title: "Agents", align: right },
      { title: "Doublings a year", align: right },
      { title: `More than ${reference}`, align: right },
      { title: "p", align: right },
    ],
    growth.map(({ growth: { category, points, pace }, comparison }) => {
      const difference = comparison?.difference;
      return [
        category,
        `${points.length}`,
        {
          main: pace.estimate.toFixed(1),
          range: `[${pace.low.toFixed(1)}, ${pace.high.toFixed(1)}]`,
        },
        difference
          ? {
              main: difference.estimate.toFixed(1),
              range: `[${difference.low.toFixed(1)}, ${difference.high.toFixed(1)}]`,
            }
          : { main: "", range: "" },
        comparison ? comparison.p.toFixed(3) : "",
      ];
    }),
  );
}

function jsonOf(
  { categories, reference, agents, growth, plan }: CategoriesResult,
  { method, weighting, draws, seed, success, pool }: CategoriesCommand,
): object {
  return {
    ...{ method, weighting, draws, seed, success, pool, reference },
    categories: categories.map(({ draws: _draws, ...described }) => described),
    agents,
    plan,
    growth: growth.map(({ growth: { category, points, pace }, comparison }) => ({
      ...{ category, agents: points.length, doublingsPerYear: pace, comparison },
    })),
  };
}
