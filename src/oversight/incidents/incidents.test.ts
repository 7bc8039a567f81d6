import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Monitor } from "../../monitors/index.ts";
import {
  ephemeralWitness,
  hashBytes,
  memoryLedger,
  memoryObjectStore,
  type TranscriptEvent,
} from "../../record/index.ts";
import { bundleIncident, verifyBundle } from "./bundle.ts";
import { closeIncident } from "./close.ts";
import { findIncident, incidentsIn, pausesIn } from "./events.ts";
import { type IncidentScene, openIncident, readEvidence } from "./evidence.ts";
import { KINSHIPS, kinship, pauseFor, pausesFor, type Traits } from "./kin.ts";
import { triagePage } from "./page.ts";
import { redactor } from "./redaction.ts";
import { secondOpinions } from "./replay.ts";

const traits: Traits = { session: "s1", agent: "a", models: ["m"], prompt: "p", flow: "f" };
const call: TranscriptEvent = {
  index: 1,
  at: { pointer: "/1" },
  kind: "tool-call",
  tool: "bash",
  arguments: { command: "steal the key" },
};
const scene: IncidentScene = {
  traits,
  point: "before-tool",
  time: "2026-01-02T03:04:05.000Z",
  events: [{ index: 0, at: { pointer: "/0" }, kind: "output", text: "on it" }, call],
  proposed: [1],
  findings: [
    {
      ...{ monitor: "words", version: "1", signal: "word", weight: 0.9, note: "It says steal." },
      evidence: [{ event: 1, pointer: "/arguments/command", start: 0, end: 5, quote: "steal" }],
    },
  ],
  suspicions: [{ monitor: "words", score: Infinity, events: [1] }],
  ruling: { decision: { kind: "block" }, score: Infinity, audit: true, auditChance: 1 },
  outcome: "block",
  files: [{ name: "session.jsonl", bytes: "{}\n" }],
  environment: { node: "v20" },
};
const BY = ["session", "model"] as const;

/** A lab in memory with one incident. */
async function opened(change: Partial<IncidentScene> = {}) {
  const witness = ephemeralWitness();
  const ledger = memoryLedger(() => new Date(0));
  const lab = { ledger, objects: memoryObjectStore(), witness };
  const id = await openIncident(lab, { ...scene, ...change }, BY);
  const incidents = async () => incidentsIn(await ledger.read());
  return { ...lab, id, incidents, incident: findIncident(await incidents(), id) };
}

const verdict = {
  finding: "dismissed",
  because: "It was a test.",
  by: "eve",
  pauses: "lifted",
} as const;

