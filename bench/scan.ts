import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collectEvents, isProblem, openFileSource, readTranscripts } from "../src/formats/index.ts";
import { type Monitor, ruleAnchors, type Subject, subjectOf } from "../src/monitors/index.ts";
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

const ROUNDS = 3;
const data = fileURLToPath(new URL("../../shared/data/transcripts/", import.meta.url));
const REAL = ["swe-agent-traj", "claude-code", "tau-bench", "swe-bench-agent-logs-dgm/*.md"];

/**
 * Prints what reading and watching cost: MB and events a CPU second, each monitor by itself, beside
 * ripgrep looking for the rules' anchors in the same text; what the ensemble adds to a tool call; and
 * how the cost grows with the corpus (to 1 GB with GLASSHOUSE_FULL=1).
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
    print("Watching, events in memory", rates);
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
  const rounds = Array.from({ length: ROUNDS }, () => {
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
  return { name: monitor.name, megabytes, events, cpuSeconds: median(rounds) };
}

/** ripgrep over the same text, for the strings that a rule needs before it looks any closer. */
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
  const patterns = join(folder, "patterns.txt");
  await writeFile(corpus, text.join("\n"));
  await writeFile(patterns, ruleAnchors().join("\n"));
  const words = ["rg", "--threads=1", "-c", "-F", "-f", patterns, corpus];
  const script = `TIMEFORMAT='%U %S'; time "$@" > /dev/null`;
  const rounds = Array.from({ length: ROUNDS }, () => {
    const { stderr } = spawnSync("bash", ["-c", script, "bash", ...words], { encoding: "utf8" });
    return stderr
      .trim()
      .split(" ")
      .reduce((sum, part) => sum + Number(part), 0);
  });
  print(`ripgrep, the rules' ${ruleAnchors().length} anchors as plain strings`, [
    { name: "rg -c -F", megabytes, events, cpuSeconds: median(rounds) },
  ]);
}

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

/** The same files over and over, each time as other bytes, up to a size. */
async function growth(folder: string, files: readonly string[]): Promise<void> {
  const most = process.env.GLASSHOUSE_FULL ? 1e9 : 64e6;
  const ensemble = embeddedEnsemble();
  console.log("Corpus    CPU s    MB per CPU s   peak MB");
  let done = 0;
  let spent = 0;
  let next = most / 64;
  while (done < most) {
    for (const path of files) {
      const copy = join(folder, `copy-${path.split("/").at(-1)}`);
      await writeFile(copy, readFileSync(path));
      const before = process.cpuUsage();
      const scan = await scanFile(copy, ensemble);
      spent += secondsSince(before);
      done += scan.bytes;
      await rm(copy);
      if (done < next) continue;
      const peak = process.resourceUsage().maxRSS / 1024;
      console.log(
        `${(done / 1e6).toFixed(0).padStart(4)} MB  ${spent.toFixed(1).padStart(7)}  ${(done / 1e6 / spent).toFixed(1).padStart(12)}  ${peak.toFixed(0).padStart(8)}`,
      );
      next *= 4;
      if (done >= most) return;
    }
  }
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
