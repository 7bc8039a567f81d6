import type { ShellCommand } from "./shell.ts";
import { readCommand, readDocuments, readRedirects, type Sink } from "./shell-command.ts";
import { readWord, type Scan, skipArithmetic, skipBlanks } from "./shell-scan.ts";

/** Deeper blocks are not told apart: no script of a person or an agent has them. */
const MAX_BLOCKS = 100;
/** What follows is left out: a text made of nothing but tiny commands is no script. */
const MAX_COMMANDS = 5000;

/**
 * Reads commands from the place to the end, or to behind the mark that closes a substitution, into
 * the sink. What a substitution puts out goes to the command that it stands in.
 */
export function readList(scan: Scan, sink: Sink, close: "" | ")" | "`"): void {
  const { owner } = sink;
  const { end } = scan;
  const first = sink.commands.length;
  sink.owner = undefined;
  if (close === "`") scan.end = backquote(scan);
  readBlocks(scan, sink, close === "" ? "" : "substitution");
  if (close !== "") {
    if (scan.at >= end) scan.broken = true;
    scan.end = end;
    scan.at = Math.min(scan.at + 1, end);
  }
  sink.owner = owner;
  if (owner !== undefined) feed(sink, first, sink.commands.length, owner);
}

/** A list of commands: the script itself, or what stands between `then` and `fi`, `(` and `)`. */
interface Block {
  readonly closer: string;
  readonly inside: ShellCommand["inside"];
  after: ShellCommand["after"];
  /** Where the and-or list and the last element of its pipeline begin among the commands. */
  list: number;
  element: number;
  /** What goes by pipe to the next command: begin and end among the commands. */
  piped: readonly [number, number] | undefined;
  /** Of a `case`: a pattern comes next. */
  pattern: boolean;
}

/** A list at work. */
interface Work {
  readonly scan: Scan;
  readonly sink: Sink;
  readonly blocks: Block[];
  /** The next block is a function's body. */
  function: boolean;
}

const KEYWORD =
  /(?:if|then|elif|else|fi|for|select|while|until|do|done|case|esac|function|\{|\}|!)(?=[\s;&|<>()]|$)/y;
const OPERATOR = /;;&|;;|;&|&&|\|\||\|&|[\n;|()]|&(?!>)/y;
const FUNCTION = /[\w.:-]{1,200}[ \t]*\([ \t]*\)/y;

/** Stops at a `)` that closes none of the list's own blocks. */
function readBlocks(scan: Scan, sink: Sink, inside: ShellCommand["inside"]): void {
  const work: Work = { scan, sink, blocks: [], function: false };
  open(work, "", inside);
  while (scan.at < scan.end) {
    skipBlanks(scan);
    if (scan.at >= scan.end) break;
    if (sink.commands.length >= MAX_COMMANDS) {
      scan.broken = true;
      scan.at = scan.end;
      break;
    }
    const block = work.blocks.at(-1)!;
    if (block.pattern && scan.text[scan.at] !== "\n") {
      readPattern(work, block);
      continue;
    }
    const operator = match(scan, OPERATOR);
    if (operator === ")" && block.closer !== ")") {
      if (inside === "substitution" && !work.blocks.some(({ closer }) => closer === ")")) break;
      scan.broken = true;
      scan.at++;
    } else if (operator !== undefined) {
      readOperator(work, block, operator);
    } else {
      readItem(work, block);
    }
  }
  if (work.blocks.length > 1) scan.broken = true;
}

function readOperator(work: Work, block: Block, operator: string): void {
  const { scan, sink } = work;
  const now = sink.commands.length;
  scan.at += operator.length;
  switch (operator) {
    case "\n":
      readDocuments(scan, sink);
      // A line goes on behind an operator.
      if (now > block.element || block.after === "") separate(block, now, ";");
      return;
    case "(":
      if (scan.text[scan.at] === "(") {
        scan.at++;
        skipArithmetic(scan);
      } else {
        open(work, ")", work.function ? "function" : "subshell");
      }
      return;
    case ")":
      shut(work);
      return;
    case ";;":
    case ";&":
    case ";;&":
      separate(block, now, ";");
      if (block.closer === "esac") block.pattern = true;
      return;
    case "|":
    case "|&":
      block.piped = [block.element, now];
      block.element = now;
      block.after = "|";
      return;
    case "&":
      for (let index = block.list; index < now; index++) sink.commands[index]!.background = true;
      separate(block, now, "&");
      return;
    case "&&":
    case "||":
      block.element = now;
      block.piped = undefined;
      block.after = operator;
      return;
    default:
      separate(block, now, ";");
  }
}

function separate(block: Block, now: number, after: Block["after"]): void {
  const isFirst = block.after === "" && now === block.list;
  block.list = now;
  block.element = now;
  block.piped = undefined;
  if (!isFirst) block.after = after;
}

