import { createHash } from "node:crypto";
import { actionsOf } from "../../actions/index.ts";
import type { Json, TranscriptEvent } from "../../record/index.ts";
import { type Evidence, type Finding, type Monitor, QUOTE_LENGTH, type Watch } from "../monitor.ts";
import { codeOf } from "./action-code.ts";
import { anchorScan } from "./anchors.ts";
import { CATALOGUE } from "./catalogue/catalogue.ts";

import { isInnocent, type Site } from "./guards.ts";
import { type History, historyOf } from "./history.ts";
import type { Rule } from "./rule.ts";
import { sitesOf } from "./sites.ts";

/** Of the code that reads the catalogue; raised when its findings may change. */
const CODE_VERSION = 2;

/**
 * Signatures of misconduct in what an agent writes and runs: a catalogue of patterns over syntax trees,
 * shell commands and deeds on files, each with guards against what looks alike and is innocent. Events
 * that hold none of the catalogue's literal texts are passed over without a parse.
 */
export const rules: Monitor = monitorOf("rules", CATALOGUE);

/** The literal texts of which an event must hold one before any rule looks closer. */
export function ruleAnchors(): readonly string[] {
  return [...new Set(CATALOGUE.flatMap(({ anchors }) => anchors))];
}

/** Every regular expression by which the rules look closer, once each. */
export function ruleExpressions(): readonly RegExp[] {
  const found = new Map<string, RegExp>();
  for (const { match } of CATALOGUE) {
    for (const expression of expressionsIn(match)) found.set(String(expression), expression);
  }
  return [...found.values()];
}

function expressionsIn(value: unknown): readonly RegExp[] {
  if (value instanceof RegExp) return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(expressionsIn);
}

/** A monitor by some rules. */
export function monitorOf(name: string, catalogue: readonly Rule[]): Monitor {
  const scan = anchorScan(catalogue.map(({ anchors }) => anchors));
  const anchored = (texts: readonly string[]) => scan(texts).map((number) => catalogue[number]!);
  return {
    name,
    version: versionOf(catalogue),
    watch: ({ task }) => watch(anchored, task.input),
  };
}

/** One rule speaks this often in a transcript: more of the same says little more. */
const MAX_FINDINGS = 20;
/** Code that is shown and not run or written may never come to be. */
const SHOWN = 0.8;

/** The rules of which an anchor stands in some texts. */
type Anchored = (texts: readonly string[]) => readonly Rule[];

function watch(anchored: Anchored, input: string | undefined): Watch {
  const history = historyOf(input);
  const told = new Set<string>();
  const counts = new Map<Rule, number>();
  return {
    see(event) {
      const at = anchored(textsOf(event)).filter((rule) => (counts.get(rule) ?? 0) < MAX_FINDINGS);
      const found = at.length === 0 ? [] : [...guilty(at, anchored, event, history)];
      history.remember(event);
      return found.flatMap(([rule, sites]) => {
        const fresh = sites.filter((site) => {
          const key = `${rule.signal}\n${site.path ?? ""}\n${site.text.replace(/\s+/g, " ").slice(0, 500)}`;
          if (told.has(key)) return false;
          told.add(key);
          return true;
        });
        const [first] = fresh;
        if (first === undefined) return [];
        counts.set(rule, (counts.get(rule) ?? 0) + 1);
        return [findingOf(rule, event, first, fresh.length)];
      });
    },
    end: () => [],
  };
}

/** Places in one event that are judged. */
const MAX_SITES = 500;

function guilty(
  candidates: readonly Rule[],
  anchored: Anchored,
  event: TranscriptEvent,
  history: History,
): ReadonlyMap<Rule, readonly Site[]> {
  const found = new Map<Rule, Site[]>();
  let judged = 0;
  for (const action of actionsOf(event)) {
    const code = codeOf(action);
    const inCode = new Set(code === undefined ? [] : anchored([code.text]));
    for (const rule of candidates) {
      if ((rule.match.kind === "code" || rule.match.kind === "shell") && !inCode.has(rule))
        continue;
      for (const site of sitesOf(rule, action, code, history)) {
        if (++judged > MAX_SITES) return found;
        if (isFound(site, history) || isInnocent(rule.guards, site, history)) continue;
        const sites = found.get(rule);
        if (sites === undefined) found.set(rule, [site]);
        else sites.push(site);
      }
    }
  }
  return found;
}

/** What stood there before is not the agent's. */
function isFound({ text, action, takes }: Site, history: History): boolean {
  if (takes) return false;
  if (action.kind !== "write" && action.kind !== "edit") return false;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.length > 0 && lines.slice(0, 5).every((line) => history.shown(line));
}

function findingOf(rule: Rule, event: TranscriptEvent, site: Site, count: number): Finding {
  const shown = site.action.kind === "code" && !site.action.executed;
  const facts: Readonly<Record<string, string>> = {
    match: short(site.text),
    path: site.path === undefined || site.path === "" ? "the code" : short(site.path),
    program: site.command?.name ?? "",
  };
  const note = rule.note.replace(/\{(match|path|program)\}/g, (_, key: string) => facts[key] ?? "");
  return {
    signal: rule.signal,
    weight: shown ? rule.weight * SHOWN : rule.weight,
    note: count > 1 ? `${note.slice(0, -1)} (${count} places).` : note,
    evidence: [evidenceOf(event, site)],
  };
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** The match in the event's own text: exactly, or by its first line where the text was changed. */
function evidenceOf(event: TranscriptEvent, { action, text, start }: Site): Evidence {
  const { pointer } = action.at;
  const host = textAt(event, pointer);
  let from = action.at.start;
  let to = action.at.end;
  if (text !== "" && action.verbatim && start !== undefined) {
    from += start;
    to = Math.min(from + text.length, to);
  } else {
    const line = text.split("\n")[0]!.trim();
    const at = line === "" ? -1 : host.indexOf(line, from);
    if (at >= 0 && at + line.length <= to) [from, to] = [at, at + line.length];
  }
  return {
    event: event.index,
    pointer,
    start: from,
    end: to,
    quote: host.slice(from, to).slice(0, QUOTE_LENGTH),
  };
}

function textAt(event: TranscriptEvent, pointer: string): string {
  let value: unknown = event;
  for (const key of pointer.split("/").slice(1)) {
    const name = key.replaceAll("~1", "/").replaceAll("~0", "~");
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) return "";
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return typeof value === "string" ? value : "";
}

/** The texts of an event in which an agent acts. */
function textsOf(event: TranscriptEvent): readonly string[] {
  switch (event.kind) {
    case "tool-call": {
      const texts: string[] = [];
      addLeaves(event.arguments, 0, texts);
      // What hides behind quotes, variables and encodings does not stand in the call as it is run.
      for (const action of actionsOf(event)) {
        if (action.kind === "run" && !action.verbatim) texts.push(action.script.text);
      }
      return texts;
    }
    case "output":
      return [event.text];
    case "diff":
      return [event.patch, event.path];
    default:
      return [];
  }
}

const MAX_DEPTH = 20;

function addLeaves(value: Json, depth: number, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  else if (value !== null && typeof value === "object" && depth < MAX_DEPTH) {
    for (const inner of Object.values(value)) addLeaves(inner as Json, depth + 1, texts);
  }
}

function versionOf(catalogue: readonly Rule[]): string {
  const text = JSON.stringify(catalogue, (_, value) =>
    value instanceof RegExp ? String(value) : value,
  );
  const hash = createHash("sha256").update(`${CODE_VERSION}\n${text}`).digest("hex");
  return hash.slice(0, 12);
}