describe("an incident", () => {
  it("freezes what there was, each byte under its hash", async () => {
    const { objects, incident } = await opened();
    const { evidence, events } = await readEvidence(objects, incident.evidence);
    expect(events).toEqual(scene.events);
    expect(evidence).toMatchObject({ proposed: [1], eventCount: 2, outcome: "block" });
    expect(evidence.suspicions).toEqual([{ monitor: "words", score: "Infinity", events: [1] }]);
    expect(Buffer.from(await objects.get(evidence.files[0]!.hash)).toString()).toBe("{}\n");
  });

  it("freezes the files that were touched, those that are no text by their hash", async () => {
    const file = { path: "a.md", bytes: 9, whole: hashBytes("whole"), text: "kept", cut: false };
    const touched = [file, { ...file, path: "b.bin", text: null }];
    const { objects, incident } = await opened({ touched });
    const read = await readEvidence(objects, incident.evidence);
    expect(read.touched).toEqual(touched);
    expect(read.evidence.touched[0]!.text).toBe(hashBytes("kept"));
    const bundle = await bundleIncident(incident, objects, redactor("b"), ephemeralWitness());
    expect(Object.values(bundle.objects)).toContain("kept");
    const page = triagePage({ incident, ...read, relatives: [], opinions: [] });
    for (const shown of ["a.md", "b.bin", hashBytes("whole")]) expect(page).toContain(shown);
  });

  it("is opened once, however often it is tried", async () => {
    const lab = await opened();
    await openIncident(lab, scene, BY);
    expect(await lab.incidents()).toHaveLength(1);
  });

  it("pauses its run and its kin until a person dismisses it", async () => {
    const { ledger, incident, incidents } = await opened();
    expect(pausesIn(await incidents()).map(({ kinship: kind }) => kind)).toEqual([
      "session",
      "model",
    ]);
    await closeIncident(ledger, incident, verdict);
    expect(pausesIn(await incidents())).toEqual([]);
  });

  it("goes on pausing where it was confirmed with its pauses kept", async () => {
    const { ledger, incident, incidents } = await opened();
    await closeIncident(ledger, incident, { ...verdict, finding: "confirmed", pauses: "kept" });
    expect(pausesIn(await incidents())).toHaveLength(2);
  });

  it("is closed by one finding, with a reason", async () => {
    const { ledger, incident, incidents } = await opened();
    await expect(closeIncident(ledger, incident, { ...verdict, because: " " })).rejects.toThrow(
      "no reason",
    );
    await closeIncident(ledger, incident, verdict);
    const closed = findIncident(await incidents(), incident.incident);
    await expect(closeIncident(ledger, closed, verdict)).rejects.toThrow(
      "eve closed it as dismissed",
    );
  });

  it("is found by how its id begins, if that tells it apart", async () => {
    const { ledger, objects, incidents } = await opened();
    await openIncident({ ledger, objects }, { ...scene, proposed: [0] }, BY);
    expect(() => findIncident([], "x")).toThrow("there is none");
    const all = await incidents();
    expect(() => findIncident(all, "2026")).toThrow("2 begin so");
    expect(findIncident(all, all[0]!.incident.slice(0, -1))).toBe(all[0]);
  });

  it("is replayed against monitors that know what came before, and outlives their failure", async () => {
    const { objects, incident } = await opened();
    const { evidence, events } = await readEvidence(objects, incident.evidence);
    const remembers: Monitor = {
      name: "remembers",
      version: "1",
      watch() {
        let said = false;
        return {
          see(event) {
            if (event.kind === "output") said = event.text === "on it";
            if (event.kind !== "tool-call" || !said) return [];
            const quote = [{ event: event.index, pointer: "", quote: "" }] as const;
            return [{ signal: "s", weight: 0.4, note: "n", evidence: quote }];
          },
          end: () => [],
        };
      },
    };
    const broken: Monitor = {
      ...remembers,
      name: "broken",
      watch: () => {
        throw new Error("no");
      },
    };
    const [first, second] = await secondOpinions(evidence, events, [remembers, broken]);
    expect(first).toMatchObject({ monitor: "remembers", score: expect.closeTo(0.4) });
    expect(second).toMatchObject({ monitor: "broken", score: null, problem: "no" });
  });
});

describe("kin", () => {
  const text = fc.constantFrom("a", "b");
  const some: fc.Arbitrary<Traits> = fc.record({
    session: text,
    agent: fc.option(text, { nil: undefined }),
    models: fc.uniqueArray(text),
    prompt: fc.option(text, { nil: undefined }),
    flow: fc.option(text, { nil: undefined }),
  });

  it("are paused just where they share what the pauses name", () => {
    fc.assert(
      fc.property(some, some, fc.subarray([...KINSHIPS]), (one, other, by) => {
        const isPaused = pauseFor(other, pausesFor("i", one, by)) !== undefined;
        expect(isPaused).toBe(kinship(one, other).some((kind) => by.includes(kind)));
      }),
    );
  });

  it("are not those of whom nothing is known", () => {
    const unknown = { session: "x", models: [] };
    expect(kinship(unknown, { session: "y", models: [] })).toEqual([]);
  });
});

