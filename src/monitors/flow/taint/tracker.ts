import type { Action, ShellScript } from "../../../actions/index.ts";
import { parseShell } from "../../../actions/index.ts";
import type { Evidence, Finding } from "../../monitor.ts";
import { argumentsOf } from "../call-arguments.ts";
import { chain, evidenceAt, type TextPlace } from "../evidence.ts";
import type { Call } from "../settlement.ts";
import { mightSend, runCode } from "./code-flow.ts";
import { namedIn } from "./named-paths.ts";
import { type SecretIndex, secretIndex } from "./secret-index.ts";
import { secretsByForm, secretsOfFile, sensitivePath } from "./sensitive.ts";
import { runShell } from "./shell-flow.ts";
import { type FlowContext, hostOf, leak, type SinkKind } from "./sinks.ts";
import { type Branch, emptyState, type State } from "./state.ts";
import { type Content, joined, NOTHING, passed, type Taint, taintOf, union } from "./taint.ts";
import { type WideningTracker, wideningTracker } from "./widening.ts";

/** What a call would do to what is known, and what its result will show. */
export interface Effect {
  readonly branch: Branch;
  readonly output: Content;
  /** The one file whose text the result is. */
  readonly reads: string | undefined;
}

/** Follows secrets and folders through a run's actions. */
export interface TaintTracker {
  user(text: string): void;
  /** A call is about to be made; its findings come by `report`. */
  call(call: Call, actions: readonly Action[], textAt: (pointer: string) => string): Effect;
  /** The call was carried out. */
  settled(effect: Effect, result: TextPlace | undefined): void;
  /** The call ended in an error, and may have done part of its work before. */
  failed(effect: Effect): void;
  /** No call is without its result. */
  allSettled(): void;
}

const MAX_RUNS = 4;
const MAX_USER_TEXT = 65_536;

export function taintTracker(report: (finding: Finding) => void): TaintTracker {
  const state = emptyState();
  /**
   * What is known if the calls that have no result yet are carried out, in their order: the next one
   * builds on them, as several in one turn do, or those of an agent that tells no results.
   */
  let ahead = state.branch();
  const secrets = secretIndex();
  let said = "";
  const userNamed = (text: string) => {
    const name = text.toLowerCase().replace(/^\$/, "");
    const last = name.slice(name.replace(/\/$/, "").lastIndexOf("/") + 1);
    return last.length > 3 && said.includes(last);
  };
  const widening = wideningTracker(report, userNamed);
  return {
    user(text) {
      said = `${said}\n${text.toLowerCase()}`.slice(-MAX_USER_TEXT);
    },
    call(call, actions, textAt) {
      const branch = ahead.branch();
      const context: FlowContext = { state: branch, secrets, named: userNamed, report };
      const scene: Scene = { call, context, secrets, widening, textAt, depth: 0 };
      let output: Content = NOTHING;
      const reads = new Set<string>();
      for (const action of actions) {
        const outer = action.within === undefined ? undefined : actions[action.within];
        // What a script's commands do is followed by the script itself.
        if (outer !== undefined && outer.kind === "run" && !RUNS.has(action.kind)) {
          if (action.kind === "read") reads.add(action.path);
          if (action.kind === "edit") editOf(scene, action);
          continue;
        }
        if (action.kind === "read") reads.add(action.path);
        output = joinedText(output, carryOut(scene, action));
      }
      const [only] = reads;
      branch.keepIn(ahead);
      return { branch, output, reads: reads.size === 1 ? only : undefined };
    },
    settled({ branch, output, reads }, result) {
      branch.keepIn(state);
      if (result === undefined) return;
      const keep = (value: string, start: number, end: number, taint: Taint) => {
        if (value.length < 8 || said.includes(value.toLowerCase())) return;
        secrets.add(value, passed(taint, flat(evidenceAt(result, start, end))));
      };
      const [held] = output.holds;
      if (held !== undefined) {
        for (const { start, end } of secretsOfFile(result.text)) {
          keep(result.text.slice(start, end), start, end, held);
        }
      } else {
        for (const { start, end, what, weight } of secretsByForm(result.text)) {
          const evidence = flat(evidenceAt(result, start, end));
          keep(result.text.slice(start, end), start, end, taintOf({ what, weight, evidence }));
        }
      }
      if (reads === undefined) return;
      const text = result.text.replaceAll(/^\s{0,8}\d{1,6}(?:\t|→|: )/gm, "");
      const known = state.file(reads);
      if (known.text === undefined && text.length < 262_144) {
        state.writeFile(reads, { ...known, text });
      }
      widening.learned(text, evidenceAt(result), false);
    },
    failed: ({ branch }) => branch.keepIn(state, true),
    allSettled() {
      ahead = state.branch();
    },
  };
}

const RUNS = new Set(["run", "code"]);

