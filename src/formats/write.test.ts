import { describe, expect, it } from "vitest";
import type { EventBody, Transcript } from "../record/index.ts";
import {
  corpusFiles,
  HAS_CORPUS,
  NO_CORPUS,
  readBytes,
  readCorpusFile,
} from "./corpus.test-support.ts";
import {
  collectEvents,
  memorySource,
  READ_LIMITS,
  recordNames,
  writeAtif,
  writeInspectLog,
} from "./index.ts";
import { content } from "./stories.test-support.ts";
import { transcriptOf } from "./transcript/fields.ts";
import { storedHeader } from "./transcript/stored.ts";
import { readMember } from "./zip/data.ts";
import { readZipDirectory } from "./zip/directory.ts";
import { zipOf } from "./zip/zip.test-support.ts";

/** One of each kind, with all that it can carry. */
const BODIES: readonly EventBody[] = [
  { kind: "setting", name: "permission mode", value: "default" },
  { kind: "input", role: "system", text: "Rules." },
  { kind: "input", role: "user", text: "", media: [{ type: "image", reference: "data:…" }] },
  { kind: "input", role: "assistant", text: "prefilled" },
  { kind: "span", edge: "begin", name: "solver", spanId: "s", parentId: "p" },
  { kind: "reasoning", visibility: "raw", text: "attachment://0" },
  { kind: "output", text: "I will.", stopReason: "max_tokens" },
  { kind: "tool-call", callId: "c1", tool: "sh", arguments: { cmd: "ls" } },
  { kind: "tool-call", tool: "sh", arguments: "{cmd", parseError: "no JSON" },
  { kind: "decision", decider: "human", verdict: "reject", callId: "c1", explanation: "no" },
  { kind: "tool-result", callId: "c1", tool: "sh", text: "", error: "denied" },
  { kind: "tool-result", text: "unasked" },
  { kind: "reasoning", visibility: "summary", text: "in short" },
  { kind: "reasoning", visibility: "encrypted", text: "" },
  { kind: "reasoning", visibility: "empty", text: "" },
  { kind: "output", text: "" },
  { kind: "output", text: "twice" },
  { kind: "reasoning", visibility: "absent", text: "" },
  { kind: "tool-call", callId: "c1", tool: "sh", arguments: null },
  { kind: "tool-result", callId: "c1", tool: "sh", text: "again" },
  { kind: "diff", path: "a", patch: "@@", callId: "c1" },
  { kind: "compaction", text: "so far" },
  { kind: "score", score: { scorer: "m", value: { a: [1, null] } }, intermediate: true },
  { kind: "error", text: "stop" },
  { kind: "other", name: "note", data: [1, "2", { three: null }] },
  { kind: "problem", problem: "damaged" },
  { kind: "span", edge: "end", name: "solver", spanId: "s" },
];

const everything: Transcript = transcriptOf(
  {
    id: "run/1",
    source: { format: "test", file: "x" },
    agent: { name: "a", version: "1" },
    models: ["m1", "m2"],
    task: { id: "t", input: "Do it.", target: ["a", "b"] },
    started: "2026-01-01T00:00:00Z",
    status: "error",
    scores: [{ scorer: "match", value: 0.5, explanation: "half" }],
    labels: { unsafe: true },
    usage: { input: 10, output: 5, reasoning: 2 },
    metadata: { glasshouse: "mine", deep: { a: [1] } },
  },
  () =>
    BODIES.map((body, index) => ({
      at: { pointer: "" },
      time: index % 3 === 0 ? undefined : `2026-01-01T00:00:${10 + index}Z`,
      actor: index % 4 === 0 ? "m1" : undefined,
      branch: index % 7 === 0 ? "b" : undefined,
      ...body,
    })),
);

const FORMATS = { atif: atifText, "inspect-eval": inspectLog };

