import { Fault } from "../../record/index.ts";
import type { Claim } from "../claims/claim.ts";
import { formatNumber, formatP, type Scale, writeValue } from "./numbers.ts";

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
  const text = write(claim, part);
  if (text !== null) return text;
  throw new Fault(`claim ${claim.id}`, `it has no ${part}`, `It has: ${partsOf(claim).join(", ")}`);
}

/** The parts that a claim has, in the order they are documented. */
export function partsOf(claim: Claim): readonly ClaimPart[] {
  return claimParts.filter((part) => write(claim, part) !== null);
}

/** How a claim's numbers are scaled: a difference of proportions is in percentage points. */
export function scaleOf(claim: Claim): Scale {
  if (!isDifference(claim)) return claim.unit;
  if (claim.unit === "date") return "signed days";
  return claim.unit === "proportion" ? "points" : `signed ${claim.unit}`;
}

/** "95 % CI", or just "CI" where the level is not known. */
export function intervalName(claim: Claim): string {
  const { level } = claim.value;
  return level === undefined ? "CI" : `${formatNumber(level, "proportion", "shortest")} CI`;
}

/** The text of a part; null where the claim has none. */
function write(claim: Claim, part: ClaimPart): string | null {
  const { value } = claim;
  const scale = scaleOf(claim);
  const written = writeValue(value, scale);
  switch (part) {
    case "estimate":
    case "interval":
    case "low":
    case "high":
      return written[part];
    case "full":
      return written.interval === null
        ? written.estimate
        : `${written.estimate} (${intervalName(claim)} ${written.interval})`;
    case "difference":
      if (!isDifference(claim)) return null;
      return writeValue(value, scale === "points" ? "percentage points" : scale).estimate;
    case "level":
      return value.level === undefined ? null : formatNumber(value.level, "proportion", "shortest");
    case "p":
      return value.p === undefined ? null : formatP(value.p);
    case "e":
      return value.e === undefined ? null : `e = ${formatNumber(value.e, "number")}`;
    case "n":
      return formatNumber(value.n, "count");
  }
}

/** Whether the claim is one group minus another, so that its sign means something. */
function isDifference(claim: Claim): boolean {
  if (claim.kind !== "contrast") return false;
  const groups = claim.derivation.inputs.map((input) =>
    input.from === "artifact" ? input.group : input.claim,
  );
  return new Set(groups).size > 1;
}
