import type {
  DecisionEvent,
  ToolCallEvent,
  ToolResultEvent,
  TranscriptEvent,
} from "../../record/index.ts";

export type Call = TranscriptEvent & ToolCallEvent;

/** Calls whose results are not there yet, each with what it would do to the state. */
export interface Settlement<Effect> {
  /** How many there are. */
  readonly waiting: number;
  await(call: Call, effect: Effect): void;
  /** The call that a result belongs to: by its id, else the oldest that waits. */
  settle(result: ToolResultEvent): { readonly call: Call; readonly effect: Effect } | undefined;
  /** A decision is made: a rejected call has no effect. */
  decide(decision: DecisionEvent): void;
  /** The run goes on without a word of what became of the calls: they count as carried out. */
  passed(): readonly { readonly call: Call; readonly effect: Effect }[];
}

const MAX_WAITING = 1_024;

export function settlement<Effect>(): Settlement<Effect> {
  let waiting: { readonly call: Call; readonly effect: Effect }[] = [];
  const take = (at: number) => {
    const [found] = at < 0 ? [] : waiting.splice(at, 1);
    return found;
  };
  const place = (callId: string | undefined) =>
    callId === undefined ? 0 : waiting.findIndex(({ call }) => call.callId === callId);
  return {
    get waiting() {
      return waiting.length;
    },
    await(call, effect) {
      if (waiting.length >= MAX_WAITING) waiting.shift();
      waiting.push({ call, effect });
    },
    settle: (result) => take(waiting.length === 0 ? -1 : place(result.callId)),
    decide(decision) {
      if (REJECTS.test(decision.verdict)) take(waiting.length === 0 ? -1 : place(decision.callId));
    },
    passed() {
      const all = waiting;
      waiting = [];
      return all;
    },
  };
}

const REJECTS = /^(?:reject|deny|denied|block|terminate|refuse|abort|cancel)/i;
