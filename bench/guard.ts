import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isProblem, openFileSource, readTranscripts } from "../src/formats/index.ts";
import { fileRecord, guardProtocol, openSession, threadedEnsemble } from "../src/gateway/index.ts";
import { findFiles, redactor } from "../src/oversight/index.ts";
import { createRandom } from "../src/stats/index.ts";

const BIN = join(import.meta.dirname, "../bin");

/** One measurement: where it works, and what it started. */
interface Bench {
  readonly calls: number;
  readonly folder: string;
  readonly lab: string;
  readonly children: ChildProcess[];
}

/**
 * What a guard adds to each of an agent's calls, by adapter, with the embedded ensemble and real
 * processes: `npm run bench guard [calls] [transcripts…]`. Milliseconds, the median and the 95th
 * percentile, each beside the same without a guard. Transcripts are played through the gate itself:
 * its share of a call.
 */
export async function run(): Promise<void> {
  const [calls = "100", ...transcripts] = process.argv.slice(3);
  const folder = mkdtempSync(join(tmpdir(), "glasshouse-guard-bench-"));
  process.env.GLASSHOUSE_STATE = join(folder, "state");
  const bench = { calls: Number(calls), folder, lab: join(folder, "lab"), children: [] };
  try {
    await benchGate(bench, transcripts);
    await benchHook(bench);
    await benchLines(bench, "mcp", toolCall, echoMcp());
    await benchLines(bench, "acp", prompt, echoAcp());
    await benchProxy(bench);
  } finally {
    await stopped(bench.children);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tool calls and results of recorded runs, asked about one by one, recorded in a file as ever. */
async function benchGate({ folder }: Bench, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const redact = redactor("bench");
  const monitor = await threadedEnsemble();
  const times: number[] = [];
  for (const [index, path] of (await findFiles(paths)).entries()) {
    const source = await openFileSource(path);
    for await (const item of readTranscripts(source)) {
      if (isProblem(item)) continue;
      const id = `gate-${index}-${times.length}`;
      const session = await openSession({
        ...{ id, subject: item, redact, protocol: guardProtocol({}), abilities: {} },
        monitors: [monitor],
        record: fileRecord(join(folder, "gate"), id, redact),
        clock: () => new Date(),
        random: createRandom(1),
      });
      for await (const { index: _, at: __, ...event } of item.events()) {
        const point = event.kind === "tool-call" ? "before-tool" : "after-tool";
        const started = performance.now();
        if (event.kind === "tool-call" || event.kind === "tool-result") {
          await session.ask(point, [event]);
          times.push(performance.now() - started);
        } else await session.observe(event);
      }
    }
    await source.close();
  }
  if (times.length > 0) show(`gate, ${times.length} real calls and results`, times);
}

async function benchHook(bench: Bench): Promise<void> {
  const { folder, lab, calls } = bench;
  const socket = join(folder, "guard.sock");
  const guard = ["guard", "hook", "--serve", "--socket", socket, "--pause", "none"];
  start(bench, [join(BIN, "glasshouse.js"), "--lab", lab, ...guard]);
  const command = [join(BIN, "glasshouse-hook.cjs"), "--socket", socket];
  const runOnce = (argv: readonly string[], input: string) =>
    new Promise<void>((resolve) => {
      const child = spawn(process.execPath, argv, { stdio: ["pipe", "ignore", "ignore"] });
      child.on("close", () => resolve());
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  const input = (i: number) =>
    JSON.stringify({
      session_id: "bench",
      hook_event_name: "PreToolUse",
      tool_name: "Bash",
      tool_use_id: `t${i}`,
      tool_input: { command: `grep -rn "case ${i}" src | sort | head -20 > out-${i}.txt` },
    });
  // Waits until the guard is up.
  for (let i = 0; ; i++) {
    const child = spawn(process.execPath, command, { stdio: ["pipe", "ignore", "ignore"] });
    const closed = new Promise((resolve) => child.on("close", resolve));
    child.stdin.end(input(-1));
    if ((await closed) === 0) break;
    if (i > 200) throw new Error("the guard does not come up");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await report("hook, whole process", calls, (i) => runOnce(command, input(i)));
  await report("a Node process that does nothing", calls, () => runOnce(["-e", "0"], ""));
}

/** A request at a time over standard streams, with the guard between and without. */
async function benchLines(
  bench: Bench,
  adapter: "acp" | "mcp",
  request: (i: number) => { readonly method: string; readonly params: object },
  server: readonly string[],
): Promise<void> {
  const { lab, calls } = bench;
  const guard = ["--lab", lab, "guard", adapter, "--pause", "none", "--"];
  for (const [name, argv] of [
    [`${adapter}, direct`, server],
    [`${adapter}, guarded`, [join(BIN, "glasshouse.js"), ...guard, process.execPath, ...server]],
  ] as const) {
    const child = start(bench, argv);
    const waiting = new Map<unknown, () => void>();
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const { id } = JSON.parse(line) as { id: unknown };
      waiting.get(id)?.();
    });
    const ask = (body: {
      readonly id: unknown;
      readonly method: string;
      readonly params: object;
    }) =>
      new Promise<void>((resolve) => {
        waiting.set(body.id, resolve);
        child.stdin!.write(`${JSON.stringify({ jsonrpc: "2.0", ...body })}\n`);
      });
    await ask({ id: "init", method: "initialize", params: {} });
    await ask({ id: "new", method: "session/new", params: {} });
    await report(name, calls, (i) => ask({ id: i, ...request(i) }));
    child.stdin!.end();
  }
}

function toolCall(i: number) {
  return { method: "tools/call", params: { name: "echo", arguments: { say: `words ${i}` } } };
}

/** One prompt, which the gate sees before the agent does. */
function prompt(i: number) {
  return {
    method: "session/prompt",
    params: { sessionId: "s", prompt: [{ type: "text", text: `say ${i}` }] },
  };
}

function echoMcp(): readonly string[] {
  return ["-e", echo(`{ content: [{ type: "text", text: "said" }] }`)];
}

function echoAcp(): readonly string[] {
  return ["-e", echo(`{ sessionId: "s", stopReason: "end_turn" }`)];
}

function echo(result: string): string {
  return `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { id } = JSON.parse(line);
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: ${result} }));
  });`;
}

async function benchProxy(bench: Bench): Promise<void> {
  const { lab, calls } = bench;
  const call = { name: "bash", arguments: JSON.stringify({ command: "ls -la src" }) };
  const message = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c", type: "function", function: call }],
  };
  const reply = JSON.stringify({
    id: "r",
    choices: [{ index: 0, message, finish_reason: "tool_calls" }],
  });
  const server = createServer((request, out) => {
    request.resume().on("end", () => {
      out.writeHead(200, { "content-type": "application/json" }).end(reply);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const guard = ["guard", "proxy", "--pause", "none", "--upstream", upstream];
  const child = start(bench, [join(BIN, "glasshouse.js"), "--lab", lab, ...guard]);
  const url = await new Promise<string>((resolve) => {
    child.stdout!.on("data", (text) => resolve(/http:\S+/.exec(String(text))![0]));
  });
  const post = async (base: string, i: number) => {
    const messages = [{ role: "user", content: `task ${i}` }];
    const response = await fetch(`${base}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages }),
    });
    await response.text();
  };
  await report("proxy, direct", calls, (i) => post(`${upstream}/v1`, i));
  await report("proxy, guarded", calls, (i) => post(url, i));
  server.close();
}

function start({ children }: Bench, argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, argv, { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  return child;
}

/** A guard that is still at work would write into the folder that goes. */
async function stopped(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.kill();
    await closed;
  }
}

async function report(name: string, calls: number, call: (i: number) => Promise<void>) {
  for (let i = 0; i < 10; i++) await call(1_000_000 + i);
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    const started = performance.now();
    await call(i);
    times.push(performance.now() - started);
  }
  show(name, times);
}

function show(name: string, times: number[]): void {
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(share * times.length) - 1]!.toFixed(2);
  console.log(`${name.padEnd(34)} p50 ${at(0.5).padStart(8)} ms   p95 ${at(0.95).padStart(8)} ms`);
}
