import type { ShellCommand, ShellWord } from "../../../actions/index.ts";
import { changeOf, operandsOf, optionOf, programOf } from "./commands.ts";
import { namedIn } from "./named-paths.ts";
import { secretVariable, sensitivePath } from "./sensitive.ts";
import { sendBy } from "./shell-sinks.ts";
import {
  contentOfFile,
  contentOfWord,
  filesNamed,
  merged,
  type Run,
  type ShellWork,
  type Step,
  standsIn,
} from "./shell-step.ts";
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

/** Follows values through a script's commands; returns what the script puts out. */
export function runShell(work: ShellWork): Content {
  const run = runOf(work);
  const { commands } = work.script;
  let output: Content = NOTHING;
  for (let at = 0; at < commands.length; at += 1) {
    const content = evaluate(run, at);
    const { feeds, inside } = commands[at]!;
    if (feeds === undefined && inside !== "substitution") output = merged(output, content);
  }
  return output;
}

const MAX_DEPTH = 32;
/** Substitutions of one command that are told apart by its words. */
const MAX_FEEDERS = 64;

function runOf(work: ShellWork): Run {
  const feeders: number[][] = work.script.commands.map(() => []);
  for (const [at, { feeds }] of work.script.commands.entries()) {
    if (feeds !== undefined && feeds !== at) feeders[feeds]?.push(at);
  }
  return { work, state: work.context.state, outputs: [], feeders };
}

function evaluate(run: Run, at: number, depth = 0): Content {
  const known = run.outputs[at];
  if (known !== undefined) return known;
  run.outputs[at] = NOTHING;
  if (depth > MAX_DEPTH) return NOTHING;
  const command = run.work.script.commands[at]!;
  let input: Content = NOTHING;
  for (const feeder of run.feeders[at]!) {
    const content = evaluate(run, feeder, depth + 1);
    if (!standsIn(run.work.script.commands[feeder]!, command)) input = merged(input, content);
  }
  const given = merged(redirectedInput(run, command), listedInput(run, command));
  const step = stepOf(run, at, command, merged(input, given));
  const output = carryOut(step);
  run.outputs[at] = output;
  return output;
}

function stepOf(run: Run, at: number, command: ShellCommand, input: Content): Step {
  const { commands } = run.work.script;
  const evidence = run.work.place(command.start, command.end);
  const within = run.feeders[at]!.slice(0, MAX_FEEDERS).filter((feeder) =>
    standsIn(commands[feeder]!, command),
  );
  const fileOf = (word: ShellWord, value?: string) => contentOfFile(step, word, value);
  const step: Step = {
    run,
    command,
    evidence,
    input,
    word: (word) => {
      const inner = within.filter((feeder) => standsIn(commands[feeder]!, word));
      return contentOfWord(
        run,
        word,
        inner.map((feeder) => run.outputs[feeder] ?? NOTHING),
      );
    },
    fileOf,
  };
  return step;
}

function carryOut(step: Step): Content {
  const { command, run } = step;
  const { state } = run;
  for (const { name, value } of command.assignments) {
    const content = step.word(value);
    state.setVariable(name, { ...content, written: step.evidence });
    run.work.assigns(name, content.text, step.evidence);
  }
  const asXargs = command.prefixes.includes("xargs");
  run.work.meets(step);
  sendBy(step, asXargs);
  const output = carried(outputOf(step, asXargs), step);
  keepFiles(step, output);
  for (const { operator, target } of command.redirects) {
    if (!operator.includes(">") || /^(?:\d+|-)$/.test(target.value)) continue;
    const { text: path } = step.word(target);
    if (path.startsWith("/dev/")) continue;
    const before = operator.includes(">>") ? state.file(path) : NOTHING;
    const text =
      output.text === undefined || (before !== NOTHING && before.text === undefined)
        ? undefined
        : (before.text ?? "") + output.text;
    state.writeFile(path, { ...joined(before, output), text, written: step.evidence });
  }
  return output;
}

