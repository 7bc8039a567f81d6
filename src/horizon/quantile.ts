import { quantile } from "../stats/index.ts";

/** The type 7 quantile of values that may be Infinity, which it is where it lies beside one. */
export function quantileOrNever(values: ArrayLike<number>, p: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  if (sorted[Math.ceil((sorted.length - 1) * p)] === Infinity) return Infinity;
  return quantile(
    sorted.map((value) => Math.min(value, Number.MAX_VALUE)),
    p,
  );
}
