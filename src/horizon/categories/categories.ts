import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { Fault } from "../../record/index.ts";
import type { Suite } from "../suite.ts";

/** A field of work. */
export interface Category {
  readonly name: string;
  /** What belongs to it, in a few words. */
  readonly meaning: string;
}

/** Which field each task family belongs to, and why. */
export interface Categories {
  readonly list: readonly Category[];
  readonly ofFamily: ReadonlyMap<string, { readonly category: string; readonly because: string }>;
  /** The category of families that are not listed; without it they are refused. */
  readonly otherwise?: string;
}

/** The mapping that ships with the lab: METR's families of 2025 and 2026. */
export const SHIPPED_CATEGORIES = fileURLToPath(new URL("./categories.yaml", import.meta.url));

const schema = z.strictObject({
  categories: z.record(z.string().min(1), z.string().min(1)),
  families: z.record(z.string(), z.tuple([z.string(), z.string().min(1)])),
  default: z.string().optional(),
});

/**
 * Reads a mapping of task families to categories, in the format of `categories.yaml` beside this
 * file. Throws a Fault that names the family for a category that is not declared.
 */
export async function readCategories(path = SHIPPED_CATEGORIES): Promise<Categories> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Fault(path, `it cannot be read (${error.code})`, "Check the name");
  });
  const { categories, families, default: otherwise } = check(path, parseYaml(path, text));
  const declared = Object.keys(categories);
  const require = (category: string, place: string) => {
    if (declared.includes(category)) return;
    throw new Fault(
      `${path}, ${place}`,
      `there is no category "${category}"`,
      `Declare it, or use one of: ${declared.join(", ")}`,
    );
  };
  for (const [family, [category]] of Object.entries(families)) require(category, family);
  if (otherwise !== undefined) require(otherwise, "default");
  return {
    list: Object.entries(categories).map(([name, meaning]) => ({ name, meaning })),
    ofFamily: new Map(
      Object.entries(families).map(([family, [category, because]]) => [
        family,
        { category, because },
      ]),
    ),
    ...(otherwise === undefined ? {} : { otherwise }),
  };
}

/** The part of a suite that is of one category. */
export interface CategorySuite {
  readonly category: string;
  /** Agents that attempted none of its tasks are left out. */
  readonly suite: Suite;
}

/**
 * Parts a suite by category, in the order of the list; categories without tasks are left out.
 * Throws a Fault that names the families that are in no category.
 */
export function splitSuite(suite: Suite, categories: Categories): CategorySuite[] {
  const ofTask = suite.tasks.map(({ family }) => categoryOf(family, categories));
  const unknown = suite.tasks
    .map(({ family }) => family)
    .filter((_, task) => ofTask[task] === null);
  if (unknown.length > 0) {
    const families = [...new Set(unknown)];
    const shown = families.slice(0, 5).join(", ");
    throw new Fault(
      "categories",
      `${families.length} task families are in no category: ${shown}${families.length > 5 ? ", …" : ""}`,
      "Add them, or a default, to a copy of categories.yaml and give it with --categories",
    );
  }
  return categories.list.flatMap(({ name }) => {
    const at = [...suite.tasks.keys()].filter((task) => ofTask[task] === name);
    return at.length === 0 ? [] : [{ category: name, suite: partOf(suite, at) }];
  });
}

/** The category of a family; null for a family that is in none. */
export function categoryOf(family: string, { ofFamily, otherwise }: Categories): string | null {
  return ofFamily.get(family)?.category ?? otherwise ?? null;
}

function partOf({ tasks, agents }: Suite, at: readonly number[]): Suite {
  const pick = (values: Float64Array) => Float64Array.from(at, (task) => values[task]!);
  return {
    tasks: at.map((task) => tasks[task]!),
    agents: agents
      .map(({ agent, runs, scores, perRun }) => ({
        ...{ agent, runs: pick(runs), scores: pick(scores) },
        ...(perRun ? { perRun: at.map((task) => perRun[task]!) } : {}),
      }))
      .filter(({ runs }) => runs.some((count) => count > 0)),
  };
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    const [why = ""] = (error as Error).message.split("\n");
    throw new Fault(path, `not valid YAML (${why.replace(/:$/, "")})`, "Mend the line");
  }
}

function check(path: string, document: unknown): z.infer<typeof schema> {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Fault(
    [path, ...issue!.path.map(String)].join(", "),
    issue!.message.replace(/^./, (first) => first.toLowerCase()),
    "Write each family as name: [category, reason]; see categories.yaml",
  );
}