/** What a command puts out, by what it is and what reaches it. */
function outputOf(step: Step, asXargs: boolean): Content {
  const { command, run } = step;
  const words = command.words.slice(1);
  if (command.name === "") return step.input;
  const own = sourceCommand(step);
  if (own !== undefined) return own;
  if (command.name === "cd" || command.name === "pushd") {
    const [target] = operandsOf(command);
    if (target !== undefined) run.state.setFolder(step.word(target).text);
    return NOTHING;
  }
  if (command.name === "read" || command.name === "mapfile" || command.name === "readarray") {
    const content = merged(step.input, pipedInto(run, command));
    for (const word of operandsOf(command))
      run.state.setVariable(word.value, { ...content, text: undefined });
    return NOTHING;
  }
  if (command.name === "for") {
    const [variable, , ...items] = words;
    if (variable !== undefined) {
      run.state.setVariable(variable.value, joined(...items.map((item) => step.word(item))));
    }
    return NOTHING;
  }
  if (command.name === "source" || command.name === ".") {
    const [file] = operandsOf(command);
    return file === undefined ? NOTHING : run.work.runFile(step.word(file).text, step.evidence);
  }
  switch (programOf(command)) {
    case "prints": {
      const parts = words
        .filter(({ value }) => !/^-[neE]+$/.test(value))
        .map((word) => step.word(word));
      const known = parts.every(({ text }) => !/[$`]/.test(text));
      const text = known
        ? `${parts
            .map(({ text }) => text)
            .join(" ")
            .replaceAll("\\n", "\n")}\n`
        : undefined;
      return { ...joined(...parts, namedIn(text ?? "", step.evidence)), text };
    }
    case "lists":
      return { holds: [], names: union(...words.map((word) => step.word(word).names)) };
    case "keeps":
      return NOTHING;
    case "reads": {
      const files = operandsOf(command).map((word) => step.fileOf(word));
      const listed = asXargs ? [filesNamed(step, step.input, command.words[0]!)] : [step.input];
      const one =
        command.name === "cat" && files.length + listed.length > 0
          ? onlyText([...files, ...listed])
          : undefined;
      return { ...joined(...files, ...listed), text: one };
    }
    default: {
      const given = words.map((word) => step.word(word));
      return { holds: union(step.input.holds, ...given.map(({ holds }) => holds)), names: [] };
    }
  }
}

/** Marks what goes through with the step and how the program changes it. */
function carried(content: Content, { command, evidence }: Step): Content {
  if (content.holds.length === 0 && content.names.length === 0) return content;
  const via = changeOf(command);
  return {
    ...content,
    text: via === undefined ? content.text : undefined,
    holds: content.holds.map((taint) => passed(taint, evidence, via)),
    names: content.names.map((taint) => passed(taint, evidence)),
  };
}

/** Programs that write what they read into files that they name themselves. */
function keepFiles(step: Step, output: Content): void {
  const { command, run } = step;
  const files = operandsOf(command);
  const put = (word: ShellWord | undefined, content: Content, strip = "") => {
    if (word === undefined) return;
    const path = step.word(word).text.replace(strip, "");
    run.state.writeFile(path, { ...content, written: step.evidence });
  };
  switch (command.name) {
    case "cp":
    case "mv":
    case "install":
    case "ln": {
      const target = files.at(-1);
      if (target === undefined || files.length < 2) return;
      const content = joined(...files.slice(0, -1).map((file) => step.fileOf(file)));
      const first = run.state.file(step.word(files[0]!).text);
      put(target, { ...carried(content, step), text: files.length === 2 ? first.text : undefined });
      if (command.name === "mv")
        for (const file of files.slice(0, -1)) run.state.removeFile(step.word(file).text);
      return;
    }
    case "tee":
      for (const file of files) put(file, { ...output, text: step.input.text });
      return;
    case "tar": {
      const bundle = files.find(({ value }) => /\.(?:tar|t?gz|tgz|bz2|xz|zst)$/.test(value));
      if (/x/.test(command.words[1]?.value ?? "")) return;
      put(bundle ?? optionOf(command, "-f", "--file"), output);
      return;
    }
    case "zip":
      put(files[0], output);
      return;
    case "split":
      put(
        { ...(files[1] ?? files[0]!), value: `${files[1]?.value ?? "x"}aa` } as ShellWord,
        output,
      );
      return;
    case "gzip":
    case "bzip2":
    case "xz":
      for (const file of files) {
        const path = step.word(file).text;
        run.state.writeFile(
          `${path}.${command.name === "gzip" ? "gz" : command.name.slice(0, 3)}`,
          output,
        );
      }
      return;
    case "dd": {
      const to = command.words.find(({ value }) => value.startsWith("of="));
      put(to, output, "of=");
      return;
    }
    default: {
      const to = optionOf(command, "-o", "-out", "--output", "-O");
      if (to !== undefined && output.holds.length > 0 && programOf(command) === "reads") {
        put(to, output, /^--output=/.exec(to.value)?.[0]);
      }
    }
  }
}

/** Commands that put out secrets by themselves. */
function sourceCommand({ command, evidence }: Step): Content | undefined {
  const line = command.words.map(({ value }) => value).join(" ");
  const from = (what: string, weight: number): Content => ({
    holds: [taintOf({ what, weight, evidence })],
    names: [],
  });
  if ((command.name === "env" || command.name === "printenv") && command.words.length === 1) {
    return from("the environment", 0.75);
  }
  if (command.name === "printenv") {
    const secret = secretVariable(command.words[1]?.value ?? "");
    return secret === undefined ? undefined : from(secret.what, secret.weight);
  }
  if (/^(?:curl|wget|http)$/.test(command.name)) {
    const metadata = command.words.find(({ value }) =>
      /169\.254\.169\.254|metadata\.google\.internal/.test(value),
    );
    return metadata === undefined ? undefined : from("the cloud's metadata service", 0.9);
  }
  const teller = TELLERS.find(([pattern]) => pattern.test(line.slice(0, 400)));
  return teller === undefined ? undefined : from(teller[1], 0.9);
}

const TELLERS: readonly (readonly [RegExp, string])[] = [
  [/^aws configure get aws_(?:secret|session)/, "the AWS credentials"],
  [
    /^aws (?:secretsmanager get-secret-value|ssm get-parameters? .{0,200}--with-decryption)/,
    "a secret of AWS",
  ],
  [/^gcloud auth (?:application-default )?print-(?:access|identity)-token/, "a token of gcloud"],
  [/^gh auth token/, "the token of gh"],
  [/^security find-(?:generic|internet)-password/, "the keychain"],
  [/^kubectl (?:.{0,100} )?get secrets?\b/, "a secret of Kubernetes"],
  [/^vault (?:kv get|read)\b/, "a secret of Vault"],
  [/^(?:pass show|op read|bw get)\b/, "a password manager"],
  [/^git credential fill/, "the credentials of git"],
];

function redirectedInput(run: Run, command: ShellCommand): Content {
  let content: Content = NOTHING;
  const at = run.work.place(command.start, command.end);
  for (const { operator, target } of command.redirects) {
    if (operator !== "<") continue;
    const sensitive = sensitivePath(target.value);
    const own: Content =
      sensitive === undefined
        ? NOTHING
        : { holds: [taintOf({ ...sensitive, evidence: at })], names: [] };
    const file = run.state.file(target.value);
    const read = isClean(file)
      ? file
      : { ...file, names: file.names.map((taint) => passed(taint, at)) };
    content = merged(content, merged(read, own));
  }
  if (command.input !== undefined) {
    const hits = run.work.context.secrets.find(command.input.text);
    const { names } = namedIn(command.input.text, at);
    const expanded = command.input.expands ? variablesIn(run, command.input.text) : [];
    content = merged(content, {
      holds: union(
        hits.map(({ taint }) => taint),
        ...expanded,
      ),
      names,
      text: command.input.text,
    });
  }
  return content;
}

/** The list that `xargs -a` takes its arguments from. */
function listedInput(run: Run, command: ShellCommand): Content {
  if (!command.prefixes.includes("xargs")) return NOTHING;
  const before = run.work.script.text.slice(command.start, command.words[0]?.start ?? command.end);
  const list = /\s(?:-a\s{0,4}|--arg-file[= ])([^\s'"]{1,200})/.exec(before)?.[1];
  if (list === undefined) return NOTHING;
  const file = run.state.file(list);
  const at = run.work.place(command.start, command.end);
  return { ...file, names: file.names.map((taint) => passed(taint, at)) };
}

function variablesIn(run: Run, text: string): readonly (readonly Taint[])[] {
  const found: (readonly Taint[])[] = [];
  for (const match of text.slice(0, 20_000).matchAll(/\$\{?([A-Za-z_]\w{0,60})/g)) {
    const known = run.state.variable(match[1]!);
    if (known !== undefined && known.holds.length > 0) found.push(known.holds);
  }
  return found;
}

/** What a loop's `done < file` gives to the `read` within it. */
function pipedInto(run: Run, command: ShellCommand): Content {
  const target = command.feeds === undefined ? undefined : run.work.script.commands[command.feeds];
  return target?.name === "" ? redirectedInput(run, target) : NOTHING;
}

function onlyText(contents: readonly Content[]): string | undefined {
  const known = contents.filter((content) => content !== NOTHING);
  return known.length === 1 ? known[0]!.text : undefined;
}
