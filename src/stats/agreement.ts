import { StatisticsInputError } from "./errors.ts";
import type { Random } from "./random.ts";
import { correlation, mean } from "./summary.ts";

/** A rating; null, undefined or NaN where a rater gave none. Words only for nominal ratings. */
export type Rating = number | string | null | undefined;

/** How far apart two ratings are. */
export type RatingScale = "nominal" | "ordinal" | "interval" | "ratio";

/** Krippendorff's alpha and what it is made of. */
export interface Reliability {
  /** 1 is perfect, 0 is chance, below 0 is systematic disagreement. */
  readonly alpha: number;
  readonly observedDisagreement: number;
  readonly expectedDisagreement: number;
  /** Units with at least two ratings. */
  readonly units: number;
  /** Ratings in those units. */
  readonly ratings: number;
}

/**
 * Krippendorff's alpha (2011, "Computing Krippendorff's alpha-reliability"): agreement of any number
 * of raters, with ratings missing anywhere.
 *
 * @param units for each unit (an idea, a paper) its ratings, in any order of raters.
 */
export function krippendorffAlpha(
  units: readonly (readonly Rating[])[],
  scale: RatingScale,
): Reliability {
  const pairable = units.map((unit) => unit.filter(isGiven)).filter((unit) => unit.length >= 2);
  const values = [...new Set(pairable.flat())].sort((a, b) => (a < b ? -1 : 1));
  requireRatings(values, scale);
  const index = new Map(values.map((value, i) => [value, i]));
  const totals = new Float64Array(values.length);
  for (const rating of pairable.flat()) totals[index.get(rating)!]! += 1;
  const ratings = totals.reduce((sum, count) => sum + count, 0);
  const distance = distancesOf(values, totals, scale);

  let observed = 0;
  for (const unit of pairable) {
    let disagreement = 0;
    for (const first of unit) {
      for (const second of unit) disagreement += distance(index.get(first)!, index.get(second)!);
    }
    observed += disagreement / (unit.length - 1);
  }
  let expected = 0;
  totals.forEach((first, i) => {
    totals.forEach((second, j) => {
      expected += first * second * distance(i, j);
    });
  });
  const observedDisagreement = observed / ratings;
  const expectedDisagreement = expected / (ratings * (ratings - 1));
  return {
    alpha: 1 - observedDisagreement / expectedDisagreement,
    observedDisagreement,
    expectedDisagreement,
    units: pairable.length,
    ratings,
  };
}

/** How well one half of the raters foretells the other, averaged over random splits. */
export interface SplitHalf {
  /** Pearson's correlation of the two halves' means over units. */
  readonly correlation: number;
  /** What the full set of ratings would reach, by Spearman and Brown: 2 r / (1 + r). */
  readonly reliability: number;
  /**
   * How often the second half ranks a unit that the first half puts among its best above one that
   * it puts among its worst; ties count half. 1/2 is chance.
   */
  readonly selection: number;
  readonly units: number;
}

/**
 * Split-half reliability: the ratings of each unit are dealt into two halves at random, `repeats`
 * times (an odd one goes to either half).
 *
 * @param units ratings by unit; those with fewer than two ratings are left out.
 * @param options.share the share of units that count as best, and as worst; 0.25.
 */
export function splitHalf(
  units: readonly (readonly (number | null | undefined)[])[],
  options: { readonly random: Random; readonly repeats?: number; readonly share?: number },
): SplitHalf {
  const { random, repeats = 200, share = 0.25 } = options;
  const usable = units.map((unit) => unit.filter(isGiven)).filter((unit) => unit.length >= 2);
  const chosen = Math.floor(usable.length * share);
  if (usable.length < 3 || chosen < 1 || !(share <= 0.5) || repeats < 1) {
    throw new StatisticsInputError(
      "splitHalf(units)",
      `${usable.length} units have two ratings or more, the share is ${share}, the repeats ${repeats}`,
      "give at least 3 units, a share up to 0.5 that makes one unit or more, and 1 repeat or more",
    );
  }
  let correlations = 0;
  let selections = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const halves = usable.map((unit) => deal(unit, random));
    correlations += correlation(
      halves.map(([first]) => first),
      halves.map(([, second]) => second),
    );
    selections += selectionOf(random.shuffle(halves), chosen);
  }
  const average = correlations / repeats;
  return {
    correlation: average,
    reliability: (2 * average) / (1 + average),
    selection: selections / repeats,
    units: usable.length,
  };
}

function isGiven<T extends Rating>(rating: T): rating is NonNullable<T> {
  return rating !== null && rating !== undefined && !Number.isNaN(rating);
}

function requireRatings(values: readonly (number | string)[], scale: RatingScale): void {
  if (scale !== "nominal" && values.some((value) => typeof value === "string")) {
    throw new StatisticsInputError(
      "krippendorffAlpha(units)",
      `a ${scale} scale is given words`,
      'give numbers, or the scale "nominal"',
    );
  }
  if (scale === "ratio" && values.some((value) => Number(value) < 0)) {
    throw new StatisticsInputError(
      "krippendorffAlpha(units)",
      "a ratio scale is given negative numbers",
      'give numbers of at least 0, or the scale "interval"',
    );
  }
  if (values.length < 2) {
    throw new StatisticsInputError(
      "krippendorffAlpha(units)",
      values.length === 0 ? "no unit has two ratings" : "all ratings are the same",
      "agreement beyond chance needs ratings that could differ, at least two to a unit",
    );
  }
}

/** The squared distance between the i-th and j-th value, in the metric of the scale. */
function distancesOf(
  values: readonly (number | string)[],
  totals: Float64Array,
  scale: RatingScale,
): (i: number, j: number) => number {
  const numbers = values.map(Number);
  if (scale === "nominal") return (i, j) => (i === j ? 0 : 1);
  if (scale === "interval") return (i, j) => (numbers[i]! - numbers[j]!) ** 2;
  if (scale === "ratio") {
    return (i, j) =>
      i === j ? 0 : ((numbers[i]! - numbers[j]!) / (numbers[i]! + numbers[j]!)) ** 2;
  }
  // Ordinal: the ratings between two values, half of each end included.
  const upTo = new Float64Array(totals.length);
  let sum = 0;
  totals.forEach((count, i) => {
    upTo[i] = sum + count / 2;
    sum += count;
  });
  return (i, j) => (upTo[i]! - upTo[j]!) ** 2;
}

/** The means of the two halves of a unit's ratings. */
function deal(unit: readonly number[], random: Random): [number, number] {
  const shuffled = random.shuffle(unit);
  const half = Math.floor(unit.length / 2);
  const cut = unit.length % 2 === 0 || random.float() < 0.5 ? half : half + 1;
  return [mean(shuffled.slice(0, cut)), mean(shuffled.slice(cut))];
}

/** The halves come shuffled, so that ties at the edges of the selection fall at random. */
function selectionOf(halves: readonly (readonly [number, number])[], chosen: number): number {
  const ranked = [...halves].sort(([a], [b]) => b - a);
  let wins = 0;
  for (const [, best] of ranked.slice(0, chosen)) {
    for (const [, worst] of ranked.slice(-chosen)) {
      wins += best > worst ? 1 : best === worst ? 0.5 : 0;
    }
  }
  return wins / chosen ** 2;
}