/** A keyword, a function's name or a simple command. */
function readItem(work: Work, block: Block): void {
  const { scan } = work;
  const keyword = match(scan, KEYWORD);
  if (keyword !== undefined) {
    readKeyword(work, block, keyword);
    return;
  }
  const name = match(scan, FUNCTION);
  if (name !== undefined) {
    scan.at += name.length;
    work.function = true;
    return;
  }
  const at = scan.at;
  readNext(work, block);
  if (scan.at === at) {
    scan.broken = true;
    scan.at++;
  }
}

function readKeyword(work: Work, block: Block, keyword: string): void {
  const { scan } = work;
  if (keyword === "for" || keyword === "select") {
    open(work, "done", "loop");
    readNext(work, work.blocks.at(-1)!);
    if (scan.text.startsWith("((", scan.at)) {
      scan.at += 2;
      skipArithmetic(scan);
    }
    return;
  }
  scan.at += keyword.length;
  switch (keyword) {
    case "if":
      open(work, "fi", "condition");
      return;
    case "while":
    case "until":
      open(work, "done", "loop");
      return;
    case "{":
      open(work, "}", work.function ? "function" : block.inside);
      return;
    case "case":
      skipBlanks(scan);
      readWord(scan);
      open(work, "esac", "condition");
      skipLines(scan);
      if (scan.text.startsWith("in", scan.at)) scan.at += 2;
      work.blocks.at(-1)!.pattern = true;
      return;
    case "function":
      skipBlanks(scan);
      readWord(scan);
      work.function = true;
      skipBlanks(scan);
      if (scan.text.startsWith("()", scan.at)) scan.at += 2;
      return;
    case "fi":
    case "done":
    case "esac":
    case "}":
      if (block.closer === keyword) shut(work);
      else scan.broken = true;
      return;
    default:
      // then, elif, else, do begin a list anew; `!` changes nothing.
      if (keyword !== "!") restart(block, work.sink.commands.length);
  }
}

function readNext(work: Work, block: Block): void {
  const { sink, scan } = work;
  const index = sink.commands.length;
  const { after, inside } = block;
  if (readCommand(scan, sink, { after, inside })) deliver(block, sink, index);
}

/** What waits in a pipe goes to this command. */
function deliver(block: Block, sink: Sink, index: number): void {
  if (block.piped !== undefined) feed(sink, ...block.piped, index);
  block.piped = undefined;
}

function feed(sink: Sink, from: number, to: number, target: number): void {
  for (let index = from; index < to; index++) sink.commands[index]!.feeds ??= target;
}

function open(work: Work, closer: string, inside: ShellCommand["inside"]): void {
  const now = work.sink.commands.length;
  const outer = work.blocks.at(-1);
  work.function = false;
  if (work.blocks.length > MAX_BLOCKS) {
    work.scan.broken = true;
    return;
  }
  work.blocks.push({
    closer,
    inside,
    after: "",
    list: now,
    element: now,
    piped: outer?.piped,
    pattern: false,
  });
  if (outer !== undefined) outer.piped = undefined;
}

function shut(work: Work): void {
  const { scan, sink, blocks } = work;
  blocks.pop();
  const block = blocks.at(-1)!;
  const index = sink.commands.length;
  const { element } = block;
  const { inside } = block;
  if (readRedirects(scan, sink, { after: "", inside })) feed(sink, element, index, index);
}

function restart(block: Block, now: number): void {
  block.after = "";
  block.list = now;
  block.element = now;
}

/** The patterns of a `case`, up to their `)`. */
function readPattern(work: Work, block: Block): void {
  const { scan } = work;
  block.pattern = false;
  if (match(scan, KEYWORD) === "esac") return;
  if (scan.text[scan.at] === "(") scan.at++;
  while (scan.at < scan.end && scan.text[scan.at] !== ")") {
    const at = scan.at;
    skipBlanks(scan);
    readWord(scan);
    if (scan.at === at) scan.at++;
  }
  if (scan.at >= scan.end) scan.broken = true;
  scan.at = Math.min(scan.at + 1, scan.end);
  restart(block, work.sink.commands.length);
}

function skipLines(scan: Scan): void {
  skipBlanks(scan);
  while (scan.at < scan.end && scan.text[scan.at] === "\n") {
    scan.at++;
    skipBlanks(scan);
  }
}

/** Offset of the backquote that closes a substitution, or the end. */
function backquote(scan: Scan): number {
  for (let at = scan.at; at < scan.end; at++) {
    const char = scan.text[at];
    if (char === "\\") at++;
    else if (char === "`") return at;
  }
  return scan.end;
}

function match(scan: Scan, pattern: RegExp): string | undefined {
  pattern.lastIndex = scan.at;
  const found = pattern.exec(scan.text)?.[0];
  return found === undefined || scan.at + found.length > scan.end ? undefined : found;
}
