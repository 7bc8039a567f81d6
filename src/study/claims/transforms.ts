import type { Json } from "../../record/index.ts";
import {
  mean,
  meanInterval,
  oneSampleT,
  pairedT,
  quantile,
  type TTest,
  tProcess,
  welchT,
} from "../../stats/index.ts";
import type { ClaimValue } from "./claim.ts";

/** What one run gives: a number, and its equally likely values where there are draws. */
export interface GroupValue {
  readonly seed: number;
  readonly value: number;
  readonly draws?: readonly number[];
}

/** What a transform works on: raw values by group, each with its seed, and the values of claims. */
export interface TransformInputs {
  readonly groups: ReadonlyMap<string, readonly GroupValue[]>;
  readonly claims: readonly ClaimValue[];
}

type Parameters = { readonly [name: string]: Json };

/** A pure function from bound inputs to a value. Throws where the inputs do not allow one. */
export type Transform = (inputs: TransformInputs, parameters: Parameters) => ClaimValue;

/**
 * Every transform there is. A derivation names one; nothing else can make a number. The unit of
 * analysis is the seed: each group holds one value a seed. Where all seeds resample one body of
 * evidence, intervals and p values come from the draws, and more seeds make them no narrower.
 */
export const transforms: Readonly<Record<string, Transform>> = {
  "mean-t": (inputs, parameters) => {
    const values = valuesOf(inputs, "values");
    const { estimate, low, high, level } = meanInterval(values, levelOf(parameters));
    // A share cannot lie outside its range, so neither can a reasonable interval for it.
    const [least, most] = rangeOf(parameters);
    return {
      estimate,
      low: Math.max(low, least),
      high: Math.min(high, most),
      level,
      n: values.length,
    };
  },
  "pooled-draws": (inputs, parameters) => {
    const values = inputs.groups.get("values") ?? [];
    const pooled = values.flatMap((item) => item.draws ?? []);
    return { ...spread(pooled, levelOf(parameters)), ...pointEstimate(values) };
  },
  draws: (inputs, parameters) => {
    const of = inputs.groups.get("of") ?? [];
    const values = inputs.groups.has("against") ? drawDifferences(inputs) : of;
    const pooled = values.flatMap((item) => item.draws ?? []);
    const { null: nullValue, alternative, level } = testOptions(parameters);
    const contrary = pooled.filter((draw) =>
      alternative === "greater" ? draw <= nullValue : draw >= nullValue,
    ).length;
    // Davison and Hinkley (1997), section 4.2: never zero, however many draws there are.
    const p = (1 + contrary) / (1 + pooled.length);
    return { ...spread(pooled, level), p, ...pointEstimate(values) };
  },
  "paired-t": (inputs, parameters) => {
    const [of, against] = pairs(inputs);
    return tested(pairedT(of, against, testOptions(parameters)), of.length);
  },
  "welch-t": (inputs, parameters) => {
    const [of, against] = [valuesOf(inputs, "of"), valuesOf(inputs, "against")];
    return tested(
      welchT(of, against, testOptions(parameters)),
      Math.min(of.length, against.length),
    );
  },
  "one-sample-t": (inputs, parameters) => {
    const of = valuesOf(inputs, "of");
    return tested(oneSampleT(of, testOptions(parameters)), of.length);
  },
  "e-process": (inputs, parameters) => {
    const [of, against] = inputs.groups.has("against")
      ? pairs(inputs)
      : [valuesOf(inputs, "of"), null];
    const differences = against ? of.map((value, index) => value - against[index]!) : of;
    const { null: nullValue, alternative, level } = testOptions(parameters);
    const scale = Number(parameters.scale);
    const { e } = tProcess(differences, { null: nullValue, alternative, scale });
    const { estimate, low, high } = meanInterval(differences, level);
    // Only the value at the end counts: it does not depend on the order of the seeds.
    return { estimate, low, high, level, e: Math.min(e, LARGEST_E), n: of.length };
  },
  difference: (inputs) => {
    const [first, second] = twoClaims(inputs);
    return { estimate: first.estimate - second.estimate, n: Math.min(first.n, second.n) };
  },
  ratio: (inputs) => {
    const [first, second] = twoClaims(inputs);
    if (second.estimate === 0) throw new Error("the divisor is zero");
    return { estimate: first.estimate / second.estimate, n: Math.min(first.n, second.n) };
  },
  mean: (inputs) => summary(inputs, mean),
  minimum: (inputs) => summary(inputs, (values) => Math.min(...values)),
  maximum: (inputs) => summary(inputs, (values) => Math.max(...values)),
};

