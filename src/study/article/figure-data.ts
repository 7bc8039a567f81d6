import { type Chart, chartSchema } from "../../charts/index.ts";
import { Fault, type Hash, type Json } from "../../record/index.ts";
import { resolveNumber, resolvePointer } from "../claims/pointer.ts";
import type { Condition, FigureSpec, Measure, Unit } from "../definition.ts";
import type { ArticleInput } from "./input.ts";

/** What a figure is drawn from. */
export type FigureInput = Pick<ArticleInput, "definition" | "claims" | "runs" | "artifacts">;

/** One measure in one condition, in the axis's units: its runs, and the mean with its interval. */
export interface DotRow {
  readonly condition: number;
  readonly series: number;
  readonly points: readonly { readonly seed: number; readonly value: number }[];
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The dots of a figure: exactly the numbers that the cell's claim is derived from, so that seeds
 * the plan excludes are left out here as well.
 */
export function dotRows(
  measures: readonly Measure[],
  conditions: readonly Condition[],
  input: Pick<FigureInput, "claims" | "artifacts">,
): readonly DotRow[] {
  return conditions.flatMap((condition, conditionIndex) =>
    measures.map((measure, series) => {
      const id = `${measure.id}/${condition.id}`;
      const claim = input.claims.get(id);
      if (!claim) {
        throw new Fault(
          `claim ${id}`,
          "a figure shows it, but it was not derived",
          "Run the study again",
        );
      }
      const scale = axisScale(measure.unit);
      const points = claim.derivation.inputs.flatMap((source) =>
        source.from === "artifact"
          ? [
              {
                seed: source.seed,
                value:
                  scale *
                  resolveNumber(
                    artifact(input, source.artifact, `run ${source.run}`),
                    source.pointer,
                    `run ${source.run}`,
                  ),
              },
            ]
          : [],
      );
      const { estimate, low, high } = claim.value;
      return {
        condition: conditionIndex,
        series,
        points,
        mean: scale * estimate,
        low: low === undefined ? null : scale * low,
        high: high === undefined ? null : scale * high,
      };
    }),
  );
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface CurveSeries {
  readonly title: string;
  readonly runs: readonly { readonly seed: number; readonly points: readonly Point[] }[];
  /** The mean over runs, at each x that every run has. */
  readonly mean: readonly Point[];
}

/** The curves of a figure: every original run that ended well, whether the plan excludes it or not. */
export function curveSeries(
  spec: Extract<FigureSpec, { kind: "curves" }>,
  input: Pick<FigureInput, "definition" | "runs" | "artifacts">,
): readonly CurveSeries[] {
  const scale = axisScale(spec.y.unit);
  return spec.conditions.map((id) => {
    const runs = originalRuns(id, input).map((run) => {
      const place = `run ${run.id}, ${spec.artifact}`;
      const hash = run.artifacts[spec.artifact];
      if (!hash) throw noArtifact(place, spec.id);
      const list = resolvePointer(artifact(input, hash, place), spec.pointer, place);
      if (!Array.isArray(list)) {
        throw new Fault(
          `${place}#${spec.pointer}`,
          "not an array of points",
          `Mend the pointer of figure "${spec.id}"`,
        );
      }
      const points = list.map((item: Json, index: number) => ({
        x: resolveNumber(item, `/${spec.x.field}`, `${place}#${spec.pointer}/${index}`),
        y: scale * resolveNumber(item, `/${spec.y.field}`, `${place}#${spec.pointer}/${index}`),
      }));
      return { seed: run.seed, points };
    });
    const title = input.definition.conditions.find((condition) => condition.id === id)?.title ?? id;
    return {
      title,
      runs: runs.map((run) => ({ ...run, points: thin(run.points) })),
      mean: thin(meanOf(runs)),
    };
  });
}

/** The chart that the condition's first original run wrote. Throws a Fault where it is none. */
export function chartOf(
  spec: Extract<FigureSpec, { kind: "chart" }>,
  input: Pick<FigureInput, "runs" | "artifacts">,
): Chart {
  const [run] = originalRuns(spec.conditions[0]!, input);
  const place = `run ${run?.id ?? `of ${spec.conditions[0]}`}, ${spec.artifact}`;
  const hash = run?.artifacts[spec.artifact];
  if (!hash) throw noArtifact(place, spec.id);
  const result = chartSchema.safeParse(artifact(input, hash, place));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Fault(
    `${place}#/${issue!.path.join("/")}`,
    `not a chart (${issue!.message})`,
    "Mend what the experiment writes; see docs/writing-a-study.md",
  );
}

function originalRuns(condition: string, { runs }: Pick<FigureInput, "runs">) {
  return runs
    .filter((run) => run.role === "original" && run.status === "ok" && run.condition === condition)
    .sort((a, b) => a.seed - b.seed);
}

function noArtifact(place: string, figure: string): Fault {
  return new Fault(
    place,
    "the run made no such artifact",
    `Mend the artifact of figure "${figure}"`,
  );
}

function meanOf(runs: readonly { readonly points: readonly Point[] }[]): readonly Point[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const run of runs) {
    for (const { x, y } of run.points) {
      const so = sums.get(x) ?? { sum: 0, count: 0 };
      sums.set(x, { sum: so.sum + y, count: so.count + 1 });
    }
  }
  return [...sums]
    .filter(([, { count }]) => count === runs.length)
    .sort(([a], [b]) => a - b)
    .map(([x, { sum, count }]) => ({ x, y: sum / count }));
}

/** At most a few hundred points a line: more than the page can show makes it slow, not finer. */
function thin(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / 300);
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}

/** Axes show shares as percentages. */
function axisScale(unit: Unit): number {
  return unit === "proportion" ? 100 : 1;
}

function artifact(input: Pick<FigureInput, "artifacts">, hash: Hash, place: string): Json {
  const document = input.artifacts.get(hash);
  if (document !== undefined) return document;
  throw new Fault(
    place,
    `object ${hash.slice(0, 12)} is missing or is not JSON`,
    "Restore it from a copy of the lab",
  );
}
