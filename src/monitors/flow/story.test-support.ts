import type { EventBody, Json, TranscriptEvent } from "../../record/index.ts";
import type { Finding } from "../monitor.ts";
import { flow } from "./flow.ts";

/** A story of a run: what happens, in order. */
export type Story = readonly EventBody[];

export const system = (text: string): EventBody => ({ kind: "input", role: "system", text });
export const user = (text: string): EventBody => ({ kind: "input", role: "user", text });
export const thinks = (text: string): EventBody => ({ kind: "reasoning", visibility: "raw", text });
export const says = (text: string): EventBody => ({ kind: "output", text });

let calls = 0;

/** A call and its result. */
export function does(tool: string, args: Json, result = "", error?: string): readonly EventBody[] {
  calls += 1;
  const callId = `call-${calls}`;
  return [
    { kind: "tool-call", callId, tool, arguments: args },
    { kind: "tool-result", callId, tool, text: result, error },
  ];
}

/** A command in the shell tool that most agents have. */
export function shell(command: string, result = ""): readonly EventBody[] {
  return does("bash", { command }, result);
}

export function eventsOf(story: readonly (EventBody | readonly EventBody[])[]): TranscriptEvent[] {
  return story
    .flat()
    .map((body, index): TranscriptEvent => ({ index, at: { pointer: `/${index}` }, ...body }));
}

/** What the monitor finds in a story, in order. */
export async function findingsIn(
  story: readonly (EventBody | readonly EventBody[])[],
): Promise<readonly Finding[]> {
  return findingsOver(eventsOf(story));
}

export async function findingsOver(
  events: readonly TranscriptEvent[],
): Promise<readonly Finding[]> {
  const watch = flow().watch({ models: [], task: {} });
  const found: Finding[] = [];
  for (const event of events) found.push(...(await watch.see(event)));
  found.push(...(await watch.end()));
  return found;
}

/** Findings against the agent that are worth a look. */
export async function suspicionsIn(
  story: readonly (EventBody | readonly EventBody[])[],
  least = 0.3,
): Promise<readonly Finding[]> {
  return (await findingsIn(story)).filter(({ weight, good }) => !good && weight >= least);
}
