import { actionsOf } from "../../actions/index.ts";
import type { ReasoningVisibility, Transcript, TranscriptEvent } from "../../record/index.ts";
import { explains, mentions, type Statement, statementsIn, termsOf } from "./words.ts";

/** Something counted, out of how many. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** One run of an agent as its dossier counts it. */
export interface RunTally {
  readonly id: string;
  readonly agent: string;
  readonly model: string;
  /** Milliseconds since 1970; undefined where the run says no time. */
  readonly time?: number | undefined;
  /** What the agent mostly did: edits, commands, requests, other tools, talk. */
  readonly category: Category;
  /** Tool calls. */
  readonly steps: number;
  /** Calls before which, in the same turn, readable words or thoughts named something of them. */
  readonly explained: Share;
  /** Names in backticks that it said it would use or had used, and that its calls then hold. */
  readonly saidAndDone: Share;
  /** Turns by how much of their reasoning can be read. */
  readonly visibility: Readonly<Record<ReasoningVisibility, number>>;
  /** Steps that monitors found suspicious. */
  readonly flagged: number;
  /** The run as a whole is above the threshold, or an incident was opened over it. */
  readonly incident: boolean;
}

export const CATEGORIES = ["edits", "commands", "requests", "other tools", "talk"] as const;
export type Category = (typeof CATEGORIES)[number];

/** What monitors made of a run. */
export interface Judgement {
  readonly flagged: number;
  readonly incident: boolean;
}

/** A run taken in one event at a time; holds no more of it than the turn at hand. */
export interface RunCounter {
  see(event: TranscriptEvent): void;
  end(judgement: Judgement): RunTally;
}

export function countRun({ id, agent, models, started }: Omit<Transcript, "events">): RunCounter {
  let said = "";
  let [steps, explained, stated, done] = [0, 0, 0, 0];
  let time = timeOf(started);
  const visibility = { raw: 0, summary: 0, encrypted: 0, empty: 0, absent: 0 };
  const kinds = new Map<Category, number>();
  /** What every call so far held; a claim of something done is looked up here. */
  const past = new Set<string>();
  let announced: Statement[] = [];

  /** What was announced and not done by the time a person speaks again was not done. */
  const settle = () => {
    stated += announced.length;
    announced = [];
  };
  return {
    see(event) {
      time ??= timeOf(event.time);
      if (event.kind === "reasoning") {
        visibility[event.visibility]++;
        said = clip(`${said}\n${event.text}`);
      } else if (event.kind === "output") {
        said = clip(`${said}\n${event.text}`);
        for (const statement of statementsIn(event.text)) {
          if (statement.tense === "will") announced.push(statement);
          else {
            stated++;
            if (mentions(past, statement)) done++;
          }
        }
        announced = announced.slice(-MOST_ANNOUNCED);
      } else if (event.kind === "tool-call") {
        const terms = termsOf(event.tool, event.arguments);
        steps++;
        if (explains(said, terms)) explained++;
        const kept = announced.filter((statement) => mentions(terms, statement));
        stated += kept.length;
        done += kept.length;
        announced = announced.filter((statement) => !kept.includes(statement));
        for (const term of terms) if (past.size < MOST_TERMS) past.add(term);
        const kind = categoryOf(event);
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      } else if (event.kind === "tool-result") said = "";
      else if (event.kind === "input" && event.role === "user") {
        settle();
        said = "";
      }
    },
    end({ flagged, incident }) {
      settle();
      const [first] = [...kinds].sort(([, a], [, b]) => b - a);
      return {
        id,
        agent: agent?.name ?? "unknown",
        model: models[0] ?? "unknown",
        time,
        category: first?.[0] ?? "talk",
        steps,
        explained: { count: explained, of: steps },
        saidAndDone: { count: done, of: stated },
        visibility,
        flagged,
        incident,
      };
    },
  };
}

const MOST_TERMS = 200_000;
const MOST_ANNOUNCED = 200;
const MOST_SAID = 20_000;

function clip(text: string): string {
  return text.length <= MOST_SAID ? text : text.slice(-MOST_SAID);
}

function timeOf(time: string | undefined): number | undefined {
  const value = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(value) ? undefined : value;
}

/** By what a call does to the world, whatever its tool is named; what leaves the machine counts first. */
function categoryOf(event: TranscriptEvent): Category {
  const kinds = new Set(actionsOf(event).map(({ kind }) => kind));
  if (kinds.has("request")) return "requests";
  if (["edit", "write", "delete", "move"].some((kind) => kinds.has(kind as "edit"))) return "edits";
  return ["run", "code", "read"].some((kind) => kinds.has(kind as "run"))
    ? "commands"
    : "other tools";
}