/** Values that do not vary at all give infinite evidence; a claim holds finite numbers. */
const LARGEST_E = 1e300;

function testOptions(parameters: Parameters) {
  return {
    null: Number(parameters.null ?? 0),
    alternative: parameters.direction === "less" ? "less" : "greater",
    level: levelOf(parameters),
  } as const;
}

/**
 * A t test as a claim's value. Where all seeds give the very same value there is no variance and no
 * t distribution; then the exact sign test stands in: n values on one side have chance 2^-n.
 */
function tested(test: TTest, n: number): ClaimValue {
  const { estimate, low, high, level } = test;
  const p = test.degenerate ? (test.p === 0 ? 2 ** -n : 1) : test.p;
  return { estimate, low, high, level, p, n };
}

function summary(inputs: TransformInputs, of: (values: readonly number[]) => number): ClaimValue {
  const raw = [...inputs.groups.values()].flat().map((item) => item.value);
  const values = [...raw, ...inputs.claims.map((claim) => claim.estimate)];
  if (values.length === 0) throw new Error("there are no values");
  return { estimate: of(values), n: values.length };
}

function valuesOf(inputs: TransformInputs, group: string): number[] {
  const values = (inputs.groups.get(group) ?? []).map((item) => item.value);
  if (values.length < 2) {
    throw new Error(`"${group}" has ${values.length} values; two seeds or more are needed`);
  }
  return values;
}

/** The middle share of the draws. */
function spread(
  draws: readonly number[],
  level: number,
): Pick<ClaimValue, "low" | "high" | "level"> {
  if (draws.length < 100) {
    throw new Error(`there are ${draws.length} draws; a hundred or more are needed`);
  }
  const [low, high] = [(1 - level) / 2, (1 + level) / 2].map((share) => quantile(draws, share));
  return { low: low!, high: high!, level };
}

function pointEstimate(values: readonly GroupValue[]): Pick<ClaimValue, "estimate" | "n"> {
  if (values.length < 2) throw new Error(`there are ${values.length} runs; two or more are needed`);
  return { estimate: mean(values.map((item) => item.value)), n: values.length };
}

/** One side minus the other, draw by draw: the draws of a seed were made from the same resamples. */
function drawDifferences(inputs: TransformInputs): GroupValue[] {
  const against = new Map((inputs.groups.get("against") ?? []).map((item) => [item.seed, item]));
  return (inputs.groups.get("of") ?? []).map((item) => {
    const other = against.get(item.seed);
    if (!other) throw new Error(`seed ${item.seed} has no partner`);
    const [draws, partners] = [item.draws ?? [], other.draws ?? []];
    if (draws.length !== partners.length) {
      throw new Error(`seed ${item.seed} has ${draws.length} and ${partners.length} draws`);
    }
    return {
      seed: item.seed,
      value: item.value - other.value,
      draws: draws.map((draw, index) => draw - partners[index]!),
    };
  });
}

/** The two sides of a contrast, in the order of the seeds that they share. */
function pairs(inputs: TransformInputs): [number[], number[]] {
  const against = new Map(
    (inputs.groups.get("against") ?? []).map((item) => [item.seed, item.value]),
  );
  const of = inputs.groups.get("of") ?? [];
  if (of.length !== against.size) {
    throw new Error(`the sides of the contrast have ${of.length} and ${against.size} seeds`);
  }
  const partners = of.map(({ seed }) => {
    const partner = against.get(seed);
    if (partner === undefined) throw new Error(`seed ${seed} has no partner`);
    return partner;
  });
  return [of.map((item) => item.value), partners];
}

function twoClaims(inputs: TransformInputs): [ClaimValue, ClaimValue] {
  const [first, second, ...rest] = inputs.claims;
  if (!first || !second || rest.length > 0) {
    throw new Error(`it needs two claims, not ${inputs.claims.length}`);
  }
  return [first, second];
}

function levelOf(parameters: Parameters): number {
  return Number(parameters.level);
}

function rangeOf(parameters: Parameters): [number, number] {
  const range = parameters.range as readonly [number, number] | undefined;
  return range ? [range[0], range[1]] : [-Infinity, Infinity];
}