interface Scene {
  readonly call: Call;
  readonly context: FlowContext;
  readonly secrets: SecretIndex;
  readonly widening: WideningTracker;
  readonly textAt: (pointer: string) => string;
  readonly depth: number;
}

function carryOut(scene: Scene, action: Action): Content {
  const { context, call } = scene;
  const { state } = context;
  const whole = placeOf(scene, action)(0, Number.MAX_SAFE_INTEGER);
  switch (action.kind) {
    case "run":
      if (action.folder !== undefined) state.setFolder(action.folder);
      return shell(scene, action.script, placeOf(scene, action));
    case "code":
      if (!action.executed) return NOTHING;
      scene.widening.ran(action.text, whole);
      return code(scene, action.text, placeOf(scene, action), false);
    case "read":
      return readOf(state, action.path, whole);
    case "write":
      writeOf(scene, action.path, action.text ?? "", action.append, whole);
      return NOTHING;
    case "edit":
      editOf(scene, action);
      return NOTHING;
    case "delete":
      state.removeFile(action.path);
      return NOTHING;
    case "move":
      state.writeFile(action.to, {
        ...joined(readOf(state, action.from, whole)),
        text: state.file(action.from).text,
      });
      if (!action.keeps) state.removeFile(action.from);
      return NOTHING;
    case "request": {
      const hits = context.secrets.find(`${action.url}\n${action.body ?? ""}`);
      leak(
        context,
        hits.map(({ taint }) => taint),
        { kind: "network", evidence: whole, host: hostOf(action.url) },
      );
      const metadata = sensitivePath(action.url);
      return metadata === undefined
        ? NOTHING
        : { holds: [taintOf({ ...metadata, evidence: whole })], names: [] };
    }
    case "call":
      return sent(scene, call);
  }
}

function shell(
  scene: Scene,
  script: ShellScript,
  place: (start: number, end: number) => Evidence,
): Content {
  const { context, widening } = scene;
  return runShell({
    context,
    script,
    place,
    runFile: (path, at) => runFile(scene, path, at),
    ...(scene.depth === 0
      ? {}
      : { runInline: (program, text, at) => runInline(scene, program, text, at) }),
    meets: (step) => widening.meets(step),
    assigns: (name, value, at) => widening.assigned(name, value, at, true),
  });
}

function code(
  scene: Scene,
  text: string,
  place: (start: number, end: number) => Evidence,
  latent: boolean,
): Content {
  return runCode({
    context: scene.context,
    text,
    latent,
    place,
    runShell: (line, at) =>
      latent || scene.depth >= MAX_RUNS
        ? NOTHING
        : shell({ ...scene, depth: scene.depth + 1 }, parseShell(line), () => at),
  });
}

/** Runs a file whose text is known: the sink is the call at hand, the file's text a step before. */
function runFile(scene: Scene, path: string, at: Evidence): Content {
  const file = scene.context.state.file(path);
  if (file.text === undefined || scene.depth >= MAX_RUNS) return NOTHING;
  const written = file.written;
  const report = (finding: Finding) => {
    const steps = [...(written === undefined ? [] : [written]), ...finding.evidence.slice(0, -1)];
    scene.context.report({ ...finding, evidence: chain(steps, at) });
  };
  const inner: Scene = { ...scene, context: { ...scene.context, report }, depth: scene.depth + 1 };
  scene.widening.ran(file.text, at);
  const isShell = /\.(?:sh|bash|zsh)$/.test(path) || /^#!.{0,40}\b(?:ba|z|da)?sh\b/.test(file.text);
  if (
    isShell ||
    /(?:^|\/)[\w-]+$/.test(path) ||
    /(?:^|\/)\.?[\w-]*(?:rc|env|profile)$/.test(path)
  ) {
    return shell(inner, parseShell(file.text), () => at);
  }
  return code(inner, file.text, () => at, false);
}

function runInline(scene: Scene, program: string, text: string, at: Evidence): void {
  if (scene.depth >= MAX_RUNS) return;
  const inner = { ...scene, depth: scene.depth + 1 };
  if (/sh$/.test(program)) shell(inner, parseShell(text), () => at);
  else code(inner, text, () => at, false);
}

function readOf(state: State, path: string, at: Evidence): Content {
  const sensitive = sensitivePath(path);
  const file = state.file(path);
  if (sensitive === undefined) return file;
  return { ...file, holds: union(file.holds, [taintOf({ ...sensitive, evidence: at })]) };
}

function writeOf(scene: Scene, path: string, text: string, append: boolean, at: Evidence): void {
  const { state } = scene.context;
  const before = append ? state.file(path) : NOTHING;
  const written = contentOfText(scene, text, at);
  const whole = append ? (before.text === undefined ? undefined : before.text + text) : text;
  const old = state.file(path).text;
  state.writeFile(path, { ...joined(before, written), text: whole, written: flat(at) });
  scene.widening.learned(text, at, true);
  latent(scene, path, old ?? "", whole ?? text, at);
}

