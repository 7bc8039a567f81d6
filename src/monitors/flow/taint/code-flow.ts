import { parseShell } from "../../../actions/index.ts";
import type { Evidence } from "../../monitor.ts";
import { type Statement, statementsOf } from "./code-statements.ts";
import { secretVariable, sensitivePath } from "./sensitive.ts";
import { type FlowContext, hostOf, leak, type SinkKind } from "./sinks.ts";
import {
  type Content,
  isClean,
  joined,
  NOTHING,
  passed,
  type Taint,
  taintOf,
  union,
} from "./taint.ts";

/** Code at work: what it is looked at for, and where its text stands. */
export interface CodeWork {
  readonly context: FlowContext;
  readonly text: string;
  /** It is written or shown, not run: nothing that it would do has happened. */
  readonly latent: boolean;
  place(start: number, end: number): Evidence;
  /** Commands that the code hands to a shell; returns what they put out. */
  runShell(text: string, at: Evidence): Content;
}

/** Passes over the code: a function may be defined below its use. */
const PASSES = 2;
const MAX_VARIABLES = 4_096;

/**
 * Follows secrets through the statements of Python, JavaScript and their like, by the names of
 * variables: no types, no branches, each statement as if it were reached. Returns what the code puts
 * out.
 */
export function runCode(work: CodeWork): Content {
  const statements = statementsOf(work.text);
  const variables = new Map<string, Content>();
  let output: Content = NOTHING;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const last = pass === PASSES - 1;
    let changed = false;
    for (const statement of statements) {
      const before = variables.size;
      const content = evaluate(work, statement, variables, last);
      if (last && PRINTS.test(statement.code)) output = joined(output, content);
      changed ||= variables.size !== before;
    }
    if (!changed && pass === 0 && variables.size === 0 && !last) {
      // Nothing is held by any variable: one pass shows all there is.
      for (const statement of statements) evaluate(work, statement, variables, true);
      return output;
    }
  }
  return output;
}

