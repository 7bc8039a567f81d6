import type { Json, TranscriptEvent } from "../../record/index.ts";
import { type Evidence, type Finding, QUOTE_LENGTH } from "../monitor.ts";
import { oneLine } from "./excerpt.ts";
import type { Judged, NotJudged, Verdict } from "./verdict.ts";

/** Where the events of a transcript have their text, so that a citation can be quoted. */
export interface EventPlaces {
  add(event: TranscriptEvent): void;
  of(event: number): Evidence;
  count(): number;
}

export function eventPlaces(): EventPlaces {
  const places: Evidence[] = [];
  return {
    add(event) {
      const [pointer, text] = mainText(event);
      places[event.index] = {
        event: event.index,
        pointer,
        quote: copied(text.slice(0, QUOTE_LENGTH)),
      };
    },
    of: (event) => places[event] ?? { event, pointer: "/kind", quote: "" },
    count: () => places.length,
  };
}

/**
 * Findings of one judging: the highest score with what it cites, and each reason why a part was not
 * judged. The event at hand stands last in the evidence.
 */
export function findingsOf(
  verdicts: readonly Verdict[],
  places: EventPlaces,
  at: number,
  settings: { readonly unjudgedWeight?: number | undefined },
): readonly Finding[] {
  const judged = verdicts.filter((verdict) => verdict.kind === "judged");
  const worst = judged.reduce<Judged | null>(
    (most, verdict) => (most === null || verdict.score > most.score ? verdict : most),
    null,
  );
  const reasons = new Map(
    verdicts
      .filter((verdict) => verdict.kind === "not-judged")
      .map((verdict): [string, NotJudged] => [verdict.because, verdict]),
  );
  return [
    ...(worst === null ? [] : [judgedFinding(worst, places, at)]),
    ...[...reasons.values()].map((verdict) => unjudgedFinding(verdict, places, at, settings)),
  ];
}

/** Says of a finding that something was not judged, and not that it was judged harmless. */
export function isUnjudged({ signal }: Finding): boolean {
  return signal === HIJACKED || signal.startsWith(UNJUDGED);
}

const UNJUDGED = "not-judged-";
const HIJACKED = "judge-hijacked";

function judgedFinding(verdict: Judged, places: EventPlaces, at: number): Finding {
  const others = verdict.cited.filter((event) => event !== at).map((event) => places.of(event));
  const kind = verdict.kindOfWork === undefined ? "" : `${verdict.kindOfWork}: `;
  const dropped = verdict.dropped === 0 ? "" : ` (${verdict.dropped} cited events do not exist)`;
  return {
    signal: "judged",
    weight: verdict.score,
    note: `${kind}${oneLine(verdict.reason)}${dropped}`,
    evidence: evidence(others, places.of(at)),
  };
}

function unjudgedFinding(
  { because, detail }: NotJudged,
  places: EventPlaces,
  at: number,
  { unjudgedWeight = 1 }: { readonly unjudgedWeight?: number | undefined },
): Finding {
  const hijacked = because === "hijacked";
  return {
    signal: hijacked ? HIJACKED : UNJUDGED + because,
    weight: hijacked ? 1 : unjudgedWeight,
    note: `Not judged: ${because}, ${oneLine(detail)}`,
    evidence: [places.of(at)],
  };
}

function evidence(others: readonly Evidence[], last: Evidence): readonly [Evidence, ...Evidence[]] {
  const [first, ...rest] = others;
  return first === undefined ? [last] : [first, ...rest, last];
}

/** The same text in memory of its own: a slice would keep the whole event alive. */
function copied(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

/** The string that says most about an event, and where it stands. */
function mainText(event: TranscriptEvent): readonly [string, string] {
  if (event.kind === "tool-call")
    return longest(event.arguments, "/arguments") ?? ["/tool", event.tool];
  if (event.kind === "diff") return ["/patch", event.patch];
  if ("text" in event && event.text !== "") return ["/text", event.text];
  return ["/kind", event.kind];
}

/** The longest string in a value, with its pointer; looks at a bounded number of members. */
function longest(value: Json, pointer: string): readonly [string, string] | null {
  const open: (readonly [string, Json])[] = [[pointer, value]];
  let best: readonly [string, string] | null = null;
  for (let looked = 0; open.length > 0 && looked < 500; looked++) {
    const [at, next] = open.shift()!;
    if (typeof next === "string") {
      if (best === null || next.length > best[1].length) best = [at, next];
    } else if (typeof next === "object" && next !== null) {
      for (const [key, member] of Object.entries(next).slice(0, 500)) {
        open.push([`${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, member as Json]);
      }
    }
  }
  return best;
}
