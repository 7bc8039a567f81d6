import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collectEvents, isProblem, openFileSource, readTranscripts } from "../src/formats/index.ts";
import {
  type Monitor,
  ruleAnchors,
  ruleExpressions,
  type Subject,
  subjectOf,
} from "../src/monitors/index.ts";
import { embeddedEnsemble, findFiles, scanFile, watchWith } from "../src/oversight/index.ts";
import type { TranscriptEvent } from "../src/record/index.ts";
import { median, quantile } from "../src/stats/index.ts";

/** A rate of reading or watching, per CPU second of one core. */
interface Rate {
  readonly name: string;
  readonly megabytes: number;
  readonly events: number;
  readonly cpuSeconds: number;
}

interface Session {
  readonly subject: Subject;
  readonly events: readonly TranscriptEvent[];
}

const [WARM, ROUNDS] = [4, 7];
const data = fileURLToPath(new URL("../../shared/data/transcripts/", import.meta.url));
const REAL = ["swe-agent-traj", "claude-code", "tau-bench", "swe-bench-agent-logs-dgm/*.md"];

/**
 * Prints what reading and watching cost: MB and events a CPU second of one core, each monitor by
 * itself on events in memory, beside ripgrep looking for the rules' own patterns in the same text; what
 * the ensemble adds to a tool call; and how the cost grows with the corpus (to 1 GB with
 * GLASSHOUSE_FULL=1).
 */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "glasshouse-bench-"));
  try {
    const files = existsSync(data)
      ? await findFiles(REAL.map((path) => join(data, path)))
      : [await madeUp(folder)];
    console.log(
      existsSync(data)
        ? `${files.length} real files of coding and service agents`
        : "../shared/data/transcripts is not there: made-up sessions",
    );
    const { sessions, reading } = await readAll(files);
    const text = sessions.flatMap(({ events }) => events.map(textOf));
    const megabytes = text.reduce((sum, part) => sum + Buffer.byteLength(part), 0) / 1e6;
    const events = text.length;
    print("Reading", reading);
    const { monitors } = embeddedEnsemble();
    const rates = [];
    for (const monitor of monitors) rates.push(watchAll(monitor, sessions, megabytes, events));
    print(
      `Watching, events in memory: ${megabytes.toFixed(1)} MB of text, median of ${ROUNDS} rounds after ${WARM} to warm up, each on a fresh clone`,
      rates,
    );
    await besideRipgrep(folder, text, megabytes, events);
    perCall(sessions);
    await growth(folder, files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readAll(files: readonly string[]) {
  const sessions: Session[] = [];
  const before = process.cpuUsage();
  let bytes = 0;
  for (const path of files) {
    const source = await openFileSource(path);
    bytes += source.size;
    for await (const item of readTranscripts(source))
      if (!isProblem(item))
        sessions.push({ subject: subjectOf(item), events: await collectEvents(item) });
    await source.close();
  }
  const cpuSeconds = secondsSince(before);
  const events = sessions.reduce((sum, session) => sum + session.events.length, 0);
  const parse = process.cpuUsage();
  for (const path of files) parseOnly(readFileSync(path, "utf8"));
  const floor = secondsSince(parse);
  const megabytes = bytes / 1e6;
  return {
    sessions,
    reading: [
      { name: "into events", megabytes, events, cpuSeconds },
      { name: "JSON.parse alone", megabytes, events, cpuSeconds: floor },
    ],
  };
}

/** What any reader has to do at least. */
function parseOnly(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    for (const line of text.split("\n")) {
      try {
        JSON.parse(line);
      } catch {
        // Not JSON: nothing to compare with.
      }
    }
  }
}

function watchAll(
  monitor: Monitor,
  sessions: readonly Session[],
  megabytes: number,
  events: number,
): Rate {
  const rounds = Array.from({ length: WARM + ROUNDS }, () => {
    // What was parsed for one round must not be at hand in the next: events are made anew.
    const fresh = structuredClone(sessions);
    const before = process.cpuUsage();
    for (const { subject, events } of fresh) {
      const watch = monitor.watch(subject);
      for (const event of events) watch.see(event);
      watch.end();
    }
    return secondsSince(before);
  });
  return { name: monitor.name, megabytes, events, cpuSeconds: median(rounds.slice(WARM)) };
}

/**
 * ripgrep over the same text: for the strings of which a rule needs one before it looks any closer,
 * and for the rules' regular expressions as one alternation. It reads all lines, the monitor only what
 * an agent does; the monitor parses what holds a string, ripgrep does not.
 */
async function besideRipgrep(
  folder: string,
  text: readonly string[],
  megabytes: number,
  events: number,
): Promise<void> {
  if (spawnSync("rg", ["--version"]).status !== 0) {
    console.log("\nripgrep is not here: apt-get install ripgrep, for the comparison\n");
    return;
  }
  const corpus = join(folder, "corpus.txt");
  await writeFile(corpus, text.join("\n"));
  const anchors = join(folder, "anchors.txt");
  await writeFile(anchors, ruleAnchors().join("\n"));
  const expressions = join(folder, "expressions.txt");
  const all = ruleExpressions();
  const lines = all.flatMap(asRipgrep);
  await writeFile(expressions, lines.join("\n"));
  const time = (...options: readonly string[]) =>
    median(
      Array.from({ length: ROUNDS }, () =>
        timed(["rg", "--threads=1", "--no-unicode", "-c", ...options, corpus]),
      ),
    );
  const rate = (name: string, cpuSeconds: number) => ({ name, megabytes, events, cpuSeconds });
  print(
    `ripgrep in the same text: the rules' ${ruleAnchors().length} anchors, and ${lines.length} of their ${all.length} regular expressions (it knows no look-around)`,
    [
      rate("rg -F, anchors", time("-F", "-f", anchors)),
      rate("rg, expressions", time("-f", expressions)),
    ],
  );
}

/** CPU seconds of a command; throws what it complains about. */
function timed(words: readonly string[]): number {
  const script = `TIMEFORMAT='%U %S'; time "$@" > /dev/null`;
  const { stderr } = spawnSync("bash", ["-c", script, "bash", ...words], { encoding: "utf8" });
  const line = stderr.trim().split("\n").at(-1)!;
  const [user, system] = line.split(" ").map(Number);
  if (!Number.isFinite(user) || stderr.trim() !== line) throw new Error(stderr.trim());
  return user! + system!;
}

/** In the syntax of ripgrep, where it has one for it: no look-around, no line's end within a line. */
function asRipgrep({ source, flags }: RegExp): readonly string[] {
  const bare = source.replace(PART, (part) => (part.startsWith("[") ? "" : part));
  if (/\(\?[=!<]/.test(source) || bare.includes("\\n") || bare.includes("\\1")) return [];
  // In ripgrep's classes an opening bracket begins a class within the class.
  const text = source
    .replace(PART, (part) =>
      part.startsWith("[")
        ? `[${part.slice(1).replace(/\\.|\[/g, (inner) => (inner === "[" ? "\\[" : inner))}`
        : part,
    )
    .replaceAll("\\/", "/");
  return [flags.includes("i") ? `(?i:${text})` : text];
}

/** An escape, or a whole class. */
const PART = /\\.|\[(?:\\.|[^\]\\])*\]/g;

/** Wall-clock time of one call to the whole ensemble, at tool calls. */
function perCall(sessions: readonly Session[]): void {
  const took: number[] = [];
  for (const { subject, events } of structuredClone(sessions)) {
    const watch = watchWith(embeddedEnsemble(), subject);
    for (const event of events) {
      const started = performance.now();
      watch.see(event);
      if (event.kind === "tool-call") took.push(performance.now() - started);
    }
  }
  const at = (share: number) => `${quantile(took, share).toFixed(2)} ms`;
  console.log(
    `\nAt a tool call the ensemble takes ${at(0.5)} (median), ${at(0.95)} (95 %), ${at(0.999)} (99.9 %), of ${took.length} calls; the goal is 5 ms at the median.\n`,
  );
}

/**
 * Scans the same files over and over up to a size: whole passes, so that each stretch of the table has
 * the same mix, and a ratio of 1 between stretches means a cost in proportion to the corpus.
 */
async function growth(folder: string, files: readonly string[]): Promise<void> {
  const most = process.env.GLASSHOUSE_FULL ? 1e9 : 64e6;
  const ensemble = embeddedEnsemble();
  console.log("Passes   Corpus    CPU s    MB per CPU s since the line above   peak MB");
  const rates: number[] = [];
  let done = 0;
  let spent = 0;
  let last = { done, spent };
  for (let pass = 1, next = 1; done < most; pass++) {
    for (const path of files) {
      const copy = join(folder, `copy-${path.split("/").at(-1)}`);
      await writeFile(copy, readFileSync(path));
      const before = process.cpuUsage();
      const scan = await scanFile(copy, ensemble);
      spent += secondsSince(before);
      done += scan.bytes;
      await rm(copy);
    }
    if (pass < next && done < most) continue;
    const rate = (done - last.done) / 1e6 / (spent - last.spent);
    const peak = process.resourceUsage().maxRSS / 1024;
    console.log(
      `${String(pass).padStart(6)}  ${(done / 1e6).toFixed(0).padStart(4)} MB  ${spent.toFixed(1).padStart(7)}  ${rate.toFixed(2).padStart(34)}  ${peak.toFixed(0).padStart(8)}`,
    );
    rates.push(rate);
    last = { done, spent };
    next *= 2;
  }
  // The first pass pays for what is compiled while it runs.
  const early = rates[1] ?? rates[0]!;
  console.log(
    `\nThe last stretch is done at ${(rates.at(-1)! / early).toFixed(2)} times the speed of the second: 1 is a cost in proportion to the corpus.`,
  );
}

function print(title: string, rates: readonly Rate[]): void {
  console.log(`\n${title}`);
  for (const { name, megabytes, events, cpuSeconds } of rates) {
    const rate = (megabytes / cpuSeconds).toFixed(1).padStart(8);
    const perSecond = Math.round(events / cpuSeconds)
      .toLocaleString("en")
      .padStart(11);
    console.log(
      `  ${name.padEnd(22)}${rate} MB/s  ${perSecond} events/s  ${cpuSeconds.toFixed(2)} CPU s`,
    );
  }
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function textOf(event: TranscriptEvent): string {
  if ("text" in event) return event.text;
  if (event.kind === "tool-call") return JSON.stringify(event.arguments);
  return event.kind === "diff" ? event.patch : "";
}

/** A long session of a coding agent, for where no real one is. */
async function madeUp(folder: string): Promise<string> {
  const messages: object[] = [{ role: "user", content: "Make the tests of the parser pass." }];
  for (let i = 0; i < 4000; i++) {
    const command = `sed -n '${i},${i + 40}p' src/parser_${i % 17}.py && python -m pytest -q tests/test_${i % 13}.py`;
    const call = { name: "bash", arguments: JSON.stringify({ command }) };
    messages.push(
      {
        role: "assistant",
        content: `Look at lines ${i} to ${i + 40} first.`,
        tool_calls: [{ id: `c${i}`, type: "function", function: call }],
      },
      {
        role: "tool",
        tool_call_id: `c${i}`,
        content:
          `def parse_${i}(text):\n    return [part.strip() for part in text.split(",")]\n`.repeat(
            8,
          ),
      },
    );
  }
  const path = join(folder, "made-up.json");
  await writeFile(path, JSON.stringify({ messages }));
  return path;
}