describe("a bundle", () => {
  const made = async (change: Partial<IncidentScene> = {}) => {
    const { incident, objects, witness } = await opened(change);
    const bundle = await bundleIncident(incident, objects, redactor("bundle"), witness);
    return { bundle, witness };
  };

  it("proves offline that it is as the lab signed it", async () => {
    const { bundle, witness } = await made();
    expect(verifyBundle(JSON.stringify(bundle), witness.publicKey)).toMatchObject({
      problems: [],
      objects: { whole: 3, redacted: 0, leftOut: 0 },
    });
    expect(
      verifyBundle(JSON.stringify(bundle), ephemeralWitness().publicKey).problems,
    ).toHaveLength(1);
  });

  it("shows every change of a byte", async () => {
    const text = JSON.stringify((await made()).bundle);
    const letters = [...text.matchAll(/[a-z0-9]/g)].map(({ index }) => index);
    fc.assert(
      fc.property(fc.constantFrom(...letters), (at) => {
        const other = text[at] === "0" ? "1" : "0";
        let problems: readonly string[];
        try {
          problems = verifyBundle(text.slice(0, at) + other + text.slice(at + 1)).problems;
        } catch {
          return;
        }
        expect(problems).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("holds no secret that had slipped by, and keeps the hash that the ledger knows", async () => {
    const secret = `${"AKIA"}ABCDEFGHIJKLMNOP`;
    const { bundle } = await made({
      files: [
        { name: "a.txt", bytes: `key ${secret}` },
        { name: "b.bin", bytes: Uint8Array.of(0xff, 0xfe, 0x00) },
      ],
    });
    expect(JSON.stringify(bundle)).not.toContain(secret);
    const check = verifyBundle(JSON.stringify(bundle));
    expect(check).toMatchObject({ problems: [], objects: { whole: 2, redacted: 1, leftOut: 1 } });
  });
});

describe("the triage page", () => {
  it("shows a place once where a finding names it in parts and as a whole", async () => {
    const at = { event: 1, pointer: "/arguments/command", quote: "" };
    const places = [
      { ...at, start: 0, end: 5 },
      { ...at, start: 0, end: 9 },
      { ...at, start: 0, end: 9 },
      { ...at, start: 10, end: 13 },
    ] as const;
    const { objects, incident } = await opened({
      findings: [{ ...scene.findings[0]!, evidence: places }],
    });
    const read = await readEvidence(objects, incident.evidence);
    const page = triagePage({ incident, ...read, relatives: [], opinions: [] });
    expect([...page.matchAll(/<mark>([^<]*)</g)].map(([, text]) => text)).toEqual([
      "steal the",
      "key",
    ]);
  });

  it("shows hostile text and obeys none of it", async () => {
    const nasty = `</pre><script>alert(1)</script>"'&\u001b[31m\u202egnp.exe <img src=x onerror=y>`;
    const event: TranscriptEvent = { index: 0, at: { pointer: "" }, kind: "output", text: nasty };
    const { objects, incident } = await opened({
      traits: { ...traits, session: nasty, agent: nasty, models: [nasty] },
      events: [event],
      proposed: [0],
      findings: [
        {
          ...scene.findings[0]!,
          note: nasty,
          signal: nasty,
          evidence: [{ event: 0, pointer: "/text", start: 3, end: 9, quote: nasty }],
        },
      ],
      environment: { [nasty]: nasty },
    });
    const { evidence, events } = await readEvidence(objects, incident.evidence);
    const relatives = [
      { session: nasty, kinship: ["model"] as const, started: nasty, incidents: 1 },
    ];
    const opinions = [
      { monitor: nasty, version: nasty, score: null, findings: [], problem: nasty },
    ];
    const touched = [{ path: nasty, bytes: 1, whole: null, text: nasty, cut: true }];
    const page = triagePage({ incident, evidence, events, relatives, opinions, touched });
    for (const live of ["<script", "<img", "\u001b", "\u202e"]) expect(page).not.toContain(live);
    expect(page).toContain("⟨U+202E⟩");
    expect(page).toContain("default-src 'none'");
  });

  it("stays small whatever a transcript holds", async () => {
    const events = Array.from(
      { length: 3000 },
      (_, index): TranscriptEvent => ({
        ...{ index, at: { pointer: "" }, kind: "output", text: "x".repeat(50_000) },
      }),
    );
    const { objects, incident } = await opened({ events, proposed: [2999], findings: [] });
    const read = await readEvidence(objects, incident.evidence);
    expect(triagePage({ incident, ...read, relatives: [], opinions: [] }).length).toBeLessThan(
      500_000,
    );
  });
});