describe.each(Object.entries(FORMATS))("writing %s", (_, write) => {
  it("gives back every kind of event with all that it carries", async () => {
    await expectSame(everything, await write([everything]));
  });

  it.skipIf(!HAS_CORPUS)(`gives back real transcripts${NO_CORPUS}`, async () => {
    const names = corpusFiles().filter((name) => !/Algorithm-Generated|adversarial/.test(name));
    let count = 0;
    for (const name of names) {
      const { transcripts } = await readCorpusFile(name).catch(() => ({ transcripts: [] }));
      for (const { transcript, events } of transcripts.slice(0, 3)) {
        const held = {
          ...transcript,
          events: async function* () {
            yield* events;
          },
        };
        await expectSame(held, await write([held]));
        count++;
      }
    }
    expect(count).toBeGreaterThan(100);
  });
});

describe("writing an Inspect log", () => {
  const uuidsOf = async (log: Buffer): Promise<readonly string[]> => {
    const found: string[] = [];
    await changedSample(log, ({ events }) => {
      found.push(...(events as { uuid: string }[]).map(({ uuid }) => uuid));
    });
    return found;
  };

  it("gives each event an id of its own, the same in the same log", async () => {
    const uuids = await uuidsOf(await inspectLog([everything, everything]));
    expect(uuids.length).toBeGreaterThan(30);
    expect(new Set(uuids).size).toBe(uuids.length);
    expect(uuids.every((uuid) => /^[\w-]{22}$/.test(uuid))).toBe(true);
    expect(await uuidsOf(await inspectLog([everything, everything]))).toEqual(uuids);
  });

  it("lets an event of the transcript be called by that id", async () => {
    const log = await inspectLog([everything]);
    const { transcripts } = await readBytes("x.eval", log);
    const places = transcripts[0]!.events.map(({ at }) => at);
    const names = await recordNames(memorySource("x.eval", log), places);
    expect(new Set(names.map((name) => name?.id))).toEqual(new Set(await uuidsOf(log)));
    expect(names.every((name) => name?.type === "event")).toBe(true);
  });
});

describe("writing ATIF", () => {
  it("says what it can in ATIF's own fields", async () => {
    const plain = transcriptOf({ id: "p", source: { format: "test", file: "x" } }, () => [
      { at: { pointer: "" }, kind: "input", role: "user", text: "Go." },
      { at: { pointer: "" }, actor: "m", kind: "reasoning", visibility: "raw", text: "hm" },
      { at: { pointer: "" }, actor: "m", kind: "output", text: "Yes." },
      { at: { pointer: "" }, actor: "m", kind: "tool-call", callId: "c", tool: "f", arguments: {} },
      { at: { pointer: "" }, kind: "tool-result", callId: "c", text: "done" },
    ]);
    expect(JSON.parse(await atifText([plain])).steps).toEqual([
      { step_id: 1, source: "user", message: "Go." },
      {
        step_id: 2,
        source: "agent",
        message: "Yes.",
        model_name: "m",
        reasoning_content: "hm",
        tool_calls: [{ tool_call_id: "c", function_name: "f", arguments: {} }],
      },
      {
        step_id: 3,
        source: "system",
        message: "",
        observation: { results: [{ source_call_id: "c", content: "done" }] },
      },
    ]);
  });

  it("believes nothing stored that is not an event", async () => {
    const text = JSON.stringify({
      schema_version: "ATIF-v1.7",
      agent: { name: "a", version: "1" },
      extra: { glasshouse: { id: 7 } },
      steps: [{ source: "user", message: "hi", extra: { glasshouse: [{ kind: "input" }] } }],
    });
    const { transcripts } = await readBytes("a.json", text);
    expect(content(transcripts[0]!.events)).toMatchObject([{ kind: "input", text: "hi" }]);
  });
});

