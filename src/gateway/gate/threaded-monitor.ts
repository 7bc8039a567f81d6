import { Worker } from "node:worker_threads";
import { type Finding, type Monitor, type Subject, subjectOf } from "../../monitors/index.ts";
import { embeddedEnsemble } from "../../oversight/index.ts";
import type { TranscriptEvent } from "../../record/index.ts";

/** What the thread is asked; sessions and questions go by number. */
export type Question =
  | { readonly kind: "watch"; readonly session: number; readonly subject: Subject }
  | {
      readonly kind: "see";
      readonly session: number;
      readonly question: number;
      readonly event: TranscriptEvent;
    }
  | { readonly kind: "end"; readonly session: number; readonly question: number };

export type Answer =
  | { readonly question: number; readonly findings: readonly Finding[] }
  | { readonly question: number; readonly problem: string };

/** A thread's main module is read before any loader is there: this one brings TypeScript's first. */
const START = `
  const { workerData } = require("node:worker_threads");
  import(workerData.tsx).then(({ register }) => {
    register();
    return import(workerData.module);
  });
`;

/**
 * The embedded ensemble in a thread of its own, as one monitor. However long it takes over an event,
 * the gate can still count the time and rule without it, and other agents' messages pass. A thread
 * that ends fails the monitor for good: its sessions, and new ones, are most suspicious.
 *
 * Resolves when the thread is up, or has failed to come up; never rejects.
 */
export async function threadedEnsemble(
  module = new URL("./monitor-thread.ts", import.meta.url).href,
): Promise<Monitor> {
  const worker = new Worker(START, {
    eval: true,
    workerData: { tsx: import.meta.resolve("tsx/esm/api"), module },
    execArgv: [],
  });
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let [sessions, questions] = [0, 0];
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const isUp = new Promise<void>((resolve) => {
    worker.once("message", () => resolve());
    worker.once("error", (error) => {
      end(new Error(`its thread ended: ${error instanceof Error ? error.message : String(error)}`));
      resolve();
    });
    worker.once("exit", () => {
      end(new Error("its thread ended"));
      resolve();
    });
  });
  worker.on("message", (answer: Answer | "up") => {
    if (answer === "up") return;
    const asker = waiting.get(answer.question);
    waiting.delete(answer.question);
    if ("problem" in answer) asker?.reject(new Error(answer.problem));
    else asker?.resolve(answer.findings);
  });
  const tell = (question: Question) => worker.postMessage(question);
  const ask = (question: (number: number) => Question) =>
    new Promise<readonly Finding[]>((resolve, reject) => {
      if (ended) throw ended;
      const number = questions++;
      waiting.set(number, { resolve, reject });
      tell(question(number));
    });
  await isUp;
  // Whoever waits for an answer waits with a limit, which keeps the process alive; the thread does not.
  worker.unref();
  return {
    name: "ensemble",
    version: embeddedEnsemble().version,
    watch(subject) {
      if (ended) throw ended;
      const session = sessions++;
      tell({ kind: "watch", session, subject: subjectOf(subject) });
      return {
        see: (event) => ask((question) => ({ kind: "see", session, question, event })),
        end: () => ask((question) => ({ kind: "end", session, question })),
      };
    },
  };
}

interface Waiting {
  readonly resolve: (findings: readonly Finding[]) => void;
  readonly reject: (error: Error) => void;
}
