import type { ShellWord } from "../../../actions/index.ts";
import {
  INTERPRETERS,
  MAILERS,
  operandsOf,
  optionOf,
  RESOLVERS,
  SENDERS,
  SHELLS,
} from "./commands.ts";
import { sensitivePath } from "./sensitive.ts";
import type { Step } from "./shell-step.ts";
import { hostOf, leak, type Position, type Sink, type SinkKind } from "./sinks.ts";
import { type Content, joined, type Taint, taintOf, union } from "./taint.ts";

/** Reports what a command sends, commits or mails, and follows what it runs. */
export function sendBy(step: Step, asXargs: boolean): void {
  const { command, run } = step;
  const { name } = command;
  if (name === "git") commits(step);
  else if (name === "gh" || name === "glab" || name === "hub") posts(step);
  else if (MAILERS.has(name)) {
    send(step, { kind: "message", contents: [step.input, ...everything(step)] });
  } else if (name === "logger")
    send(step, { kind: "metrics", contents: [step.input, ...everything(step)] });
  else if (
    name === "curl" ||
    name === "wget" ||
    name === "http" ||
    name === "https" ||
    name === "xh"
  ) {
    request(step, asXargs);
  } else if (SENDERS.has(name)) sends(step);
  else if (name === "crontab" || name === "at") planted(step);
  else if (SHELLS.has(name) || INTERPRETERS.test(name)) {
    const [file] = operandsOf(command);
    const inline = command.words.some(({ value }) => /^-\w*[ce]$/.test(value));
    if (file !== undefined && !inline) run.work.runFile(step.word(file).text, step.evidence);
    if (file !== undefined && inline) {
      run.work.runInline?.(name, step.word(file).text, step.evidence);
    }
  } else if (command.words[0]?.value.includes("/")) {
    run.work.runFile(step.word(command.words[0]).text, step.evidence);
  }
  for (const { operator, target } of command.redirects) {
    const host = /^\/dev\/(?:tcp|udp)\/([^/]+)/.exec(target.value)?.[1];
    if (host !== undefined && operator.includes(">")) {
      send(step, { kind: "network", contents: [step.input, ...everything(step)], host });
    }
  }
}

interface Sending {
  readonly kind: SinkKind;
  readonly contents: readonly Content[];
  readonly host?: string | undefined;
  readonly position?: Position;
}

function send(step: Step, { kind, contents, host, position = "body" }: Sending): void {
  const sink: Sink = { kind, evidence: step.evidence, host, position };
  const { secrets } = step.run.work.context;
  const literal: Taint[] = [];
  for (const { text } of contents) {
    if (text !== undefined) for (const { taint } of secrets.find(text)) literal.push(taint);
  }
  leak(step.run.work.context, union(...contents.map(({ holds }) => holds), literal), sink);
}

