import { Fault, type Json } from "../../record/index.ts";
import { resolvePointer } from "../claims/pointer.ts";
import { unitSchema } from "../definition.ts";
import type { ArticleInput } from "./input.ts";
import { formatNumber, formatPlain } from "./numbers.ts";
import { nearest } from "./syntax.ts";

/** Units that `{{plan:/pointer|unit}}` can print a number in. */
export const planUnits = unitSchema.options;

/**
 * The number or text that a JSON pointer names in the frozen plan, or, where the plan has no such
 * place, in its study definition: "/seeds/original" is short for "/definition/seeds/original".
 */
export function resolvePlan(
  input: Pick<ArticleInput, "plan">,
  pointer: string,
): { readonly value: number | string } | { readonly problem: string; readonly remedy: string } {
  const value =
    lookUp(input.plan.document, pointer) ?? lookUp(input.plan.document, `/definition${pointer}`);
  if (typeof value === "number" || typeof value === "string") return { value };
  const leaves = leavesOf(input.plan.document, "").flatMap((leaf) => [
    leaf,
    leaf.replace(/^\/definition(?=\/)/, ""),
  ]);
  const below = leaves.filter((leaf) => leaf.startsWith(`${pointer}/`));
  const best = nearest(pointer, below.length > 0 ? below : leaves);
  return {
    problem:
      value === undefined
        ? `the plan has nothing at "${pointer}"`
        : `"${pointer}" of the plan is neither a number nor text`,
    remedy: best === null ? "The plan holds no numbers" : `Did you mean {{plan:${best}}}?`,
  };
}

/** A number or text of the plan as it is printed. */
export function formatPlanValue(value: number | string, unit: string | null): string {
  if (typeof value === "string") return value;
  const known = planUnits.find((candidate) => candidate === unit);
  return known === undefined ? formatPlain(value) : formatNumber(value, known, "shortest");
}

function lookUp(document: Json, pointer: string): Json | undefined {
  if (!pointer.startsWith("/")) return undefined;
  try {
    return resolvePointer(document, pointer, "plan");
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function leavesOf(value: Json, pointer: string): readonly string[] {
  if (typeof value === "number" || typeof value === "string") return [pointer];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, child]) =>
    leavesOf(child as Json, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}
