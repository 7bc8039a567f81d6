import { isNode, LineCounter, parseDocument, stringify } from "yaml";
import { z } from "zod";
import { Fault } from "../../record/index.ts";
import { quantile } from "../../stats/index.ts";
import { type CycleRanges, type Range, type Stage, WORK_STAGES } from "./stages.ts";

/**
 * A user's cycle: `text` is YAML with any of the places of `defaults`, each a number or
 * {low, likely, high, source}; the rest stays as it is. Throws a Fault that names the line.
 */
export function readCycle(text: string, file: string, defaults: CycleRanges): CycleRanges {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors[0];
  if (broken) {
    const { line } = lines.linePos(broken.pos[0]);
    throw new Fault(`${file}:${line}`, `not valid YAML (${broken.message})`, "Mend the line");
  }
  const locate: Locate = (path) => {
    const node = path.length > 0 ? document.getIn(path, true) : document.contents;
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) return `${file}:${lines.linePos(offset).line}`;
    // What is missing has no line: its group has.
    return path.length > 0 ? locate(path.slice(0, -1)) : file;
  };
  return merge(defaults, document.toJS(), [], locate, file) as CycleRanges;
}

/** A cycle as YAML, for a user to edit. */
export function writeCycle(ranges: CycleRanges): string {
  return stringify(ranges, { lineWidth: 100 });
}

/** A time that a stage took in the lab, once. */
export interface StageTime {
  readonly stage: Stage;
  readonly hours: number;
  /** Where it was recorded, such as a ledger's events. */
  readonly source: string;
  /**
   * `human`, a person's work, for review one reviewer's; `compute`, a wall time of runs; `check`,
   * a person's check of an agent's attempt. `human` where it does not say.
   */
  readonly kind?: "human" | "compute" | "check";
}

/**
 * A cycle with the lab's own times in place of the defaults: the median with the 10 % and 90 %
 * quantiles, from three times on; from fewer, the median with the default's width about it.
 */
export function withStageTimes(ranges: CycleRanges, times: readonly StageTime[]): CycleRanges {
  const bad = times.find(({ hours }) => !(hours >= 0 && hours < Infinity));
  if (bad) {
    throw new Fault(
      `${bad.source}, ${bad.stage}`,
      `a stage took ${bad.hours} hours`,
      "Give hours of at least 0",
    );
  }
  const measured = (stage: Stage, kind: StageTime["kind"], old: Range): Range => {
    const own = times.filter((each) => each.stage === stage && (each.kind ?? "human") === kind);
    return own.length === 0 ? old : rangeOf(own, old);
  };
  const stages = Object.fromEntries(
    WORK_STAGES.map((name) => {
      const old = ranges.stages[name];
      const humanHours = measured(name, "human", old.humanHours);
      const computeHours = measured(name, "compute", old.computeHours);
      const checkHours = measured(name, "check", old.checkHours);
      return [name, { ...old, humanHours, computeHours, checkHours }];
    }),
  ) as CycleRanges["stages"];
  const hours = measured("review", "human", ranges.review.hours);
  return { ...ranges, stages, review: { ...ranges.review, hours } };
}

function rangeOf(times: readonly StageTime[], old: Range): Range {
  const hours = times.map((each) => each.hours);
  const sources = [...new Set(times.map((each) => each.source))].join(", ");
  const source = `measured: ${times.length} ${times.length === 1 ? "time" : "times"} of ${sources}`;
  const likely = quantile(hours, 0.5);
  if (times.length >= 3) {
    return { low: quantile(hours, 0.1), likely, high: quantile(hours, 0.9), source };
  }
  const factor = old.likely > 0 ? likely / old.likely : 1;
  const [low, high] = old.likely > 0 ? [old.low * factor, old.high * factor] : [likely, likely];
  return { low, likely, high, source: `${source}, with the width of: ${old.source}` };
}

type Path = readonly string[];
type Locate = (path: Path) => string;

function merge(old: unknown, given: unknown, path: Path, at: Locate, file: string): unknown {
  if (given === undefined || given === null) return old;
  if (typeof old === "number") return checked(WHOLE, given, path, at);
  if (isRange(old)) return checkedRange(given, path, at, file);
  const known = old as Readonly<Record<string, unknown>>;
  if (typeof given !== "object" || Array.isArray(given)) {
    throw new Fault(
      at(path),
      `"${path.join(".") || "the top"}" is no group of quantities`,
      `Give any of: ${Object.keys(known).join(", ")}`,
    );
  }
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(known, key));
  if (unknown !== undefined) {
    throw new Fault(
      at([...path, unknown]),
      `unknown key "${unknown}"`,
      `Known here: ${Object.keys(known).join(", ")}`,
    );
  }
  const own = given as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(known).map(([key, each]) => [
      key,
      merge(each, own[key], [...path, key], at, file),
    ]),
  );
}

const NUMBER = z.number("give a number");
const WHOLE = z.int("give a whole number").min(1, "give a whole number of at least 1");
const SHARE = NUMBER.min(0, "give a share from 0 to 1").max(1, "give a share from 0 to 1");
const ABOVE_0 = NUMBER.positive("give a number above 0");
const FROM_0 = NUMBER.min(0, "give a number of at least 0");

/** What values a quantity may have, by its last name; at least 0 where nothing is said. */
const DOMAINS: Readonly<Record<string, z.ZodType<number>>> = {
  humanHours: ABOVE_0,
  humanSuccess: SHARE.positive("give a share above 0"),
  horizonFactor: ABOVE_0,
  hours: ABOVE_0,
  acceptSound: SHARE,
  acceptFlawed: SHARE,
  horizonHours: ABOVE_0,
  slope: ABOVE_0,
  sharedDifficulty: SHARE.lt(1, "give a share below 1"),
  hoursPerHumanHour: ABOVE_0,
  checkCatches: SHARE,
  assessmentAuc: SHARE.gte(0.5, "an AUC is at least 0.5").lt(1, "give an AUC below 1"),
  hoursPerWeek: ABOVE_0.max(168, "a week has 168 hours"),
};

function checkedRange(given: unknown, path: Path, at: Locate, file: string): Range {
  const domain = DOMAINS[path.at(-1)!] ?? FROM_0;
  if (typeof given !== "object") {
    const value = checked(domain, given, path, at);
    return { low: value, likely: value, high: value, source: file };
  }
  const schema = z.strictObject({
    ...{ low: domain, likely: domain, high: domain },
    source: z.string().default(file),
  });
  const range = checked(schema, given, path, at);
  if (range.low <= range.likely && range.likely <= range.high) return range;
  throw new Fault(
    at(path),
    `"${path.join(".")}" has low ${range.low}, likely ${range.likely}, high ${range.high}`,
    "Give them in ascending order",
  );
}

function checked<T>(schema: z.ZodType<T>, given: unknown, path: Path, at: Locate): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const where = [...path, ...issue.path.map(String)];
  throw new Fault(at(where), `"${where.join(".")}": ${issue.message}`, "Mend the value");
}

function isRange(value: unknown): value is Range {
  return typeof value === "object" && value !== null && "likely" in value;
}
