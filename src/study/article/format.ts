import { Fault } from "../../record/index.ts";
import type { Claim } from "../claims/claim.ts";
import type { Unit } from "../definition.ts";

/** A part of a claim that can be printed; `full` is the estimate with its interval. */
export const claimParts = [
  "full",
  "estimate",
  "difference",
  "interval",
  "low",
  "high",
  "level",
  "p",
  "e",
  "n",
] as const;
export type ClaimPart = (typeof claimParts)[number];

/**
 * One part of a claim as it stands in articles and in the terminal, such as "93.5 %",
 * "[91.2, 95.8] %", "p = 0.012" or "+6.2 pp". Throws a Fault when the claim has no such part.
 */
export function formatClaim(claim: Claim, part: ClaimPart): string {
  const { value } = claim;
  const scale = scaleOf(claim);
  switch (part) {
    case "estimate":
      return formatValue(value.estimate, scale);
    case "difference":
      if (!isDifference(claim)) throw missing(claim, part);
      return formatValue(value.estimate, scale === "points" ? "percentage points" : scale);
    case "interval":
      if (value.low === undefined || value.high === undefined) throw missing(claim, part);
      return formatInterval(value.low, value.high, scale);
    case "full":
      if (value.low === undefined || value.high === undefined) {
        return formatValue(value.estimate, scale);
      }
      return `${formatValue(value.estimate, scale)} (${intervalName(claim)} ${formatInterval(value.low, value.high, scale)})`;
    case "low":
      if (value.low === undefined) throw missing(claim, part);
      return formatValue(value.low, scale);
    case "high":
      if (value.high === undefined) throw missing(claim, part);
      return formatValue(value.high, scale);
    case "level":
      if (value.level === undefined) throw missing(claim, part);
      return formatNumber(value.level, "proportion", "shortest");
    case "p":
      if (value.p === undefined) throw missing(claim, part);
      return formatP(value.p);
    case "e":
      if (value.e === undefined) throw missing(claim, part);
      return `e = ${formatNumber(value.e, "number")}`;
    case "n":
      return formatNumber(value.n, "count");
  }
}

/** The parts that a claim has, in the order they are documented. */
export function partsOf(claim: Claim): readonly ClaimPart[] {
  const { value } = claim;
  const has: Readonly<Record<ClaimPart, boolean>> = {
    full: true,
    estimate: true,
    difference: isDifference(claim),
    interval: value.low !== undefined && value.high !== undefined,
    low: value.low !== undefined,
    high: value.high !== undefined,
    level: value.level !== undefined,
    p: value.p !== undefined,
    e: value.e !== undefined,
    n: true,
  };
  return claimParts.filter((part) => has[part]);
}

/** Whether the claim is one group minus another, so that its sign means something. */
export function isDifference(claim: Claim): boolean {
  if (claim.kind !== "contrast") return false;
  const groups = claim.derivation.inputs.flatMap((input) =>
    input.from === "artifact" ? [input.group] : [input.claim],
  );
  return new Set(groups).size > 1;
}

/** How a claim's numbers are scaled: a difference of proportions is in percentage points. */
export function scaleOf(claim: Claim): Scale {
  if (!isDifference(claim)) return claim.unit;
  return claim.unit === "proportion" ? "points" : `signed ${claim.unit}`;
}

/** A unit, or the same for a difference: signed, and in percentage points for proportions. */
export type Scale = Unit | "points" | "percentage points" | `signed ${Exclude<Unit, "proportion">}`;

/** "95 % CI", or just "CI" where the level is not known. */
export function intervalName(claim: Claim): string {
  const { level } = claim.value;
  return level === undefined ? "CI" : `${formatNumber(level, "proportion", "shortest")} CI`;
}

/** A value with its unit: "93.5 %", "1.25 nats", "+6.2 pp", "1.2×10⁻⁷". */
export function formatValue(value: number, scale: Scale): string {
  const { unit, suffix, signed } = describe(scale);
  return `${signed && value > 0 ? "+" : ""}${digits(value, unit)}${suffix}`;
}

/** Two ends with their unit once: "[91.2, 95.8] %". Both ends carry the same decimals. */
export function formatInterval(low: number, high: number, scale: Scale): string {
  const { unit, suffix, signed } = describe(scale);
  const sign = (value: number) => (signed && value > 0 ? "+" : "");
  const [a, b] = alike(low, high, unit);
  return `[${sign(low)}${a}, ${sign(high)}${b}]${suffix}`;
}

/** The ends alone, for a table cell under its estimate: "[91.2, 95.8]". */
export function formatEnds(low: number, high: number, scale: Scale): string {
  const { suffix } = describe(scale);
  const text = formatInterval(low, high, scale);
  return suffix === "" ? text : text.slice(0, -suffix.length);
}

/**
 * A number with its unit. `shortest` writes what the number is, as for a number of the plan
 * ("95 %"); otherwise it is rounded as results are ("95.0 %").
 */
