import { type Hash, hashJson, type Json } from "../record/index.ts";
import { deriveClaims } from "./claims/derive.ts";
import type { Measure, StudyDefinition } from "./definition.ts";
import type { StudySource } from "./load.ts";
import { draftPlan, planHash } from "./plan.ts";
import type { RunRecord } from "./records.ts";
import { claimStatuses } from "./replicate.ts";

/**
 * Goes through a study's claims and article with results that are made up for the occasion and never
 * recorded. Throws the Fault that real results would meet only at the end, when the plan is frozen
 * and its share of the error budget spent: a transform that does not exist, a claim that cannot be
 * derived, a numeral or a name in the article that has no evidence. `path` names the article's file.
 */
export async function rehearseStudy(source: StudySource, path: string): Promise<void> {
  // Loaded only here: most commands have no article to check.
  const { checkArticle, faultOf } = await import("./article/check.ts");
  // Which seeds the plan leaves out depends on real results.
  const definition = { ...source.definition, exclusions: [] };
  const { runs, artifacts } = imaginedRuns(definition);
  const claims = deriveClaims(definition, runs, artifacts);
  const plan = draftPlan(source);
  const hash = planHash(plan);
  const problems = checkArticle({
    file: source.definition.article,
    markdown: source.articleMarkdown,
    definition: source.definition,
    plan: { hash, document: plan as unknown as Json, seq: 0 },
    claims: new Map(claims.map((claim) => [claim.id, claim])),
    statuses: claimStatuses(claims, [], []),
    decisions: [],
    replications: [],
    runs,
    gates: [],
    artifacts,
    lab: { name: "", head: { seq: 0, hash }, budget: { policy: "", alpha: 0, spent: 0 } },
    anonymous: false,
  });
  if (problems.length > 0) throw faultOf(path, problems);
}

/** A result for each planned run, no two alike, each number within its measure's range. */
function imaginedRuns(definition: StudyDefinition): {
  readonly runs: readonly RunRecord[];
  readonly artifacts: ReadonlyMap<Hash, Json>;
} {
  const artifacts = new Map<Hash, Json>();
  const runs = definition.conditions.flatMap((condition, row) =>
    Array.from({ length: definition.seeds.original }, (_, seed): RunRecord => {
      const documents = new Map<string, Json>();
      for (const [column, measure] of definition.measures.entries()) {
        const index = row + 31 * seed + 17 * column;
        const put = (pointer: string, value: Json) => {
          const document = documents.get(measure.artifact);
          documents.set(measure.artifact, withValue(document, pointer.split("/").slice(1), value));
        };
        put(measure.pointer, imaginedNumber(measure, index));
        if (measure.draws !== undefined) put(measure.draws, imaginedDraws(measure, index));
      }
      const named = [...documents].map(([name, document]): [string, Hash] => {
        const hash = hashJson(document);
        artifacts.set(hash, document);
        return [name, hash];
      });
      return {
        id: `${condition.id}-${seed}`,
        role: "original",
        condition: condition.id,
        seed,
        attempt: 1,
        status: "ok",
        reason: "",
        artifacts: Object.fromEntries(named),
        log: null,
        isolation: "none",
        cpuSeconds: 0,
        wallSeconds: 0,
        peakMemoryMb: 0,
        events: [],
      };
    }),
  );
  return { runs, artifacts };
}

/** The fractional parts of multiples of the golden ratio are far apart from one another. */
function imaginedNumber({ range: [low, high] = [1, 2] }: Measure, index: number): number {
  const share = ((index + 1) * ((Math.sqrt(5) - 1) / 2)) % 1;
  return low + (high - low) * (0.25 + share / 2);
}

function imaginedDraws(measure: Measure, index: number): readonly number[] {
  return Array.from({ length: 100 }, (_, draw) => imaginedNumber(measure, index + draw));
}

/** The document with a value where the tokens of a JSON pointer lead. */
function withValue(document: Json | undefined, tokens: readonly string[], value: Json): Json {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
  const members = (document ?? {}) as { readonly [key: string]: Json };
  return { ...members, [key]: withValue(members[key], rest, value) };
}
