import type { Suspicion } from "../../monitors/index.ts";
import {
  type Finding,
  type Monitor,
  type Subject,
  subjectOf,
  suspicionFrom,
} from "../../monitors/index.ts";
import type { Transcript, TranscriptEvent } from "../../record/index.ts";
import type { Random } from "../../stats/index.ts";
import { nothingSpent, spend } from "./budget.ts";
import type { Occasion, Point, Protocol, Ruling } from "./decision.ts";
import { listView } from "./view.ts";

/** What is proposed at a point, what the model was sent, and all before it. */
type View = Pick<Occasion, "point" | "sent" | "history"> & {
  readonly proposed: readonly TranscriptEvent[];
};

/** What a protocol would have decided at one point of an old transcript. */
export interface ReplayedRuling {
  readonly point: Point;
  /** Index of the first event that was proposed; at `before-model`, of the first one not yet there. */
  readonly event: number;
  readonly suspicions: readonly Suspicion[];
  readonly ruling: Ruling;
}

/**
 * Asks a protocol at every point of a recorded transcript, in order, by what monitors find in the
 * events that are proposed there. The recording goes on as it went, whatever was ruled: what a model
 * would have done instead stands in no transcript, so a ruling to resample or block is given once and
 * not carried out. Lots of random audits come from `random`, one a point.
 *
 * Holds the events so far in memory, since protocols may look at all of them.
 */
export async function* replay(
  transcript: Subject & Pick<Transcript, "events">,
  monitors: readonly Monitor[],
  protocol: Protocol,
  random: Random,
): AsyncGenerator<ReplayedRuling> {
  const watches = monitors.map((monitor) => ({
    name: monitor.name,
    watch: monitor.watch(subjectOf(transcript)),
  }));
  const found = new Map<number, readonly (readonly Finding[])[]>();
  const watched = async function* () {
    for await (const event of transcript.events()) {
      found.set(event.index, await Promise.all(watches.map(({ watch }) => watch.see(event))));
      yield event;
    }
  };
  let spent = nothingSpent;
  for await (const { event, proposed, ...where } of pointsOf(watched())) {
    const suspicions = watches.map(({ name }, i) => {
      const findings = proposed.flatMap(({ index }) => found.get(index)?.[i] ?? []);
      return suspicionFrom(name, findings);
    });
    const candidates = [{ proposed, suspicions }];
    const ruling = protocol({ ...where, candidates, blocked: 0, lot: random.float() }, spent);
    spent = spend(spent, ruling);
    yield { point: where.point, event, suspicions, ruling };
  }
}

/**
 * The four points around each turn of the model (its reasoning, words and tool calls, up to the next
 * event of another kind) and around each tool call and its result. What was sent and what happened
 * before are views of one list, so that a replay takes time and memory in proportion to its events.
 */
async function* pointsOf(
  events: AsyncIterable<TranscriptEvent>,
): AsyncGenerator<View & { readonly event: number }> {
  const all: TranscriptEvent[] = [];
  let turn: TranscriptEvent[] = [];
  // What was compacted away the model no longer sees; the system's messages stay in its context.
  const system: TranscriptEvent[] = [];
  let compacted = 0;
  let kept = 0;

  const at = (point: Point, upTo: number, proposed: readonly TranscriptEvent[]) => {
    const [from, before] = [compacted, kept];
    return {
      point,
      history: listView(upTo, (index) => all[index]!),
      sent: listView(before + upTo - from, (index) =>
        index < before ? system[index]! : all[from + index - before]!,
      ),
      proposed,
      event: proposed[0]?.index ?? upTo,
    };
  };
  function* endTurn() {
    if (turn.length === 0) return;
    const start = all.length - turn.length;
    yield at("after-model", start, turn);
    for (const [offset, call] of turn.entries()) {
      if (call.kind === "tool-call") yield at("before-tool", start + offset, [call]);
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
    if (event.kind === "compaction") {
      compacted = all.length;
      kept = system.length;
    }
    if (event.kind === "input" && event.role === "system") system.push(event);
    all.push(event);
  }
  yield* endTurn();
}

function ofModel({ kind }: TranscriptEvent): boolean {
  return kind === "reasoning" || kind === "output" || kind === "tool-call";
}
