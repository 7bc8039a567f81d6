import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Case } from "./hostile-scan-cases.ts";
import type { Answer } from "./hostile-scan-process.ts";

export interface ScanProcess {
  /** Never rejects: what went wrong is the answer's problem. */
  scan(which: Case): Promise<Answer>;
  end(): void;
}

export interface Limits {
  /** Milliseconds after which a case counts as a hang. */
  readonly hang: number;
  /** Resident bytes of the process. */
  readonly memory: number;
}

const MODULE = join(import.meta.dirname, "hostile-scan-process.ts");
const TSX = ["--import", createRequire(import.meta.url).resolve("tsx")];

/**
 * A process that scans, watched from outside: what ends it, holds it up or fills its memory is told
 * of the case that did, and the next case gets a new one.
 */
export function scanProcess(seed: number, limits: Limits): ScanProcess {
  let running: Promise<ChildProcess> | undefined;
  let child: ChildProcess | undefined;
  const drop = () => {
    child?.kill("SIGKILL");
    running = undefined;
  };
  return {
    async scan(which) {
      running ??= started();
      child = await running;
      const answer = await asked(child, { which, seed }, limits);
      if (answer.peak > limits.memory || answer.transcripts < 0) drop();
      return answer;
    },
    end: drop,
  };
}

function started(): Promise<ChildProcess> {
  const child = fork(MODULE, { execArgv: TSX, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  return new Promise((resolve, reject) => {
    const onEnd = (code: number | null) =>
      reject(new Error(`no process to scan with: it ended (${code})`));
    child.once("exit", onEnd).once("message", () => {
      child.off("exit", onEnd);
      resolve(child);
    });
  });
}

function asked(child: ChildProcess, message: object, limits: Limits): Promise<Answer> {
  let said = "";
  return new Promise<Answer>((resolve) => {
    const settle = (answer: Answer) => {
      clearTimeout(timer);
      child.off("message", onAnswer).off("exit", onEnd).stderr!.off("data", onSaid);
      resolve(answer);
    };
    const lost = (problem: string) =>
      settle({ what: "", transcripts: -1, cpuMs: 0, peak: 0, problem });
    const onSaid = (text: Buffer) => {
      said = `${said}${text.toString()}`.slice(-2000);
    };
    const onEnd = (code: number | null, signal: string | null) =>
      lost(`it ended the process (${code ?? signal}): ${said}`);
    const onAnswer = (answer: Answer) => {
      const isLarge = answer.peak > limits.memory && answer.problem === undefined;
      const problem = `it took ${Math.round(answer.peak / 1e6)} MB`;
      settle(isLarge ? { ...answer, problem } : answer);
    };
    const timer = setTimeout(() => lost(`it took longer than ${limits.hang} ms`), limits.hang);
    child.on("message", onAnswer).on("exit", onEnd).stderr!.on("data", onSaid);
    child.send(message);
  });
}