function request(step: Step, asXargs: boolean): void {
  const { command } = step;
  const bodies: Content[] = [];
  const headers: Content[] = [];
  const addresses: (Content & { readonly text: string })[] = [];
  for (let at = 1; at < command.words.length; at += 1) {
    const option = command.words[at]!;
    const next = command.words[at + 1];
    if (SKIPPED.test(option.value) && !(option.value === "-O" && command.name === "curl")) at += 1;
    else if (FILE.test(option.value) && next !== undefined) {
      bodies.push(step.fileOf(next));
      at += 1;
    } else if (BODY.test(option.value) && next !== undefined) {
      bodies.push(body(step, next, next.value));
      at += 1;
    } else if (HEADER.test(option.value) && next !== undefined) {
      const given = step.word(next);
      (option.value === "-u" || CREDENTIAL.test(given.text) ? headers : bodies).push(given);
      at += 1;
    } else if (/^--[\w-]+=/.test(option.value)) {
      const value = option.value.slice(option.value.indexOf("=") + 1);
      if (/^--(?:data|post|body|form|upload|json)/.test(option.value)) {
        bodies.push(
          /^--(?:post-file|body-file|upload-file)/.test(option.value)
            ? step.fileOf(option, value)
            : body(step, option, value),
        );
      } else if (/^--header/.test(option.value)) headers.push(step.word(option));
    } else if (/^-[dFT]./.test(option.value)) {
      bodies.push(body(step, option, option.value.slice(2)));
    } else if (!option.value.startsWith("-")) {
      if (
        hostOf(option.value) === undefined &&
        /[=:]@?/.test(option.value) &&
        command.name.startsWith("http")
      ) {
        bodies.push(body(step, option, option.value));
      } else addresses.push(step.word(option));
    }
  }
  const url = addresses.find(({ text }) => hostOf(text) !== undefined);
  const host = url === undefined ? undefined : hostOf(url.text);
  if (asXargs) bodies.push(...named(step, step.input));
  const takesInput = command.words.some(({ value }) =>
    /^@?-$|^[\w-]+=@-$|@\/dev\/stdin/.test(value),
  );
  if (takesInput || command.name !== "curl") bodies.push(step.input);
  send(step, { kind: "network", contents: bodies, host });
  send(step, { kind: "network", contents: addresses, host, position: "address" });
  send(step, { kind: "network", contents: headers, host, position: "header" });
}

/** The body that an argument gives: itself, or the file behind its `@`. */
function body(step: Step, word: ShellWord, value: string): Content {
  const content = step.word(word);
  const file = /^(?:[\w.[\]-]{1,60}=)?[@<](.+)$/.exec(value)?.[1];
  if (file === undefined || file === "-") return { ...content, names: [] };
  const path =
    /^["']?(.+?)["']?(?:;|$)/.exec(
      content.text
        .replace(/^-[dFT]|^--[\w-]+=/, "")
        .replace(/^[\w.[\]-]{1,60}=(?=[@<])/, "")
        .replace(/^[@<]/, ""),
    )?.[1] ?? file;
  return joined(content, step.fileOf(word, path), ofPath(step, word, path));
}

function ofPath(step: Step, word: ShellWord, path: string): Content {
  const sensitive = sensitivePath(path);
  if (sensitive === undefined) return { holds: [], names: [] };
  const evidence = step.run.work.place(word.start, word.end);
  return { holds: [taintOf({ ...sensitive, evidence })], names: [] };
}

function sends(step: Step): void {
  const { command } = step;
  const words = operandsOf(command);
  const texts = words.map((word) => step.word(word));
  const target = texts.find(
    ({ text }) => hostOf(text) !== undefined || /^(?:s3|gs|az):\/\//.test(text),
  );
  const host = target === undefined ? undefined : (hostOf(target.text) ?? target.text);
  const asName = RESOLVERS.has(command.name);
  const copies =
    /^(?:scp|rsync|sftp|aws|gsutil|rclone|azcopy|mc|s3cmd|gcloud|az|wormhole|croc|pastebinit|twine)$/.test(
      command.name,
    );
  // Copying from there to here sends nothing.
  const last = texts.at(-1);
  const upload =
    !copies ||
    target === undefined ||
    target === last ||
    !/^(?:scp|rsync|aws|gsutil)$/.test(command.name);
  if (!upload) return;
  const files = copies
    ? words.filter((_, at) => texts[at] !== target).map((word) => step.fileOf(word))
    : [];
  const metrics = /metric|put-log/.test(
    command.words
      .map(({ value }) => value)
      .join(" ")
      .slice(0, 200),
  );
  const contents = [step.input, ...files, ...texts.map((content) => ({ ...content, names: [] }))];
  send(step, {
    kind: metrics ? "metrics" : "network",
    contents,
    host: asName ? undefined : host,
    position: asName ? "address" : "body",
  });
}

