import type { EventBase, EventBody, SourcePointer, TranscriptEvent } from "../../record/index.ts";
import { describeProblem } from "../source/problem.ts";

/** An event before it has its place in the transcript; room for its number saves making it. */
export type EventDraft = Omit<EventBase, "index"> & { index?: number } & EventBody;

/** Where and when what is drafted happened, and who did it. */
export interface DraftBase {
  readonly at: SourcePointer;
  readonly time: string | undefined;
  readonly actor: string | undefined;
}

type Batches = AsyncIterable<Iterable<EventDraft>> | Iterable<Iterable<EventDraft>>;

/**
 * Numbers events from 0 in the order in which they come. Where the source turns out to be damaged or
 * hostile on the way, the last event says so.
 */
export function numbered(batches: Batches): AsyncIterable<TranscriptEvent> {
  return {
    [Symbol.asyncIterator]() {
      return new NumberedEvents(batches);
    },
  };
}

type Result = IteratorResult<TranscriptEvent, undefined>;

/**
 * An iterator of its own and no async generator, which would cost more for each event than most
 * events take to read; a class, because a closure for each of its steps costs as much as ten events.
 */
class NumberedEvents implements AsyncIterator<TranscriptEvent, undefined> {
  readonly #source: AsyncIterator<Iterable<EventDraft>> | Iterator<Iterable<EventDraft>>;
  #batch: Iterator<EventDraft> | undefined;
  #index = 0;
  #isDone = false;
  /** The call under way: another waits for it. */
  #pending: Promise<Result> | undefined;

  constructor(batches: Batches) {
    this.#source =
      Symbol.asyncIterator in batches
        ? batches[Symbol.asyncIterator]()
        : batches[Symbol.iterator]();
  }

  next(): Promise<Result> {
    if (this.#pending === undefined) {
      const found = this.#step();
      if (found !== undefined) return Promise.resolve(found);
    }
    const before = this.#pending;
    const result =
      before === undefined
        ? this.#advance()
        : before.then(
            () => this.#advance(),
            () => this.#advance(),
          );
    this.#pending = result;
    result.then(
      () => this.#settle(result),
      () => this.#settle(result),
    );
    return result;
  }

  #settle(result: Promise<Result>): void {
    if (this.#pending === result) this.#pending = undefined;
  }

  async return(): Promise<Result> {
    this.#isDone = true;
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  /** The next event at hand, or undefined where another batch is to be waited for. */
  #step(): Result | undefined {
    if (this.#isDone) return { done: true, value: undefined };
    if (this.#batch === undefined) return undefined;
    try {
      const found = this.#batch.next();
      if (found.done === true) {
        this.#batch = undefined;
        return undefined;
      }
      // A draft is made for this one event: numbering it in place saves a copy.
      found.value.index = this.#index++;
      return found as IteratorYieldResult<TranscriptEvent>;
    } catch (error) {
      return this.#problem(error);
    }
  }

  async #advance(): Promise<Result> {
    for (;;) {
      const found = this.#step();
      if (found !== undefined) return found;
      try {
        const next = this.#source.next();
        const batch = next instanceof Promise ? await next : next;
        if (batch.done === true) this.#isDone = true;
        else this.#batch = batch.value[Symbol.iterator]();
      } catch (error) {
        return this.#problem(error);
      }
    }
  }

  #problem(error: unknown): Result {
    this.#isDone = true;
    const problem = describeProblem(error);
    const index = this.#index;
    return { done: false, value: { index, at: { pointer: "" }, kind: "problem", problem } };
  }
}

/** Events with a word before them on what is wrong with the transcript that they are of. */
export async function* afterProblem(
  problem: string,
  at: SourcePointer,
  events: AsyncIterable<TranscriptEvent>,
): AsyncIterable<TranscriptEvent> {
  yield { index: 0, at, kind: "problem", problem };
  for await (const event of events) yield { ...event, index: event.index + 1 };
}

/** A pointer into the document at a path of keys (RFC 6901). */
export function pointer(
  part: string | undefined,
  ...path: readonly (string | number)[]
): SourcePointer {
  let text = "";
  for (const step of path) text += typeof step === "number" ? `/${step}` : `/${escaped(step)}`;
  return part === undefined ? { pointer: text } : { part, pointer: text };
}

/** An item of the list at a place. */
export function itemOf(at: SourcePointer, index: number): SourcePointer {
  const { part } = at;
  const inner = `${at.pointer}/${index}`;
  return part === undefined ? { pointer: inner } : { part, pointer: inner };
}

/** A place further inside. */
export function within(at: SourcePointer, ...path: readonly (string | number)[]): SourcePointer {
  const { part } = at;
  const inner = at.pointer + pointer(undefined, ...path).pointer;
  return part === undefined ? { pointer: inner } : { part, pointer: inner };
}

function escaped(key: string): string {
  return /[~/]/.test(key) ? key.replaceAll("~", "~0").replaceAll("/", "~1") : key;
}