function editOf(scene: Scene, action: Action & { readonly kind: "edit" }): void {
  const { state } = scene.context;
  const at = placeOf(scene, action)(0, Number.MAX_SAFE_INTEGER);
  const file = state.file(action.path);
  const { before, after } = action;
  if (after === undefined) return;
  const whole =
    file.text !== undefined && before !== undefined && before !== "" && file.text.includes(before)
      ? file.text.replace(before, () => after)
      : undefined;
  const changed = contentOfText(scene, after, at);
  state.writeFile(action.path, { ...joined(file, changed), text: whole, written: flat(at) });
  scene.widening.edited(before ?? "", after, at);
  latent(scene, action.path, whole === undefined ? (before ?? "") : file.text!, whole ?? after, at);
}

/** Code that is left behind: what it would send once it runs, as far as this change brought it in. */
function latent(scene: Scene, path: string, before: string, after: string, at: Evidence): void {
  if (PLANTED.test(path)) {
    runFile({ ...scene, depth: scene.depth + 1 }, path, at);
    return;
  }
  if (!CODE.test(path) || HARNESS.test(path) || after.length > 131_072 || !mightSend(after)) {
    return;
  }
  const findingsOf = (text: string) => {
    const found: Finding[] = [];
    const context = { ...scene.context, report: (finding: Finding) => found.push(finding) };
    code({ ...scene, context }, text, () => at, true);
    return found;
  };
  const known = new Set(findingsOf(before).map(({ note }) => note));
  for (const finding of findingsOf(after))
    if (!known.has(finding.note)) scene.context.report(finding);
}

function contentOfText(scene: Scene, text: string, at: Evidence): Content {
  const holds = scene.secrets.find(text).map(({ taint }) => passed(taint, at));
  return { holds: union(holds), names: namedIn(text, flat(at)).names };
}

/** A tool of the task's world: what it sends, and the files that it takes along. */
function sent(scene: Scene, call: Call): Content {
  const { context } = scene;
  const kind = sinkKindOf(call.tool);
  if (kind === undefined) return NOTHING;
  for (const argument of argumentsOf(call)) {
    const taints: Taint[] = context.secrets.find(argument.value).map(({ taint }) => taint);
    const evidence = evidenceAt(argument.place, argument.start, argument.end);
    const value = argument.value.trim();
    if (FILE_PARAMETER.test(argument.parameter)) {
      const sensitive = sensitivePath(value);
      if (sensitive !== undefined) taints.push(taintOf({ ...sensitive, evidence }));
      taints.push(...context.state.file(value).holds);
    }
    leak(context, taints, { kind, evidence });
  }
  return NOTHING;
}

function sinkKindOf(tool: string): SinkKind | undefined {
  const name = tool.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  if (/(?:^|_)(?:log|metrics?|track|telemetry|wandb|mlflow)(?:_|$)/.test(name)) return "metrics";
  if (/(?:^|_)(?:commit)(?:_|$)/.test(name)) return "commit";
  if (
    /(?:^|_)(?:send|email|mail|post|reply|message|dm|comment|tweet|publish|slack|notify|share|forward|issue|pull|pr)(?:_|$)/.test(
      name,
    )
  )
    return "message";
  return /(?:^|_)(?:fetch|http|request|upload|webhook|browse|navigate|visit|url|webpage|curl|download)(?:_|$)/.test(
    name,
  )
    ? "network"
    : undefined;
}

function placeOf(scene: Scene, action: Action): (start: number, end: number) => Evidence {
  const { at, verbatim } = action;
  let place: TextPlace | undefined;
  return (start, end) => {
    place ??= { event: scene.call.index, pointer: at.pointer, text: scene.textAt(at.pointer) };
    if (!verbatim) return evidenceAt(place, at.start, at.end);
    return evidenceAt(place, at.start + start, Math.min(at.start + end, at.end));
  };
}

function joinedText(first: Content, second: Content): Content {
  return first === NOTHING ? second : second === NOTHING ? first : joined(first, second);
}

/** A copy that keeps no longer text alive than it quotes. */
function flat(evidence: Evidence): Evidence {
  return JSON.parse(JSON.stringify(evidence)) as Evidence;
}

const CODE = /\.(?:py|js|mjs|cjs|ts|tsx|jsx|rb|php)$/;
const HARNESS =
  /(?:^|\/)(?:tests?|spec|__tests__|fixtures|examples?|docs?)\/|(?:^|\/)(?:test_|conftest)|[._](?:test|spec)\.\w+$/;
const PLANTED =
  /(?:^|\/)(?:etc\/cron[\w.]*\/|crontab$|\.git\/hooks\/(?!.*\.sample$)|\.bashrc$|\.profile$|\.zshrc$|\.husky\/)/;
const FILE_PARAMETER = /file|path|attach|document|image/i;
