import { describe, expect, it } from "vitest";
import { createRandom, mean, meanInterval } from "../../stats/index.ts";
import { type Demand, erlangWait, runQueues } from "./queue.ts";

function* asks(...steps: (readonly Demand[])[]): Generator<readonly Demand[], string> {
  for (const step of steps) yield step;
  return "done";
}
const work = (hours: number, pool = "desk"): Demand => ({ pool, hours, label: pool });

describe("queues", () => {
  it("serve first come, first served, and tell who waited how long", () => {
    const run = runQueues({ desk: 1 }, [
      { at: 0, process: asks([work(3)]) },
      { at: 1, process: asks([work(2)]) },
      { at: 10, process: asks([work(1)]) },
    ]);
    expect(run.ended.map(({ hours }) => hours)).toEqual([3, 4, 1]);
    expect(run.waiting.get("desk")).toEqual({ served: 3, wait: 2 / 3, service: 2 });
    expect(run.utilisation.get("desk")).toBe(0.5);
  });

  it("serve the demands of a step at once where there are servers, and steps in turn", () => {
    const review = [work(2), work(5), work(4)];
    const ended = (servers: number) =>
      runQueues({ desk: servers }, [{ at: 0, process: asks(review, [work(1)]) }]).ended[0]!.hours;
    expect(ended(3)).toBe(6);
    expect(ended(2)).toBe(7);
    expect(ended(1)).toBe(12);
  });

  it("pass over empty steps, and give back how a process ended", () => {
    const run = runQueues({ desk: 1 }, [{ at: 2, process: asks([], [work(1)], []) }]);
    expect(run.ended).toEqual([{ end: "done", hours: 1 }]);
  });

  it("do not count those who come before the system is full", () => {
    const arrivals = [0, 0, 0, 0].map((at) => ({ at, process: asks([work(1)]) }));
    expect(runQueues({ desk: 1 }, arrivals, 2).ended.map(({ hours }) => hours)).toEqual([3, 4]);
  });

  it.each([
    [1, 0.5],
    [1, 0.8],
    [3, 0.7],
    [10, 0.85],
  ])("wait as Erlang has it: M/M/%i at a load of %f", (servers, load) => {
    const seed = 1909;
    const root = createRandom(seed).fork(`${servers} ${load}`);
    const service = 2;
    const rate = (load * servers) / service;
    const waits: number[] = [];
    const busy: number[] = [];
    for (let repetition = 0; repetition < 20; repetition++) {
      const random = root.fork(`${repetition}`);
      const exponential = (average: number) => -average * Math.log(1 - random.float());
      const arrivals = function* () {
        let at = 0;
        for (let order = 0; order < 6000; order++) {
          at += exponential(1 / rate);
          yield { at, process: asks([work(exponential(service))]) };
        }
      };
      const run = runQueues({ desk: servers }, arrivals(), 1000);
      waits.push(run.waiting.get("desk")!.wait);
      busy.push(run.utilisation.get("desk")!);
    }
    console.log(`queue: seed ${seed}`);
    const { low, high } = meanInterval(waits, 0.9999);
    const expected = erlangWait(rate, service, servers);
    expect(low).toBeLessThan(expected);
    expect(high).toBeGreaterThan(expected);
    expect(mean(busy)).toBeCloseTo(load, 1);
  });
});

describe("Erlang's formula", () => {
  it("is the textbook's for one server and for two", () => {
    for (const load of [0.1, 0.5, 0.9]) {
      expect(erlangWait(load, 1, 1)).toBeCloseTo(load / (1 - load), 12);
      expect(erlangWait(2 * load, 1, 2)).toBeCloseTo(load ** 2 / (1 - load ** 2), 12);
    }
  });

  it("has no limit where the load is too much, and no wait where nobody comes", () => {
    expect(erlangWait(2, 1, 2)).toBe(Infinity);
    expect(erlangWait(0, 1, 3)).toBe(0);
    expect(erlangWait(900, 1, 1000)).toBeLessThan(0.001);
  });
});
