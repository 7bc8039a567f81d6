/** What a process asks of a pool: one of its servers, for so many hours. */
export interface Demand {
  readonly pool: string;
  readonly hours: number;
  /** What it is for; waiting is told by it. */
  readonly label: string;
}

/** Asks for demands, all of one step at once, goes on when the last is done, and ends as something. */
export type Process<End> = Iterator<readonly Demand[], End>;

/** How long demands of a label waited for a server and were served, on average, in hours. */
export interface Waiting {
  readonly served: number;
  readonly wait: number;
  readonly service: number;
}

export interface QueueRun<End> {
  /** Each process after the warm-up, in the order in which they ended. */
  readonly ended: readonly { readonly end: End; readonly hours: number }[];
  readonly waiting: ReadonlyMap<string, Waiting>;
  /** Share of each pool's servers at work. */
  readonly utilisation: ReadonlyMap<string, number>;
}

/**
 * Runs processes through pools of servers, first come first served, event by event.
 *
 * @param pools how many servers each has; Infinity for as many as are asked for
 * @param arrivals by time; taken one by one, as time goes on
 * @param warmUp so many of the first processes fill the system and are not counted
 */
export function runQueues<End>(
  pools: Readonly<Record<string, number>>,
  arrivals: Iterable<{ readonly at: number; readonly process: Process<End> }>,
  warmUp = 0,
): QueueRun<End> {
  const events = eventQueue();
  const state = new Map(
    Object.entries(pools).map(([name, servers]) => [
      name,
      { servers, busy: 0, hours: 0, queue: fifo<() => void>() },
    ]),
  );
  const waits = new Map<string, Sum>();
  const ended: { end: End; hours: number }[] = [];
  let now = 0;
  let counting: number | null = null;
  let lastArrival = 0;

  const serve = (demand: Demand, counted: boolean, done: () => void) => {
    const asked = now;
    const pool = state.get(demand.pool)!;
    const start = () => {
      pool.busy += 1;
      if (counted) count(waits, demand, now - asked);
      const started = now;
      events.add(now + demand.hours, () => {
        pool.busy -= 1;
        // What is served outside the counted time tells no utilisation: the system fills or empties.
        if (counting !== null) {
          pool.hours += Math.max(0, Math.min(now, lastArrival) - Math.max(started, counting));
        }
        pool.queue.take()?.();
        done();
      });
    };
    if (pool.busy < pool.servers) start();
    else pool.queue.add(start);
  };
  const advance = (process: Process<End>, arrived: number, counted: boolean) => {
    const { done, value } = process.next();
    if (done) {
      if (counted) ended.push({ end: value, hours: now - arrived });
      return;
    }
    let left = value.length;
    const finish = () => {
      left -= 1;
      if (left <= 0) advance(process, arrived, counted);
    };
    if (left === 0) finish();
    for (const demand of value) serve(demand, counted, finish);
  };
  const source = arrivals[Symbol.iterator]();
  let taken = 0;
  const expectArrival = () => {
    const { done, value } = source.next();
    if (done) return;
    const counted = taken++ >= warmUp;
    lastArrival = value.at;
    events.add(value.at, () => {
      if (counted) counting ??= now;
      expectArrival();
      advance(value.process, now, counted);
    });
  };

  expectArrival();
  for (let event = events.take(); event; event = events.take()) {
    now = event.at;
    event.run();
  }
  const span = lastArrival - (counting ?? 0);
  return {
    ended,
    waiting: new Map(
      [...waits].map(([label, { served, wait, service }]) => [
        label,
        { served, wait: wait / served, service: service / served },
      ]),
    ),
    utilisation: new Map(
      [...state].map(([name, { hours, servers }]) => [name, hours / (span * servers)]),
    ),
  };
}

/** The mean wait in an M/M/c queue, in the unit of `service` (Erlang's C formula). */
export function erlangWait(arrivalRate: number, service: number, servers: number): number {
  const load = arrivalRate * service;
  if (load >= servers) return Infinity;
  // Erlang B by its recursion, which does not overflow.
  let blocked = 1;
  for (let c = 1; c <= servers; c++) blocked = (load * blocked) / (c + load * blocked);
  const waits = blocked / (1 - (load / servers) * (1 - blocked));
  return (waits * service) / (servers - load);
}

/** Sums over the demands of a label. */
interface Sum {
  served: number;
  wait: number;
  service: number;
}

function count(waits: Map<string, Sum>, { label, hours }: Demand, wait: number): void {
  const sum = waits.get(label) ?? { served: 0, wait: 0, service: 0 };
  waits.set(label, sum);
  sum.served += 1;
  sum.wait += wait;
  sum.service += hours;
}

interface TimedEvent {
  readonly at: number;
  readonly run: () => void;
}

/** Events by time, those of one time in the order they were added: a binary heap. */
function eventQueue() {
  const heap: (TimedEvent & { readonly order: number })[] = [];
  let added = 0;
  const before = (a: number, b: number) =>
    heap[a]!.at < heap[b]!.at || (heap[a]!.at === heap[b]!.at && heap[a]!.order < heap[b]!.order);
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  return {
    add(at: number, run: () => void) {
      let child = heap.push({ at, run, order: added++ }) - 1;
      for (let parent = (child - 1) >> 1; child > 0 && before(child, parent); ) {
        swap(child, parent);
        child = parent;
        parent = (child - 1) >> 1;
      }
    },
    take(): TimedEvent | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (!first || heap.length === 0) return first;
      heap[0] = last!;
      for (let parent = 0; ; ) {
        const [left, right] = [2 * parent + 1, 2 * parent + 2];
        let least = parent;
        if (left < heap.length && before(left, least)) least = left;
        if (right < heap.length && before(right, least)) least = right;
        if (least === parent) return first;
        swap(parent, least);
        parent = least;
      }
    },
  };
}

/** A queue whose head moves instead of its items. */
function fifo<T>() {
  let items: T[] = [];
  let head = 0;
  return {
    add(item: T) {
      items.push(item);
    },
    take(): T | undefined {
      if (head === items.length) return undefined;
      const item = items[head++];
      if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}
