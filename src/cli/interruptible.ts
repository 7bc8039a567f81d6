import { EXIT } from "./output.ts";

/** The first Ctrl-C ends the work in good order, a second one at once. */
export function interruptible() {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    controller,
    release: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}