function evaluate(
  work: CodeWork,
  statement: Statement,
  variables: Map<string, Content>,
  last: boolean,
): Content {
  const at = work.place(statement.start, statement.end);
  const content = contentOf(work, statement, variables, at);
  const path = statement.strings.map(({ value }) => value);
  if (!isClean(content)) {
    for (const name of statement.targets) {
      if (variables.size < MAX_VARIABLES) {
        const held = {
          ...content,
          holds: content.holds.map((taint) => passed(taint, at, changeIn(statement.code))),
        };
        variables.set(name, joined(variables.get(name) ?? NOTHING, held));
      }
    }
    if (!work.latent && WRITES.test(statement.code) && content.holds.length > 0) {
      const file = path.find((value) => /[./]/.test(value) && !/\s/.test(value));
      if (file !== undefined) {
        work.context.state.writeFile(file, {
          holds: content.holds.map((taint) => passed(taint, at)),
          names: [],
          written: at,
        });
      }
    }
  }
  // A handle of a file that is written to stands for the file.
  if (OPENS_TO_WRITE.test(statement.text)) {
    const [file] = path;
    if (file !== undefined)
      for (const name of statement.targets) handles(variables).set(name, file);
  }
  const written = /^\s*(\w+)\.write(?:lines)?\(|\bdump\([^()]{0,200},\s*(\w+)\s*[,)]/.exec(
    statement.code,
  );
  const handle =
    written === null ? undefined : handles(variables).get(written[1] ?? written[2] ?? "");
  if (handle !== undefined && !work.latent && content.holds.length > 0) {
    work.context.state.writeFile(handle, { holds: content.holds, names: [], written: at });
  }
  if (last) sink(work, statement, variables, content, at);
  return content;
}

const HANDLES = new WeakMap<Map<string, Content>, Map<string, string>>();

function handles(variables: Map<string, Content>): Map<string, string> {
  const known = HANDLES.get(variables);
  if (known !== undefined) return known;
  const fresh = new Map<string, string>();
  HANDLES.set(variables, fresh);
  return fresh;
}

/** What the expressions of a statement hold: by variables, files, the environment, commands. */
function contentOf(
  work: CodeWork,
  { code, text, strings, names: identifiers }: Statement,
  variables: ReadonlyMap<string, Content>,
  at: Evidence,
): Content {
  const holds: (readonly Taint[])[] = [];
  const names: (readonly Taint[])[] = [];
  const reads = READS.test(code);
  for (const name of identifiers) {
    const known = variables.get(name);
    if (known === undefined) continue;
    holds.push(known.holds);
    names.push(known.names);
    if (reads) holds.push(known.names);
  }
  for (const { value } of strings) {
    const sensitive = sensitivePath(value);
    if (sensitive !== undefined) {
      const taint = [taintOf({ ...sensitive, evidence: at })];
      (reads ? holds : names).push(taint);
    } else if (/169\.254\.169\.254|metadata\.google\.internal/.test(value)) {
      holds.push([taintOf({ what: "the cloud's metadata service", weight: 0.9, evidence: at })]);
    } else if (reads && value.length < 300 && !/\s/.test(value)) {
      const file = work.context.state.file(value);
      if (!isClean(file)) {
        holds.push(file.holds);
        names.push(file.names.map((taint) => passed(taint, at)));
      }
    }
    const hits = value.length >= 8 ? work.context.secrets.find(value) : [];
    if (hits.length > 0) holds.push(hits.map(({ taint }) => taint));
  }
  if (/environ|getenv|process\.env|ENV\[/.test(code)) {
    const secrets = [
      ...strings.map(({ value }) => value),
      ...[...code.matchAll(/process\.env\.(\w{3,60})/g)].map(([, name]) => name!),
    ].map(secretVariable);
    const found = secrets.filter((secret) => secret !== undefined);
    for (const secret of found) holds.push([taintOf({ ...secret, evidence: at })]);
    if (
      /(?:dict|str|dumps|items|stringify|repr|list)\(?\s{0,4}(?:os\.environ|process\.env)\s{0,4}[).]|environ\.(?:items|copy)\(/.test(
        code,
      )
    ) {
      holds.push([taintOf({ what: "the environment", weight: 0.75, evidence: at })]);
    }
  }
  if (SHELL_CALL.test(code) && strings.length > 0) {
    const line = strings.map(({ value }) => value).join(" ");
    if (parseShell(line).commands.length > 0) holds.push(work.runShell(line, at).holds);
  }
  void text;
  return { holds: union(...holds), names: union(...names) };
}

function sink(
  work: CodeWork,
  { code, strings, names: identifiers, text }: Statement,
  variables: ReadonlyMap<string, Content>,
  content: Content,
  at: Evidence,
): void {
  if (content.holds.length === 0) return;
  const kind = kindOf(code);
  const shellSink = SHELL_CALL.test(code) && SENDING.test(text);
  if (kind === undefined && !shellSink) return;
  const address = strings.map(({ value }) => hostOf(value)).find((host) => host !== undefined);
  const header = HEADER_ARGUMENT.exec(code);
  const outside = header === null ? code : code.replace(header[0], "");
  const held = identifiers.filter((name) => (variables.get(name)?.holds.length ?? 0) > 0);
  const inHeader =
    header !== null &&
    held.every((name) => header[0].includes(name)) &&
    !held.some((name) =>
      new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`).test(outside),
    ) &&
    !/environ|getenv|process\.env|open\(|read/.test(outside);
  leak(work.context, content.holds, {
    kind: kind ?? "network",
    evidence: at,
    host: address,
    position: inHeader ? "header" : "body",
    latent: work.latent,
  });
}

/** Whether code could send anything at all: most cannot, and need not be followed. */
export function mightSend(text: string): boolean {
  return kindOf(text) !== undefined || SHELL_CALL.test(text);
}

function kindOf(code: string): SinkKind | undefined {
  if (METRICS.test(code)) return "metrics";
  if (MAIL.test(code)) return "message";
  return NETWORK.test(code) ? "network" : undefined;
}

function changeIn(code: string): string | undefined {
  return /b64encode|btoa|toString\(.{0,3}base64|base64/.test(code)
    ? "base64"
    : /hexlify|\.hex\(|toString\(.{0,3}hex/.test(code)
      ? "hex"
      : /gzip|zlib|compress/.test(code)
        ? "gzip"
        : /\[::-1\]|reverse/.test(code)
          ? "reversed"
          : undefined;
}

const PRINTS = /\b(?:print|console\.log|sys\.stdout\.write|puts|echo)\b/;
const READS =
  /\b(?:open|read_text|read_bytes|readFile(?:Sync)?|createReadStream|load|loads|read|expanduser|read_csv|slurp|file_get_contents|glob|dotenv_values|load_dotenv|File|readlines|copy|copyfile|make_archive)\s{0,3}\(/;
const WRITES = /write_text|write_bytes|writeFile|\.write\(|\bdump\(|copyfile|copy\(|make_archive/;
const OPENS_TO_WRITE = /\bopen\([^()]{1,300},\s{0,4}(?:mode\s{0,2}=\s{0,2})?["'][wax]/;
const SHELL_CALL =
  /\b(?:subprocess|os\.system|popen|check_output|check_call|execSync|spawnSync|getoutput|child_process)\b|\b(?:exec|spawn|sh|run)\(/;
const SENDING = /\b(?:curl|wget|nc|ncat|scp|rsync|ssh|git commit|nslookup|dig|sendmail)\b/;
const NETWORK =
  /\b(?:requests|httpx|session|client|axios|http|https|aiohttp|got|superagent|urllib\.request|request|sess|s|c)\.(?:post|put|patch|get|request|urlopen|Request|send|delete)\s{0,3}\(|\bfetch\s{0,3}\(|\burlopen\s{0,3}\(|\.(?:sendall|sendto|connect_ex|storbinary|put_object|upload_file|upload_fileobj|upload_from_string|upload_blob)\s{0,3}\(|\b(?:gethostbyname|getaddrinfo|dns\.lookup|dns\.resolve\w{0,4}|sock(?:et)?\.send|ws\.send|sendBeacon|publish)\s{0,3}\(/;
const MAIL =
  /\b(?:sendmail|send_message|sendMail|send_email|chat_postMessage|postMessage|create_comment|create_issue|create_pull)\s{0,3}\(/;
const METRICS =
  /\b(?:wandb\.(?:log|init|config\.update)|mlflow\.(?:log_\w{2,12}|set_tag)|statsd\.\w{2,12}|add_scalar|add_text|put_metric_data|push_to_gateway|capture_message|set_tag|set_extra|put_log_events)\s{0,3}\(|\.(?:labels|gauge|incr|increment|histogram|timing)\s{0,3}\(/;
const HEADER_ARGUMENT =
  /\b(?:headers|auth|api_key|token|Authorization)["']?\s{0,3}[=:]\s{0,3}(?:\{[^{}]{0,400}\}|\([^()]{0,200}\)|[\w.[\]()"']{1,100})/;
