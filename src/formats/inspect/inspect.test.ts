import { describe, expect, it } from "vitest";
import {
  corpusFiles,
  HAS_CORPUS,
  NO_CORPUS,
  readBytes,
  readCorpusFile,
} from "../corpus.test-support.ts";
import { content, story } from "../stories.test-support.ts";
import { zipOf } from "../zip/zip.test-support.ts";

describe("an Inspect log that we made", () => {
  const messages = [
    { id: "m1", role: "user", content: "attachment://aa" },
    {
      id: "m2",
      role: "assistant",
      content: [
        { type: "reasoning", reasoning: "I could just delete it.", redacted: false },
        { type: "text", text: "Deleting." },
      ],
      tool_calls: [{ id: "c1", function: "bash", arguments: { cmd: "rm x" }, type: "function" }],
    },
    { id: "m3", role: "tool", content: "gone", tool_call_id: "c1", function: "bash" },
    {
      id: "m4",
      role: "assistant",
      content: [
        { type: "reasoning", reasoning: "gAAAA", redacted: true },
        { type: "text", text: "Done." },
      ],
    },
  ];
  const model = (refs: unknown, message: unknown) => ({
    event: "model",
    timestamp: "2026-01-01T00:00:00Z",
    model: "mock/model",
    input: [],
    input_refs: refs,
    output: { model: "mock", choices: [{ message, stop_reason: "stop" }] },
  });
  const events = [
    { event: "span_begin", id: "s1", name: "react", timestamp: "2026-01-01T00:00:00Z" },
    model([[0, 1]], messages[1]),
    {
      event: "approval",
      approver: "human",
      decision: "approve",
      message: "",
      call: { id: "c1", function: "bash", arguments: {} },
    },
    { event: "tool", id: "c1", function: "bash", arguments: { cmd: "rm x" }, result: "gone" },
    model([[0, 3]], messages[3]),
    { event: "score", score: { value: Number.NaN }, scorer: "match" },
    { event: "new_in_2027", surprise: 1 },
    { event: "span_end", id: "s1" },
  ];
  const sample = { id: "a", epoch: 1, input: "attachment://aa", target: "t", model_usage: {} };
  const json = (value: unknown) => JSON.stringify(value).replace('"value":null', '"value":NaN');
  const start = { name: "_journal/start.json", data: json({ eval: { task: "demo" } }) };
  const header = {
    name: "header.json",
    data: json({ status: "success", eval: { task: "demo", model: "mock/model" } }),
  };
  const whole = {
    name: "samples/a_epoch_1.json",
    data: json({
      ...sample,
      messages,
      events,
      attachments: { aa: "Clean up." },
      events_data: { messages: messages.slice(0, 3), calls: [] },
    }),
  };
  const chunk = (name: string, value: unknown) => ({
    name: `samples/a_epoch_1/${name}`,
    data: json(value),
    method: 93 as const,
  });
  const renumbered = events.map((event) =>
    JSON.parse(JSON.stringify(event).replaceAll("attachment://aa", "attachment://0")),
  );
  renumbered[5] = events[5];
  const chunks = [
    chunk("sample.json", { ...sample, input: "attachment://0", message_refs: [[0, 4]] }),
    chunk("messages/0.json", [{ ...messages[0], content: "attachment://0" }]),
    chunk("messages/1.json", messages.slice(1)),
    chunk("events/0.json", renumbered.slice(0, 2)),
    chunk("events/2.json", renumbered.slice(2)),
    chunk("attachments/0.json", ["Clean up."]),
  ];

  it("tells each message, thought, call and result once, in order", async () => {
    const { transcripts, problems } = await readBytes("a.eval", zipOf([start, whole, header]));
    expect(problems).toEqual([]);
    expect(transcripts).toHaveLength(1);
    const { transcript, events: told } = transcripts[0]!;
    expect(transcript.task).toEqual({ id: "demo/a", input: "attachment://aa", target: "t" });
    expect(transcript.status).toBe("success");
    expect(story(told)).toEqual([
      "span begin react",
      "input user: Clean up.",
      "reasoning raw: I could just delete it.",
      "output: Deleting.",
      'tool-call bash {"cmd":"rm x"}',
      "decision human: approve",
      "tool-result c1: gone",
      "reasoning encrypted: ",
      "output: Done.",
      "score match: NaN",
      "other new_in_2027",
      "span end react",
    ]);
    expect(told.map(({ index }) => index)).toEqual(told.map((_, index) => index));
    expect(told[2]!.at).toEqual({ part: "samples/a_epoch_1.json", pointer: "/events/1" });
  });

  it("reads the same from chunks packed with zstd, in several frames", async () => {
    const original = await readBytes("a.eval", zipOf([header, whole]));
    const chunked = await readBytes("a.eval", zipOf([header, ...chunks], true));
    expect(chunked.problems).toEqual([]);
    expect(content(chunked.transcripts[0]!.events)).toEqual(
      content(original.transcripts[0]!.events),
    );
  });

  it("reads a log that is still being written, without a header", async () => {
    const { transcripts, problems } = await readBytes("a.eval", zipOf([start, whole]));
    expect(problems).toEqual([]);
    expect(transcripts[0]!.transcript.status).toBe("started");
  });

  it("finds the members of a log whose writer was killed before the directory", async () => {
    const bytes = zipOf([start, whole]);
    const cut = bytes.subarray(0, bytes.lastIndexOf("PK\x01\x02") - 40);
    const { transcripts, problems } = await readBytes("a.eval", cut);
    expect(problems[0]!.problem).toContain("directory is missing");
    expect(transcripts).toHaveLength(1);
  });

  it("keeps a run's other samples when one is damaged", async () => {
    const bad = { name: "samples/b_epoch_1.json", data: "{}", crc: 1 };
    const { transcripts, problems } = await readBytes("a.eval", zipOf([header, bad, whole]));
    expect(transcripts).toHaveLength(1);
    expect(problems).toEqual([
      {
        place: "a.eval samples/b_epoch_1.json",
        problem: "its checksum is wrong: it was damaged or changed",
      },
    ]);
  });
});

describe.skipIf(!HAS_CORPUS)(`real Inspect logs${NO_CORPUS}`, () => {
  const logs = [...corpusFiles("inspect-eval"), ...corpusFiles("inspect-json")].filter((name) =>
    /\.eval$|inspect-json/.test(name),
  );

  it.each(logs)("reads %s", async (name) => {
    const { transcripts, problems } = await readCorpusFile(name);
    expect(problems).toEqual([]);
    if (!name.includes("no-samples")) expect(transcripts.length).toBeGreaterThan(0);
    for (const { events } of transcripts) {
      expect(events.length).toBeGreaterThan(0);
      expect(events.filter(({ kind }) => kind === "problem")).toEqual([]);
    }
  });

  const pairs = corpusFiles("inspect-eval/chunked-pairs/fixtures/logs/chunked");
  it.each(pairs)("reads the same events from %s and its original", async (name) => {
    const chunked = await readCorpusFile(name);
    const original = await readCorpusFile(name.replace("/chunked/", "/original/"));
    const byId = (file: typeof chunked) =>
      new Map(file.transcripts.map(({ transcript, events }) => [transcript.id, content(events)]));
    expect(byId(chunked)).toEqual(byId(original));
  });
});
