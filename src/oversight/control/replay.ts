import type { Transcript, TranscriptEvent } from "../../record/index.ts";
import type { Random } from "../../stats/index.ts";
import { nothingSpent, spend } from "./budget.ts";
import type { Occasion, Point, Protocol, Ruling, Suspicion } from "./decision.ts";

/** What a monitor is shown: what is proposed at a point, what the model was sent, and all before it. */
export type View = Pick<Occasion, "point" | "sent" | "history"> & {
  readonly proposed: readonly TranscriptEvent[];
};

/** A monitor observes. It gives scores, none where the point is not its business, and does nothing. */
export type Monitor = (view: View) => readonly Suspicion[] | Promise<readonly Suspicion[]>;

/** What a protocol would have decided at one point of an old transcript. */
export interface ReplayedRuling {
  readonly point: Point;
  /** Index of the first event that was proposed; at `before-model`, of the first one not yet there. */
  readonly event: number;
  readonly suspicions: readonly Suspicion[];
  readonly ruling: Ruling;
}

/**
 * Asks a protocol at every point of a recorded transcript, in order. The recording goes on as it
 * went, whatever was ruled: what a model would have done instead stands in no transcript, so a
 * ruling to resample or block is given once and not carried out. Lots of random audits come from
 * `random`, one a point.
 *
 * Holds the events so far in memory, since monitors may look at all of them.
 */
export async function* replay(
  transcript: Pick<Transcript, "events">,
  monitors: readonly Monitor[],
  protocol: Protocol,
  random: Random,
): AsyncGenerator<ReplayedRuling> {
  let spent = nothingSpent;
  for await (const { event, ...view } of pointsOf(transcript.events())) {
    const suspicions = (await Promise.all(monitors.map((monitor) => monitor(view)))).flat();
    const { proposed, ...where } = view;
    const candidates = [{ proposed, suspicions }];
    const ruling = protocol({ ...where, candidates, blocked: 0, lot: random.float() }, spent);
    spent = spend(spent, ruling);
    yield { point: view.point, event, suspicions, ruling };
  }
}

/**
 * The four points around each turn of the model (its reasoning, words and tool calls, up to the next
 * event of another kind) and around each tool call and its result.
 */
async function* pointsOf(
  events: AsyncIterable<TranscriptEvent>,
): AsyncGenerator<View & { readonly event: number }> {
  const all: TranscriptEvent[] = [];
  let turn: TranscriptEvent[] = [];
  // What was compacted away the model no longer sees; the system's message stays in its context.
  let compacted = 0;

  const at = (point: Point, upTo: number, proposed: readonly TranscriptEvent[]) => {
    const history = all.slice(0, upTo);
    const sent = history.filter(
      (event, i) => i >= compacted || (event.kind === "input" && event.role === "system"),
    );
    return { point, sent, history, proposed, event: proposed[0]?.index ?? upTo };
  };
  function* endTurn() {
    if (turn.length === 0) return;
    const start = all.length - turn.length;
    yield at("after-model", start, turn);
    for (const call of turn) {
      if (call.kind === "tool-call") yield at("before-tool", all.indexOf(call, start), [call]);
    }
    turn = [];
  }

  for await (const event of events) {
    if (ofModel(event)) {
      if (turn.length === 0) yield at("before-model", all.length, []);
      turn.push(event);
      all.push(event);
      continue;
    }
    yield* endTurn();
    if (event.kind === "tool-result") yield at("after-tool", all.length, [event]);
    if (event.kind === "compaction") compacted = all.length;
    all.push(event);
  }
  yield* endTurn();
}

function ofModel({ kind }: TranscriptEvent): boolean {
  return kind === "reasoning" || kind === "output" || kind === "tool-call";
}
