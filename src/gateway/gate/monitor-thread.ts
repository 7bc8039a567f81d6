import { parentPort } from "node:worker_threads";
import type { Watch } from "../../monitors/index.ts";
import { asMonitor, embeddedEnsemble } from "../../oversight/index.ts";
import type { Answer, Question } from "./threaded-monitor.ts";

/** The thread in which the ensemble watches: a watch for each session, until the session ends. */
const monitor = asMonitor(embeddedEnsemble());
const watches = new Map<number, Watch>();

parentPort!.on("message", async (asked: Question) => {
  if (asked.kind === "watch") {
    watches.set(asked.session, monitor.watch(asked.subject));
    return;
  }
  const { session, question } = asked;
  const answer = (given: Answer) => parentPort!.postMessage(given);
  try {
    const watch = watches.get(session)!;
    const findings = await (asked.kind === "end" ? watch.end() : watch.see(asked.event));
    if (asked.kind === "end") watches.delete(session);
    answer({ question, findings });
  } catch (error) {
    answer({ question, problem: error instanceof Error ? error.message : String(error) });
  }
});
parentPort!.postMessage("up");