describe.each(["native", "kept"] as const)("a file whose %s fields were changed", (changed) => {
  const DIFFERS = /differs from its own fields/;

  it("in ATIF shows what other tools see, and says so", async () => {
    const document = JSON.parse(await atifText([everything])) as {
      steps: { message: string; extra?: { glasshouse: { kind: string; text?: string }[] } }[];
    };
    const step = document.steps.find(({ extra }) => extra?.glasshouse[0]?.kind === "compaction")!;
    if (changed === "native") step.message = "something else";
    else step.extra!.glasshouse[0]!.text = "something else";
    const { transcripts } = await readBytes("a.json", JSON.stringify(document));
    const events = content(transcripts[0]!.events);
    const shown = changed === "native" ? "something else" : "so far";
    expect(events).toContainEqual(expect.objectContaining({ kind: "input", text: shown }));
    expect(events.filter(({ kind }) => kind === "compaction")).toEqual([]);
    const problems = events.filter(
      (event) => event.kind === "problem" && event.problem !== "damaged",
    );
    expect(problems).toMatchObject([{ problem: expect.stringMatching(DIFFERS) }]);
  });

  it("in an Inspect log shows what other tools see, and says so", async () => {
    const file = await changedSample(await inspectLog([everything]), (sample) => {
      const events = sample.events as { event: string; decision?: string; metadata?: object }[];
      const approval = events.find(({ event }) => event === "approval")!;
      if (changed === "native") approval.decision = "approve";
      else {
        const kept = { kind: "decision", decider: "x", verdict: "approve" };
        approval.metadata = { glasshouse: [kept] };
      }
    });
    const { transcripts } = await readBytes("x.eval", file);
    const events = content(transcripts[0]!.events);
    const verdict = changed === "native" ? "approve" : "reject";
    expect(events.filter(({ kind }) => kind === "decision")).toMatchObject([
      { decider: "human", verdict },
    ]);
    const problems = events.filter(
      (event) => event.kind === "problem" && event.problem !== "damaged",
    );
    expect(problems).toMatchObject([{ problem: expect.stringMatching(DIFFERS) }]);
  });
});

/** Changes of a head, in the file's own fields or in what is kept beside them. */
const CHANGES: Record<string, (place: Record<string, unknown>, isKept: boolean) => void> = {
  id: (place, isKept) => Object.assign(place, isKept ? { id: "other" } : { uuid: "other" }),
  scores: (place, isKept) =>
    Object.assign(place, {
      scores: isKept ? [{ scorer: "match", value: 1 }] : { match: { value: 1 } },
    }),
  "the task": (place, isKept) =>
    Object.assign(place, isKept ? { task: { id: "t", input: "Be kind." } } : { input: "Be kind." }),
  labels: (place, isKept) =>
    isKept
      ? Object.assign(place, { labels: { unsafe: false } })
      : Object.assign(place.metadata as object, { labels: { unsafe: false } }),
  status: (place, isKept) =>
    Object.assign(place, isKept ? { status: "success" } : { error: undefined }),
};

describe.each(Object.entries(CHANGES))("a sample of which only one tells of %s", (_, change) => {
  it.each(["native", "kept"] as const)(
    "as changed in the %s fields is shown natively",
    async (where) => {
      const file = await changedSample(await inspectLog([everything]), (sample) => {
        const metadata = sample.metadata as { glasshouse: Record<string, unknown> };
        change(where === "kept" ? metadata.glasshouse : sample, where === "kept");
      });
      const [read] = (await readBytes("x.eval", file)).transcripts;
      const isChanged = where === "native";
      const { id, scores, task, status, labels } = read!.transcript;
      // A native reader has only Inspect's words: labels and the task's own id are metadata to it.
      expect(labels).toEqual({});
      expect(task.id).toBe("t/run_1");
      const shown = { id, scores, input: task.input, status };
      const native = { id: "run/1", scores: everything.scores, input: "Do it.", status: "error" };
      if (isChanged)
        expect([shown, read!.transcript.metadata.labels]).not.toEqual([native, { unsafe: true }]);
      else expect([shown, read!.transcript.metadata.labels]).toEqual([native, { unsafe: true }]);
      expect(read!.events[0]).toMatchObject({
        index: 0,
        kind: "problem",
        problem: expect.stringMatching(/kept of this transcript differs/),
        at: { pointer: "/metadata/glasshouse" },
      });
      expect(read!.events.map(({ index }) => index)).toEqual([...read!.events.keys()]);
    },
  );
});

