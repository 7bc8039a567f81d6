import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { expect, it } from "vitest";
import { laterMember } from "./later.ts";

const dataLater = laterMember<{ readonly a: number }>("data");
const counted = () => {
  const made = { times: 0 };
  const event = dataLater({ kind: "other", name: "state" }, () => ({ a: ++made.times }));
  return { made, event: event as { kind: string; name: string; data?: unknown } };
};

it("makes a value when it is asked for, and once", () => {
  const { made, event } = counted();
  expect(Object.keys(event)).toEqual(["kind", "name", "data"]);
  expect(made.times).toBe(0);
  expect([event.data, event.data]).toEqual([{ a: 1 }, { a: 1 }]);
  expect(event.data).toBe(event.data);
});

it.each<[string, (event: object) => unknown]>([
  ["spreading", (event) => ({ ...event })],
  ["JSON", (event) => JSON.parse(JSON.stringify(event))],
  ["structuredClone", (event) => structuredClone(event)],
  ["Object.entries", (event) => Object.fromEntries(Object.entries(event))],
  [
    "posting to a thread",
    (event) => {
      const { port1, port2 } = new MessageChannel();
      port1.postMessage(event);
      const { message } = receiveMessageOnPort(port2)!;
      port1.close();
      return message;
    },
  ],
])("is a member like any other to %s", (_, copy) => {
  const expected = { kind: "other", name: "state", data: { a: 1 } };
  expect(copy(counted().event)).toStrictEqual(expected);
  expect(counted().event).toStrictEqual(expected);
});

it("belongs to its object alone", () => {
  const { event } = counted();
  expect(Object.create(event).data).toBeUndefined();
  expect(event.data).toEqual({ a: 1 });
});
