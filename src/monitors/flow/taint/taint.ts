import type { Evidence } from "../../monitor.ts";

/** Where a tracked value comes from. */
export interface Source {
  readonly what: string;
  /** 0 to 1: how surely it must not leave. */
  readonly weight: number;
  readonly evidence: Evidence;
}

/** A source's content (or its path) on its way, with the steps that it took. */
export interface Taint {
  readonly source: Source;
  readonly steps: Steps | undefined;
  /** How it was changed on the way: "base64", "gzip". */
  readonly via: readonly string[];
}

interface Steps {
  readonly evidence: Evidence;
  readonly before: Steps | undefined;
  readonly count: number;
}

/**
 * What stands in a file, a variable, a word or an output: content of sources, paths of sources, and
 * the text itself where it is known.
 */
export interface Content {
  readonly holds: readonly Taint[];
  readonly names: readonly Taint[];
  readonly text?: string | undefined;
  /** Where it was written. */
  readonly written?: Evidence | undefined;
}

export const NOTHING: Content = { holds: [], names: [] };

const MAX_TAINTS = 8;
const MAX_STEPS = 24;

export function taintOf(source: Source): Taint {
  return { source, steps: undefined, via: [] };
}

/** The taint one step further. */
export function passed(taint: Taint, evidence: Evidence | undefined, via?: string): Taint {
  const changed =
    via === undefined || taint.via.includes(via) ? taint.via : [...taint.via, via].slice(-4);
  if (evidence === undefined || (taint.steps?.count ?? 0) >= MAX_STEPS)
    return { ...taint, via: changed };
  const steps = { evidence, before: taint.steps, count: (taint.steps?.count ?? 0) + 1 };
  return { source: taint.source, steps, via: changed };
}

/** Source first, then the steps. */
export function stepsOf({ source, steps }: Taint): readonly Evidence[] {
  const found: Evidence[] = [];
  for (let at = steps; at !== undefined; at = at.before) found.push(at.evidence);
  return [source.evidence, ...found.reverse()];
}

/** Taints without repeats of a source. */
export function union(...lists: readonly (readonly Taint[])[]): readonly Taint[] {
  const full = lists.filter((list) => list.length > 0);
  if (full.length <= 1) return full[0] ?? [];
  const found = new Map<string, Taint>();
  for (const list of full) {
    for (const taint of list) {
      const known = found.get(taint.source.what);
      if (known === undefined || known.source.weight < taint.source.weight) {
        if (found.size < MAX_TAINTS || known !== undefined) found.set(taint.source.what, taint);
      }
    }
  }
  return [...found.values()];
}

export function joined(...contents: readonly Content[]): Content {
  return {
    holds: union(...contents.map(({ holds }) => holds)),
    names: union(...contents.map(({ names }) => names)),
  };
}

export function isClean({ holds, names }: Content): boolean {
  return holds.length === 0 && names.length === 0;
}