describe("a head beside which something is kept", () => {
  it("in ATIF is believed over it, and the reader says so", async () => {
    const text = await atifText([everything]);
    for (const changed of [
      text.replace('"session_id":"run/1"', '"session_id":"run/2"'),
      text.replace('"id":"run/1"', '"id":"run/2"'),
      text.replace('"total_prompt_tokens":10', '"total_prompt_tokens":1'),
      text.replace('"models":["m1"', '"models":["m3"'),
      text.replace('"extra":{', '"extra":{"score":0,'),
      text.replace('"extra":{', '"notes":"It failed.","extra":{'),
    ]) {
      expect(changed).not.toBe(text);
      const [read] = (await readBytes("a.json", changed)).transcripts;
      const { session_id, agent, final_metrics } = JSON.parse(changed);
      expect(read!.transcript).toMatchObject({
        id: session_id,
        scores: [],
        labels: {},
        usage: { input: final_metrics.total_prompt_tokens },
      });
      expect(read!.transcript.models[0]).toBe(agent.model_name);
      expect(read!.events[0]).toMatchObject({
        kind: "problem",
        problem: expect.stringMatching(/kept of this transcript differs/),
      });
    }
  });

  it("in Inspect may have fields that say nothing, as other tools write them", async () => {
    const file = await changedSample(await inspectLog([everything]), (sample) => {
      Object.assign(sample, { limit: null, total_time: 3, timelines: null, epoch: 1 });
      Object.assign((sample.scores as { match: object }).match, { metadata: null });
    });
    await expectSame(everything, file);
  });

  it("in Inspect is not believed where the log names another model", async () => {
    const source = await inspectLog([everything]);
    const file = await changedMember(source, "header.json", (header) => {
      Object.assign(header.eval as object, { model: "m3" });
    });
    const [read] = (await readBytes("x.eval", file)).transcripts;
    expect(read!.transcript.models).toContain("m3");
    expect(read!.events[0]).toMatchObject({ kind: "problem" });
  });

  it("shows each of two scores of one scorer", async () => {
    const scores = [0, 1].map((value) => ({ scorer: "match", value }));
    const transcript = { ...everything, scores };
    await expectSame(transcript, await inspectLog([transcript, everything].slice(0, 1)));
    const file = await changedSample(await inspectLog([transcript]), (sample) => {
      sample.metadata = {};
    });
    const [read] = (await readBytes("x.eval", file)).transcripts;
    expect(read!.transcript.scores).toMatchObject([{ value: 0 }, { value: 1 }]);
  });

  it("stands for each run of a log of several models with one name", async () => {
    const other = { ...everything, models: ["m9"] };
    const { transcripts } = await readBytes("x", await inspectLog([everything, other]));
    expect(transcripts.map(({ transcript }) => storedHeader(transcript))).toEqual(
      [everything, other].map(storedHeader),
    );
  });
});

function changedSample(
  log: Buffer,
  change: (sample: Record<string, unknown>) => void,
): Promise<Buffer> {
  return changedMember(log, "samples/", change);
}

async function changedMember(
  log: Buffer,
  name: string,
  change: (value: Record<string, unknown>) => void,
): Promise<Buffer> {
  const source = memorySource("x", log);
  const { members } = await readZipDirectory(source, READ_LIMITS);
  const packed = [];
  for (const member of members.values()) {
    const text = (await readMember(source, member, READ_LIMITS)).toString();
    const value = JSON.parse(text) as Record<string, unknown>;
    if (member.name.startsWith(name)) change(value);
    packed.push({ name: member.name, data: JSON.stringify(value) });
  }
  return zipOf(packed);
}

async function expectSame(transcript: Transcript, written: string | Uint8Array) {
  const { transcripts, problems } = await readBytes("x", written);
  expect(problems).toEqual([]);
  expect(transcripts).toHaveLength(1);
  const [read] = transcripts;
  expect(storedHeader(read!.transcript)).toEqual(storedHeader(transcript));
  expect(content(read!.events)).toEqual(content(await collectEvents(transcript)));
}

async function inspectLog(transcripts: readonly Transcript[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const options = { task: "t", runId: "r", created: "2026-01-01T00:00:00Z" };
  for await (const piece of writeInspectLog(transcripts, options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function atifText([transcript]: readonly Transcript[]): Promise<string> {
  let text = "";
  for await (const piece of writeAtif(transcript!)) text += piece;
  return text;
}
