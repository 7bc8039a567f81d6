import type { Json } from "../../record/index.ts";
import { mean, oneSample, welch } from "../interim.ts";
import type { ClaimValue } from "./claim.ts";

/** What a transform works on: raw values by group, each with its seed, and the values of claims. */
export interface TransformInputs {
  readonly groups: ReadonlyMap<
    string,
    readonly { readonly seed: number; readonly value: number }[]
  >;
  readonly claims: readonly ClaimValue[];
}

type Parameters = { readonly [name: string]: Json };

/** A pure function from bound inputs to a value. Throws where the inputs do not allow one. */
export type Transform = (inputs: TransformInputs, parameters: Parameters) => ClaimValue;

/**
 * Every transform there is. A derivation names one; nothing else can make a number. The unit of
 * analysis is the seed: each group holds one value a seed.
 */
export const transforms: Readonly<Record<string, Transform>> = {
  "mean-t": (inputs, parameters) => {
    const values = valuesOf(inputs, "values");
    const { estimate, low, high, level, n } = oneSample(values, 0, "greater", levelOf(parameters));
    // A share cannot lie outside its range, so neither can a reasonable interval for it.
    const [least, most] = rangeOf(parameters);
    return { estimate, low: Math.max(low, least), high: Math.min(high, most), level, n };
  },
  "paired-t": (inputs, parameters) => {
    const differences = pairs(inputs).map(([of, against]) => of - against);
    return tested(
      oneSample(differences, nullOf(parameters), directionOf(parameters), levelOf(parameters)),
    );
  },
  "welch-t": (inputs, parameters) =>
    tested(
      welch(
        valuesOf(inputs, "of"),
        valuesOf(inputs, "against"),
        nullOf(parameters),
        directionOf(parameters),
        levelOf(parameters),
      ),
    ),
  "one-sample-t": (inputs, parameters) =>
    tested(
      oneSample(
        valuesOf(inputs, "of"),
        nullOf(parameters),
        directionOf(parameters),
        levelOf(parameters),
      ),
    ),
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

function tested(result: Required<Omit<ClaimValue, "e">>): ClaimValue {
  const { estimate, low, high, level, p, n } = result;
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

/** The two sides of a contrast, seed by seed. */
function pairs(inputs: TransformInputs): [number, number][] {
  const against = new Map(
    (inputs.groups.get("against") ?? []).map((item) => [item.seed, item.value]),
  );
  const of = inputs.groups.get("of") ?? [];
  if (of.length !== against.size) {
    throw new Error(`the sides of the contrast have ${of.length} and ${against.size} seeds`);
  }
  return of.map(({ seed, value }) => {
    const other = against.get(seed);
    if (other === undefined) throw new Error(`seed ${seed} has no partner`);
    return [value, other];
  });
}

function twoClaims(inputs: TransformInputs): [ClaimValue, ClaimValue] {
  const [first, second, ...rest] = inputs.claims;
  if (!first || !second || rest.length > 0) {
    throw new Error(`it needs two claims, not ${inputs.claims.length}`);
  }
  return [first, second];
}

function nullOf(parameters: Parameters): number {
  return Number(parameters.null ?? 0);
}

function directionOf(parameters: Parameters): "greater" | "less" {
  return parameters.direction === "less" ? "less" : "greater";
}

function levelOf(parameters: Parameters): number {
  return Number(parameters.level);
}

function rangeOf(parameters: Parameters): [number, number] {
  const range = parameters.range as readonly [number, number] | undefined;
  return range ? [range[0], range[1]] : [-Infinity, Infinity];
}
