import type { ClaimValue } from "../claims/claim.ts";
import type { Hypothesis, Unit } from "../definition.ts";

/** A unit, or the same for a difference: signed, and in percentage points for proportions. */
export type Scale =
  | Unit
  | "points"
  | "percentage points"
  | `signed ${Exclude<Unit, "proportion" | "date">}`;

/** An estimate with its interval, as text: "93.5 %", "[91.2, 95.8] %", "[91.2, 95.8]". */
export interface WrittenValue {
  readonly estimate: string;
  /** Null where there is no interval; `ends` is the interval without its unit. */
  readonly interval: string | null;
  readonly ends: string | null;
  readonly low: string | null;
  readonly high: string | null;
}

/**
 * Writes a value and its interval with the same decimals: three significant digits of the estimate,
 * but enough to tell the ends apart, and no more than the interval's width makes meaningful.
 */
export function writeValue(
  value: Pick<ClaimValue, "estimate" | "low" | "high">,
  scale: Scale,
): WrittenValue {
  const { estimate, low, high } = value;
  const { unit, suffix, signed } = describe(scale);
  const write = (number: number) => {
    if (unit === "date") return month(number);
    const text = (decimalsFor(value, unit) ?? digits)(number, unit);
    return signed && /^[^−]*[1-9]/.test(text) ? `+${text}` : text;
  };
  const ends = low === undefined || high === undefined ? null : `[${write(low)}, ${write(high)}]`;
  return {
    estimate: write(estimate) + suffix,
    interval: ends === null ? null : ends + suffix,
    ends,
    low: low === undefined ? null : write(low) + suffix,
    high: high === undefined ? null : write(high) + suffix,
  };
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
  if (unit === "date") return month(value);
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

/** The value that a null hypothesis allows, as its plan gives it; a date where it is one. */
export function formatNull(
  { nullValue, against }: Pick<Hypothesis, "nullValue" | "against">,
  unit: Unit,
): string {
  return unit === "date" && against === undefined ? month(nullValue) : formatPlain(nullValue);
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
  days: " days",
  date: "",
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

/** From here on a date reads "never": forecasts that get nowhere need a finite number too. */
const NEVER = Date.UTC(2150, 0, 1) / 86_400_000;

/** "Mar 2027", of a day since 1970-01-01. */
function month(day: number): string {
  if (day >= NEVER) return "never";
  const date = new Date(day * 86_400_000);
  return date.toLocaleString("en", { month: "short", year: "numeric", timeZone: "UTC" });
}

/** How to write a value that has an interval; null leaves it to the usual rules. */
function decimalsFor(
  { estimate, low, high }: Pick<ClaimValue, "estimate" | "low" | "high">,
  unit: Unit,
): ((number: number) => string) | null {
  if (low === undefined || high === undefined || low === high) return null;
  const factor = unit === "proportion" ? 100 : 1;
  const largest = Math.max(Math.abs(low), Math.abs(high), Math.abs(estimate)) * factor;
  if (largest < 0.000_999_5 || largest >= 999_500) return null;
  const half = (Math.abs(high - low) / 2) * factor;
  // Decimals at which the first digit of the interval's half-width shows.
  const first = -Math.floor(Math.log10(half));
  const usual = unit === "proportion" ? 1 : decimalsOf(digits(estimate, unit));
  const most = unit === "proportion" ? Math.max(1, first) : first + 2;
  const chosen = Math.min(Math.max(usual, first, 0), Math.max(most, 0), 10);
  return (number) => fixed(number * factor, chosen);
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

function decimalsOf(text: string): number {
  return /[×]/.test(text) ? 0 : (text.split(".")[1]?.length ?? 0);
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
