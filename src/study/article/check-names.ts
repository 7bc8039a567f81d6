import { add, type CheckContext } from "./check-context.ts";
import { claimParts, partsOf } from "./format.ts";
import { planUnits, resolvePlan } from "./plan-values.ts";
import { type Directive, nearest } from "./syntax.ts";

/** Checks that a directive leads somewhere, and that what it leads to has the part it asks for. */
export function checkDirective(context: CheckContext, directive: Directive, offset: number): void {
  const { input } = context;
  const { argument, option } = directive;
  switch (directive.name) {
    case "claim":
      checkClaim(context, argument, option, offset);
      return;
    case "plan":
      checkPlanValue(context, argument, option, offset);
      return;
    case "figure":
    case "table": {
      const known = (
        directive.name === "figure" ? input.definition.figures : input.definition.tables
      ).map((item) => item.id);
      if (!known.includes(argument)) {
        add(
          context,
          offset,
          `there is no ${directive.name} "${argument}"`,
          propose(argument, known, directive.name, (id) => `{{${directive.name}:${id}}}`),
        );
      }
      if (option !== null) {
        add(
          context,
          offset,
          `a ${directive.name} has no part "${option}"`,
          `Write {{${directive.name}:${argument}}}`,
        );
      }
      return;
    }
  }
}

/** Checks that each key of a citation is a reference of the study. */
export function checkCitation(
  context: CheckContext,
  keys: readonly string[],
  offset: number,
): void {
  const known = context.input.definition.references.map((reference) => reference.id);
  for (const key of keys) {
    if (known.includes(key)) continue;
    add(
      context,
      offset,
      `there is no reference "${key}"`,
      propose(key, known, "reference", (id) => `[@${id}]`),
    );
  }
}

function checkClaim(context: CheckContext, id: string, part: string | null, offset: number): void {
  const claim = context.input.claims.get(id);
  if (!claim) {
    const known = [...context.input.claims.keys()];
    add(
      context,
      offset,
      `there is no claim "${id}"`,
      propose(id, known, "claim", (name) => `{{claim:${name}}}`),
    );
    return;
  }
  const parts: readonly string[] = [...partsOf(claim), "status"];
  if (part !== null && !parts.includes(part)) {
    const exists = (claimParts as readonly string[]).includes(part);
    add(
      context,
      offset,
      exists ? `the claim "${id}" has no ${part}` : `a claim has no part "${part}"`,
      `Did you mean {{claim:${id}|${nearest(part, parts)}}}? It has: ${parts.join(", ")}`,
    );
    return;
  }
  if (part !== "n" && part !== "level" && claim.hypothesis !== null) {
    context.reported.add(claim.hypothesis);
  }
}

function checkPlanValue(
  context: CheckContext,
  pointer: string,
  option: string | null,
  offset: number,
): void {
  const resolved = resolvePlan(context.input, pointer);
  if ("problem" in resolved) {
    add(context, offset, resolved.problem, resolved.remedy);
    return;
  }
  if (option === null) return;
  if (!(planUnits as readonly string[]).includes(option)) {
    add(
      context,
      offset,
      `"${option}" is not a unit`,
      `Did you mean "${nearest(option, planUnits)}"? There are: ${planUnits.join(", ")}`,
    );
  } else if (typeof resolved.value !== "number") {
    add(
      context,
      offset,
      `"${pointer}" of the plan is no number, so it has no unit`,
      `Write {{plan:${pointer}}}`,
    );
  }
}

function propose(
  written: string,
  known: readonly string[],
  what: string,
  write: (id: string) => string,
): string {
  const best = nearest(written, known);
  return best === null ? `The study has no ${what}s` : `Did you mean ${write(best)}?`;
}