export function formatNumber(
  value: number,
  unit: Unit,
  precision: "result" | "shortest" = "result",
): string {
  const { suffix } = describe(unit);
  return (precision === "shortest" ? shortest(value, unit) : digits(value, unit)) + suffix;
}

/** "p < 0.001", "p = 0.012", "p = 0.34", "p > 0.99". */
export function formatP(p: number): string {
  if (p < 0.001) return "p < 0.001";
  if (p > 0.99) return "p > 0.99";
  return `p = ${p.toFixed(p < 0.0995 ? 3 : 2)}`;
}

/** A number as it was given, with a typographic minus and powers of ten; for plans and evidence. */
export function formatPlain(value: number): string {
  const text = String(value);
  const match = /^(-?[\d.]+)e([+-]\d+)$/.exec(text);
  if (match) return power(minus(match[1]!), Number(match[2]));
  if (Number.isInteger(value) && Math.abs(value) >= 10_000) return minus(group(text));
  return minus(text);
}

function missing(claim: Claim, part: ClaimPart): Fault {
  return new Fault(
    `claim ${claim.id}`,
    `it has no ${part}`,
    `It has: ${partsOf(claim).join(", ")}`,
  );
}

interface Description {
  readonly unit: Unit;
  readonly suffix: string;
  readonly signed: boolean;
}

const suffixes: Readonly<Record<Unit, string>> = {
  proportion: " %",
  count: "",
  nats: " nats",
  ratio: "",
  seconds: " s",
  number: "",
};

function describe(scale: Scale): Description {
  if (scale === "points") return { unit: "proportion", suffix: " pp", signed: true };
  if (scale === "percentage points") {
    return { unit: "proportion", suffix: " percentage points", signed: true };
  }
  const signed = scale.startsWith("signed ");
  const unit = (signed ? scale.slice("signed ".length) : scale) as Unit;
  return { unit, suffix: suffixes[unit], signed };
}

function digits(value: number, unit: Unit): string {
  if (unit === "proportion") return percent(value * 100);
  if (unit === "count" && (Number.isInteger(value) || Math.abs(value) >= 100)) {
    return minus(group(value.toFixed(0)));
  }
  return significant(value);
}

/** One decimal; more only where one would hide that a share is not quite none or all. */
function percent(value: number): string {
  if (value === 0 || value === 100 || value === -100) return minus(String(value));
  const toEnd = Math.min(Math.abs(value), Math.abs(100 - Math.abs(value)));
  if (toEnd >= 0.095) return fixed(value, 1);
  const small = Math.abs(value) < 1;
  if (toEnd < 1e-4) return small ? scientific(value) : fixed(value, 4);
  return fixed(value, (small ? 1 : 0) - Math.floor(Math.log10(toEnd)));
}

function significant(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 0.000_999_5 || size >= 999_500) return scientific(value);
  const exponent = Number(value.toExponential(2).split("e")[1]);
  return minus(group(value.toFixed(Math.max(0, 2 - exponent))));
}

function scientific(value: number): string {
  const [mantissa, exponent] = value.toExponential(2).split("e");
  return power(minus(String(Number(mantissa))), Number(exponent));
}

function shortest(value: number, unit: Unit): string {
  if (unit !== "proportion") return formatPlain(value);
  return minus(String(Number((value * 100).toPrecision(12))));
}

/** Both ends with as many decimals as the one that needs more of the usual kind. */
function alike(low: number, high: number, unit: Unit): readonly [string, string] {
  const a = digits(low, unit);
  const b = digits(high, unit);
  if (/[×⁻]/.test(a + b) || unit === "count") return [a, b];
  const decimals = Math.max(decimalsOf(a), decimalsOf(b));
  const scale = unit === "proportion" ? 100 : 1;
  const size = Math.max(Math.abs(low), Math.abs(high)) * scale;
  // An end near zero needs no more decimals than make the larger end three digits long.
  const enough = unit === "proportion" ? 1 : Math.max(0, 2 - Math.floor(Math.log10(size)));
  const chosen = Number.isFinite(enough) ? Math.min(decimals, enough) : decimals;
  return [fixed(low * scale, chosen), fixed(high * scale, chosen)];
}

function decimalsOf(text: string): number {
  return text.split(".")[1]?.length ?? 0;
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return minus(group(Number(text) === 0 ? text.replace("-", "") : text));
}

/** Thousands apart by a narrow no-break space, from 10 000 on. */
function group(text: string): string {
  const [whole, rest] = text.split(".");
  if (whole!.replace("-", "").length < 5) return text;
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

function minus(text: string): string {
  return text.replace(/^-/, "\u2212");
}

const raised = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

function power(mantissa: string, exponent: number): string {
  const superscript = [...String(Math.abs(exponent))]
    .map((digit) => raised[Number(digit)])
    .join("");
  return `${mantissa}×10${exponent < 0 ? "⁻" : ""}${superscript}`;
}
