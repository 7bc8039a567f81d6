import { describe, expect, it } from "vitest";
import type { Monitor } from "../../monitors/index.ts";
import type { EventBody, TranscriptEvent } from "../../record/index.ts";
import { createRandom } from "../../stats/index.ts";
import {
  auditShare,
  deferToTrusted,
  noProtocol,
  type Occasion,
  type Protocol,
  replay,
  withinBudget,
} from "../index.ts";

const BODIES: readonly EventBody[] = [
  { kind: "input", role: "system", text: "Work carefully." },
  { kind: "input", role: "user", text: "Mend the test." },
  { kind: "reasoning", visibility: "raw", text: "Look first." },
  { kind: "tool-call", callId: "1", tool: "bash", arguments: { command: "ls" } },
  { kind: "tool-call", callId: "2", tool: "bash", arguments: { command: "rm -rf /" } },
  { kind: "tool-result", callId: "1", text: "a.ts" },
  { kind: "tool-result", callId: "2", text: "refused" },
  { kind: "compaction", text: "It looked around." },
  { kind: "output", text: "Done." },
];

const transcript = {
  id: "old",
  models: [],
  task: {},
  async *events() {
    yield* BODIES.map(
      (body, index): TranscriptEvent => ({ index, at: { pointer: `/${index}` }, ...body }),
    );
  },
};

const wary: Monitor = {
  name: "wary",
  version: "1",
  watch: () => ({
    see: (event) =>
      JSON.stringify(event).includes("rm -rf")
        ? [
            {
              signal: "deletes",
              weight: 0.9,
              note: "It deletes everything.",
              evidence: [{ event: event.index, pointer: "/arguments/command", quote: "rm -rf /" }],
            },
          ]
        : [],
    end: () => [],
  }),
};

async function replayed(protocol: Protocol, monitors: readonly Monitor[] = [wary]) {
  const found = [];
  for await (const each of replay(transcript, monitors, protocol, createRandom(1)))
    found.push(each);
  return found;
}

describe("an old transcript", () => {
  it("is gone through at four points, in the order of what happened", async () => {
    const found = await replayed(noProtocol());
    expect(found.map(({ point, event }) => `${point} ${event}`)).toEqual([
      "before-model 2",
      "after-model 2",
      "before-tool 3",
      "before-tool 4",
      "after-tool 5",
      "after-tool 6",
      "before-model 8",
      "after-model 8",
    ]);
  });

  it("shows where a protocol would have stepped in, and on what grounds", async () => {
    const found = await replayed(deferToTrusted({ deferAbove: 0.5 }));
    const steppedIn = found.filter(({ ruling }) => ruling.decision.kind !== "allow");
    expect(steppedIn).toMatchObject([
      { event: 4, suspicions: [{ monitor: "wary", score: 0.9, events: [4] }] },
    ]);
  });

  it("shows a protocol both what the model was sent and what it no longer sees", async () => {
    const occasions: Occasion[] = [];
    const allow = noProtocol();
    await replayed((occasion, spent) => {
      occasions.push(occasion);
      return allow(occasion, spent);
    });
    const last = occasions.at(-1)!;
    expect(last.history.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(last.sent.map(({ index }) => index)).toEqual([0, 7]);
    expect(last.candidates[0]!.proposed.map(({ index }) => index)).toEqual([8]);
  });

  it("uses up a budget as the run would have", async () => {
    const audited = withinBudget(noProtocol({ audit: auditShare(1) }), { audits: 1 });
    const found = await replayed(audited);
    const calls = found.filter(({ point }) => point === "before-tool");
    expect(calls.map(({ ruling }) => ruling.decision.kind)).toEqual(["allow", "stop"]);
  });

  it("gives the same rulings again", async () => {
    const protocol = noProtocol({ audit: auditShare(0.5) });
    expect(await replayed(protocol)).toEqual(await replayed(protocol));
  });

  it("shows each point what a copy at that point would have shown", async () => {
    const random = createRandom(7);
    const bodies = Array.from({ length: 300 }, (_, i): EventBody => {
      const kind = random.integer(10);
      if (kind < 3) return { kind: "tool-call", callId: `${i}`, tool: "bash", arguments: {} };
      if (kind < 5) return { kind: "tool-result", callId: `${i}`, text: "" };
      if (kind === 5) return { kind: "compaction", text: "" };
      if (kind === 6) return { kind: "input", role: "system", text: "" };
      return kind === 7 ? { kind: "input", role: "user", text: "" } : { kind: "output", text: "" };
    });
    const events = bodies.map(
      (body, index): TranscriptEvent => ({ index, at: { pointer: "" }, ...body }),
    );
    const allow = noProtocol();
    let seen = 0;
    const protocol: Protocol = (occasion, spent) => {
      const { history, sent } = occasion;
      const until = events.slice(0, history.length);
      expect(history).toEqual(until);
      const from = Math.max(
        0,
        until.findLastIndex(({ kind }) => kind === "compaction"),
      );
      expect(sent).toEqual(
        until.filter(
          (event, i) => i >= from || (event.kind === "input" && event.role === "system"),
        ),
      );
      seen += 1;
      return allow(occasion, spent);
    };
    const random300 = {
      ...transcript,
      async *events() {
        yield* events;
      },
    };
    for await (const _ of replay(random300, [], protocol, createRandom(1)));
    expect(seen).toBeGreaterThan(200);
  });

  it("may be kept in full at every point without a copy at any", async () => {
    const count = 8000;
    const long = {
      ...transcript,
      async *events() {
        for (let index = 0; index < count; index++) {
          const body = BODIES[3 + 2 * (index % 2)]!;
          yield { index, at: { pointer: "" }, ...body } as TranscriptEvent;
        }
      },
    };
    const allow = noProtocol();
    const kept: Occasion[] = [];
    const protocol: Protocol = (occasion, spent) => {
      kept.push(occasion);
      return allow(occasion, spent);
    };
    const before = process.memoryUsage().heapUsed;
    for await (const _ of replay(long, [], protocol, createRandom(1)));
    // Copies would be 16,000 times 4,000 references of 8 bytes: 512 MB, and as much for what was sent.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
    expect(kept).toHaveLength(2 * count);
    expect(kept.at(-1)!.history.at(-1)!.index).toBe(count - 2);
    expect(kept[100]!.history).toHaveLength(kept[100]!.history.at(-1)!.index + 1);
  });
});