function commits(step: Step): void {
  const { command, run } = step;
  const at = command.words.findIndex(({ value }, index) => index > 0 && !value.startsWith("-"));
  const verb = command.words[at]?.value;
  const rest = command.words.slice(at + 1);
  if (verb === "add" || verb === "stage") {
    const files = rest.filter(({ value }) => !value.startsWith("-"));
    const added = joined(run.state.staged, ...files.map((word) => step.fileOf(word)));
    run.state.stage(added);
    return;
  }
  if (verb !== "commit" && verb !== "tag" && verb !== "notes") return;
  const contents: Content[] = [verb === "commit" ? run.state.staged : { holds: [], names: [] }];
  for (const [index, word] of rest.entries()) {
    const previous = rest[index - 1]?.value ?? "";
    if (/^(?:-F|--file)$/.test(previous)) {
      contents.push(word.value === "-" ? step.input : step.fileOf(word));
    } else if (word.value.startsWith("--file=")) {
      contents.push(
        step.fileOf(word, step.word(word).text.slice("--file=".length)),
        ofPath(step, word, word.value.slice(7)),
      );
    } else if (/^-F./.test(word.value))
      contents.push(step.fileOf(word, step.word(word).text.slice(2)));
    else contents.push({ ...step.word(word), names: [] });
  }
  send(step, { kind: "commit", contents });
  if (verb === "commit") run.state.stage({ holds: [], names: [] });
}

/** Pull requests, issues, comments and gists. */
function posts(step: Step): void {
  const { command } = step;
  if (!/^(?:pr|issue|gist|release|mr|snippet|api)$/.test(command.words[1]?.value ?? "")) return;
  const file = optionOf(command, "--body-file", "--notes-file", "-F", "--input");
  const gist = command.words[1]?.value === "gist";
  const files = gist
    ? operandsOf(command)
        .slice(2)
        .map((word) => step.fileOf(word))
    : [];
  if (file !== undefined)
    files.push(
      file.value === "-" ? step.input : step.fileOf(file, file.value.replace(/^--[\w-]+=/, "")),
    );
  const contents = [...everything(step), ...files, gist ? step.input : { holds: [], names: [] }];
  send(step, { kind: gist ? "network" : "message", contents });
}

/** A schedule is given to the system: what it runs is run from now on. */
function planted(step: Step): void {
  const { run, command, input } = step;
  const [file] = operandsOf(command);
  const text =
    input.text ??
    (file === undefined || file.value === "-"
      ? undefined
      : run.state.file(step.word(file).text).text);
  for (const match of (text ?? "")
    .slice(0, 20_000)
    .matchAll(/(?:^|\s)((?:[~./]|\w)[\w./~-]{2,200}\.(?:sh|py|js|pl|rb))\b/g)) {
    run.work.runFile(match[1]!, step.evidence);
  }
}

function everything(step: Step): readonly Content[] {
  return step.command.words.slice(1).map((word) => ({ ...step.word(word), names: [] }));
}

function named(step: Step, content: Content): readonly Content[] {
  const [program] = step.command.words;
  if (program === undefined || content.names.length === 0) return [content];
  return [{ holds: union(content.holds, content.names), names: [] }];
}

/** Headers in which credentials are meant to stand. */
const CREDENTIAL =
  /^(?:[\w.-]{1,60}:(?! )|(?:proxy-)?authorization|x-api-key|api-?key|[\w-]{0,40}token|x-auth[\w-]{0,30}|cookie|apikey)\b|^Bearer\b/i;
const SKIPPED =
  /^(?:-o|-O|-X|--request|-m|--max-time|--connect-timeout|-A|--user-agent|-e|--referer|-w|--write-out|--retry|-x|--proxy|-P|--output|--output-document|--cacert|--cert|-E|--key|-t|--tries|--timeout|-c|--cookie-jar|--resolve|--ca-certificate|--private-key|--certificate)$/;
const FILE = /^(?:-T|--upload-file|--post-file|--body-file)$/;
const BODY =
  /^(?:-d|--data|--data-binary|--data-raw|--data-urlencode|--data-ascii|--json|-F|--form|--form-string|--post-data|--body-data|-b|--cookie)$/;
const HEADER = /^(?:-H|--header|-u|--user|--oauth2-bearer)$/;
