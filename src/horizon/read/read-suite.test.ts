import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fault } from "../../record/index.ts";
import { hasOracle, oracleFile } from "../suite.test-support.ts";
import type { Outcomes, Suite } from "../suite.ts";
import { csvRows } from "./csv.ts";
import { type ReadOptions, readSuite } from "./read-suite.ts";
import { openSource } from "./source.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "horizon-read-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function file(content: string | Buffer): Promise<string> {
  // A name that says nothing: what a file is, its content tells.
  const path = join(folder, `file-${files++}`);
  await writeFile(path, content);
  return path;
}

async function suiteOf(content: string | Buffer, options?: ReadOptions): Promise<Suite> {
  return (await readSuite([await file(content)], options)).suite;
}

async function refusal(content: string | Buffer, options?: ReadOptions): Promise<string> {
  const path = await file(content);
  const error = await readSuite([path], options).then(
    () => new Error("it was read"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Fault);
  return (error as Fault).message.replaceAll(path, "FILE");
}

/** An agent's cells as [task, runs, sum of scores]. */
function cells(suite: Suite, agent: string): (string | number)[][] {
  const outcomes = suite.agents.find((each) => each.agent === agent) as Outcomes;
  return suite.tasks.flatMap((task, index) =>
    outcomes.runs[index] ? [[task.id, outcomes.runs[index]!, outcomes.scores[index]!]] : [],
  );
}

const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");

/** As METR wrote them in January 2025. */
const early = [
  {
    run_id: "a",
    task_id: "maze/small",
    task_family: "maze",
    alias: "Able",
    model: "ab-1",
    score: 1,
    score_binarized: 1,
    human_minutes: 5,
    human_source: "baseline",
  },
  {
    run_id: "b",
    task_id: "maze/small",
    task_family: "maze",
    alias: "Able",
    model: "ab-1",
    score: 0.25,
    score_binarized: 0,
    human_minutes: 5,
    human_source: "baseline",
  },
  {
    run_id: "c",
    task_id: "maze/large",
    task_family: "maze",
    alias: "Able",
    model: "ab-1",
    score: 0,
    score_binarized: 0,
    human_minutes: 240,
    human_source: "estimate",
  },
  {
    run_id: "d",
    task_id: "maze/small",
    task_family: "maze",
    alias: "human",
    model: "human",
    score: 1,
    score_binarized: 1,
    human_minutes: 5,
    human_source: "baseline",
  },
];
/** As METR writes them since Time Horizon 1.1. */
const later = early.map(({ score, ...row }) => ({
  ...row,
  score_cont: score,
  task_source: "HCAST",
  fatal_error_from: null,
  scaffold: "react",
}));
const csv = (rows: readonly object[]) =>
  [
    Object.keys(rows[0]!).join(","),
    ...rows.map((row) =>
      Object.values(row)
        .map((cell) => cell ?? "")
        .join(","),
    ),
  ].join("\r\n");

describe("a file of runs", () => {
  it.each<[string, string | Buffer]>([
    ["JSON Lines of January 2025", lines(early)],
    ["JSON Lines of Time Horizon 1.1", lines(later)],
    ["a JSON array", JSON.stringify(early)],
    ["a JSON array over many lines", JSON.stringify(later, null, 2)],
    ["CSV", csv(early)],
    ["CSV of Time Horizon 1.1", csv(later)],
    ["gzipped JSON Lines", gzipSync(lines(early))],
    [
      "gzip made of two parts",
      Buffer.concat([gzipSync(lines(early.slice(0, 2))), gzipSync(`\n${lines(early.slice(2))}`)]),
    ],
    ["a byte order mark and blank lines", `\ufeff\n${lines(early)}\n\n`],
  ])("is read from %s", async (_what, content) => {
    const suite = await suiteOf(content);
    expect(suite.tasks).toMatchObject([
      { id: "maze/small", family: "maze", minutes: 5, baselines: 1 },
      { id: "maze/large", family: "maze", minutes: 240, baselines: 0 },
    ]);
    expect(cells(suite, "Able")).toEqual([
      ["maze/small", 2, 1],
      ["maze/large", 1, 0],
    ]);
    expect(cells(suite, "human")).toEqual([["maze/small", 1, 1]]);
  });

  it("gives points instead of successes where asked, and keeps each run's", async () => {
    for (const rows of [early, later]) {
      const suite = await suiteOf(lines(rows), { score: "continuous" });
      expect(cells(suite, "Able")[0]).toEqual(["maze/small", 2, 1.25]);
      expect(suite.agents[0]!.perRun!.map((row) => [...row])).toEqual([[1, 0.25], [0]]);
      expect(suite.agents[1]!.perRun).toBeUndefined();
    }
  });

  it("keeps each run's success where asked", async () => {
    const suite = await suiteOf(lines(early), { perRun: true });
    expect(suite.agents[0]!.perRun!.map((row) => [...row])).toEqual([[1, 0], [0]]);
  });

  it("is read in the lab's own short words, with the family from the task's name", async () => {
    const rows = [
      { run: "1", task: "probe/easy", agent: "Lab", minutes: 30, score: 1 },
      { run: "2", task: "probe/hard", agent: "Lab", minutes: 90, score: 0 },
    ];
    const suite = await suiteOf(lines(rows));
    expect(suite.tasks.map(({ family }) => family)).toEqual(["probe", "probe"]);
    expect(cells(suite, "Lab")).toHaveLength(2);
  });

  it("is joined with others, agents and tasks by name", async () => {
    const more = early.map((row, index) => ({ ...row, run_id: `m${index}`, alias: "Other" }));
    const { suite, files: readings } = await readSuite([
      await file(lines(early)),
      await file(csv(more)),
    ]);
    expect(suite.tasks).toHaveLength(2);
    expect(suite.agents.map(({ agent }) => agent)).toEqual(["Able", "human", "Other"]);
    expect(readings.map(({ rows }) => rows)).toEqual([4, 4]);
  });

  it("is narrowed to the agents asked for", async () => {
    const suite = await suiteOf(lines(early), { agents: ["human"] });
    expect(suite.agents.map(({ agent }) => agent)).toEqual(["human"]);
  });
});

describe("METR's task counts", () => {
  const counts = (task: object) => ({
    Able: {
      printed_coefficient: -0.5,
      tasks: [
        {
          task_id: "maze/small",
          task_family: "maze",
          human_minutes: 5,
          n_successes: 3,
          n_runs: 6,
          task_weight: 1,
          ...task,
        },
      ],
    },
  });

  it("are read as runs", async () => {
    expect(cells(await suiteOf(JSON.stringify(counts({}), null, 1)), "Able")).toEqual([
      ["maze/small", 6, 3],
    ]);
    expect(cells(await suiteOf(JSON.stringify(counts({}))), "Able")).toEqual([
      ["maze/small", 6, 3],
    ]);
  });

  it("are refused with the agent, row and column", async () => {
    const message = await refusal(JSON.stringify(counts({ n_successes: 7 })));
    expect(message).toMatch(
      "FILE, Able, row 1, column n_successes: there are more successes than runs; here stands 7 of 6.",
    );
    expect(await refusal(JSON.stringify(counts({ human_minutes: -1 })))).toMatch(
      "row 1, column human_minutes: the minutes must be above 0; here stands -1",
    );
    expect(await refusal(JSON.stringify(counts({ n_runs: 1.5 })))).toMatch(
      "FILE, Able.tasks.0.n_runs: ",
    );
    expect(await refusal(JSON.stringify(counts({})), { score: "continuous" })).toMatch(
      "has no continuous scores",
    );
  });
});

describe("outcomes on SWE-bench", () => {
  const annotations =
    'instance_id,notes,difficulty\nastropy__astropy-1,"long,\nquoted ""notes""",<15 min fix\nastropy__astropy-2,,15 min - 1 hour\ndjango__django-7,,1-4 hours\ndjango__django-8,,>4 hours\n';
  const outcomes =
    "instance,model,resolved\nastropy__astropy-1,m,true\nastropy__astropy-2,m,False\ndjango__django-7,m,1\ndjango__django-8,m,0\n";

  it("take minutes from the annotations, whichever file comes first, and the repository as family", async () => {
    const paths = [await file(outcomes), await file(annotations)];
    for (const order of [paths, [...paths].reverse()]) {
      const { suite } = await readSuite(order);
      expect(suite.tasks.map(({ minutes }) => Math.round(minutes * 100) / 100)).toEqual([
        3.87, 30, 120, 480,
      ]);
      expect(suite.tasks.map(({ family }) => family)).toEqual([
        "astropy__astropy",
        "astropy__astropy",
        "django__django",
        "django__django",
      ]);
      expect(cells(suite, "m").map(([, , score]) => score)).toEqual([1, 0, 1, 0]);
    }
  });

  it("may carry the difficulty themselves", async () => {
    const suite = await suiteOf("instance_id,model,resolved,difficulty\na__b-1,m,true,1-4 hours\n");
    expect(suite.tasks[0]!.minutes).toBe(120);
  });

  it("are refused without annotation, with an unknown outcome, and where one stands twice", async () => {
    expect(await refusal(outcomes)).toMatch(
      "FILE, row 2, column instance_id: no annotation says how hard the instance is; give the annotations file too; here stands astropy__astropy-1",
    );
    const own = "instance,model,resolved,difficulty\n";
    expect(await refusal(`${own}a__b-1,m,maybe,1-4 hours\n`)).toMatch(
      "row 2, column resolved: the outcome is neither true nor false; here stands maybe",
    );
    expect(await refusal(`${own}a__b-1,m,1,an age\n`)).toMatch(
      'column difficulty: the difficulty is none of "<15 min fix"',
    );
    expect(await refusal(`${own}a__b-1,m,1,1-4 hours\na__b-1,m,0,1-4 hours\n`)).toMatch(
      "row 3, column run_id: the run stands twice; here stands m a__b-1, first in row 2",
    );
  });
});

describe("an Inspect log", () => {
  const sample = (id: string, value: unknown, more: object = {}) => ({
    id,
    epoch: 1,
    scores: { match: { value } },
    metadata: { human_minutes: 12, task_family: "reading" },
    ...more,
  });
  const log = (samples: readonly object[]) => ({
    version: 2,
    status: "success",
    eval: { task: "books", model: "lab/model", run_id: "r" },
    samples,
  });

  it("is read by its samples' metadata", async () => {
    const values = ["C", "I", true, 0, "1"];
    const suite = await suiteOf(
      JSON.stringify(log(values.map((value, index) => sample(`${index}`, value)))),
    );
    expect(suite.tasks[0]).toMatchObject({ id: "books/0", family: "reading", minutes: 12 });
    expect(cells(suite, "lab/model").map(([, , score]) => score)).toEqual([1, 0, 1, 0, 1]);
  });

  it("is read from an .eval archive just so", async () => {
    const samples = [sample("0", "C", { uuid: "u0" }), sample("1", "I", { uuid: "u1" })];
    const { samples: _samples, ...header } = log([]);
    const archive = storedZip([
      ["header.json", header],
      ...samples.map((each) => [`samples/${each.id}_epoch_1.json`, each] as const),
    ]);
    const [plain, packed] = [await suiteOf(JSON.stringify(log(samples))), await suiteOf(archive)];
    expect(packed).toEqual(plain);
    expect(cells(packed, "lab/model").map(([, , score]) => score)).toEqual([1, 0]);
    const untimed = storedZip([
      ["header.json", header],
      ["samples/0_epoch_1.json", { ...samples[0], metadata: {} }],
    ]);
    expect(await refusal(untimed)).toMatch("FILE, row 1, column metadata.human_minutes");
  });

  it("gives partial scores where asked, and else refuses them", async () => {
    const content = JSON.stringify(log([sample("a", "P"), sample("b", "C")]));
    expect(cells(await suiteOf(content, { score: "continuous" }), "lab/model")[0]).toEqual([
      "books/a",
      1,
      0.5,
    ]);
    expect(await refusal(content)).toMatch(
      "row 1, column scores.match: the score is neither 0 nor 1, so it needs --score continuous; here stands 0.5",
    );
  });

  it("is refused without human time, without scores, and with scorers to choose from", async () => {
    expect(
      await refusal(JSON.stringify(log([sample("a", "C", { metadata: { hours: 2 } })]))),
    ).toMatch(
      "row 1, column metadata.human_minutes: the sample has no human time; --human-time names the key",
    );
    const timed = await suiteOf(
      JSON.stringify(log([sample("a", "C", { metadata: { mins: 2 } })])),
      { humanTime: "mins" },
    );
    expect(timed.tasks[0]!.minutes).toBe(2);
    expect(
      await refusal(
        JSON.stringify(
          log([
            sample("a", "C"),
            sample("b", "C", { scores: null, error: { message: "out of memory" } }),
          ]),
        ),
      ),
    ).toMatch("row 2, column scores.match: the sample has no score, since it ended in an error");
    const two = JSON.stringify(
      log([sample("a", "C", { scores: { match: { value: "C" }, judge: { value: "I" } } })]),
    );
    expect(await refusal(two)).toMatch("Choose one with --scorer: match, judge");
    expect(cells(await suiteOf(two, { scorer: "judge" }), "lab/model")).toEqual([
      ["books/a", 1, 0],
    ]);
    expect(await refusal(JSON.stringify(log([])))).toMatch("the log has no samples");
  });
});

describe("what cannot be used is named by file, row and column", () => {
  const [first, second] = early as [(typeof early)[0], (typeof early)[0]];
  const withSecond = (change: object) => lines([first, { ...second, ...change }]);
  const { human_minutes: _minutes, ...untimed } = second;

  it.each<[string, string | Buffer, string]>([
    [
      "a missing column",
      lines([first, untimed]),
      "FILE, row 2, column human_minutes: the row has no column human_minutes (or minutes).",
    ],
    [
      "a missing column in CSV",
      "task_id,alias,score\na,b,1\n",
      "FILE, row 2, column human_minutes: the row has no column human_minutes (or minutes).",
    ],
    [
      "negative minutes",
      withSecond({ human_minutes: -3 }),
      "FILE, row 2, column human_minutes: the minutes must be above 0; here stands -3.",
    ],
    [
      "zero minutes",
      withSecond({ human_minutes: 0 }),
      "the minutes must be above 0; here stands 0.",
    ],
    [
      "minutes that are null",
      withSecond({ human_minutes: null }),
      "row 2, column human_minutes: the minutes are not a number",
    ],
    [
      "NaN from Python",
      `${lines([first])}\n${lines([second]).replace('"human_minutes":5', '"human_minutes": NaN')}`,
      "FILE, row 2, column human_minutes: the value is NaN.",
    ],
    [
      "NaN in CSV",
      `${csv([first])}\r\n${csv([{ ...second, human_minutes: "NaN" }]).split("\r\n")[1]}`,
      "FILE, row 3, column human_minutes: the minutes are not a number; here stands NaN.",
    ],
    [
      "infinite minutes in CSV",
      csv([{ ...first, human_minutes: "Infinity" }]),
      "FILE, row 2, column human_minutes: the minutes must be above 0 and finite; here stands Infinity.",
    ],
    [
      "a score above 1",
      withSecond({ score_binarized: 2 }),
      "row 2, column score_binarized: the score lies outside 0 to 1; here stands 2.",
    ],
    [
      "a score that is no success",
      lines([{ run: "1", task: "a/b", agent: "c", minutes: 1, score: 0.5 }]),
      "row 1, column score: the score is neither 0 nor 1, so it needs --score continuous; here stands 0.5.",
    ],
    [
      "an agent without name",
      withSecond({ alias: "" }),
      'row 2, column alias: the cell is empty or no text; here stands "".',
    ],
    [
      "a run id that stands twice",
      withSecond({ run_id: "a" }),
      "FILE, row 2, column run_id: the run stands twice; here stands a, first in row 1.",
    ],
    [
      "minutes that contradict",
      withSecond({ human_minutes: 6 }),
      "FILE, row 2, column human_minutes: the minutes contradict an earlier row of the same task; here stands 6 for maze/small, before it was 5.",
    ],
    [
      "a family that contradicts",
      withSecond({ task_family: "labyrinth" }),
      "row 2, column task_family: the family contradicts an earlier row",
    ],
    [
      "broken JSON",
      `${lines([first])}\n{"task_id": "maze`,
      "FILE, row 2: the row is not valid JSON.",
    ],
    [
      "a row that is no object",
      `${lines([first])}\n[1, 2]`,
      "FILE, row 2: the row is not a JSON object.",
    ],
    [
      "a cell too many in CSV",
      `${csv([first])},extra\r\n`,
      "FILE, row 2: the row has 10 cells where the header has 9.",
    ],
    [
      "a column that stands twice",
      "task_id,alias,score,minutes,score\n",
      'FILE, row 1: the column "score" stands twice.',
    ],
    [
      "a quote that is not closed",
      `${csv([first])}\r\n"maze`,
      "FILE, row 3: a quote is opened and not closed.",
    ],
    [
      "bytes that are no UTF-8",
      Buffer.concat([Buffer.from(`${lines([first])}\n`), Buffer.from([0x7b, 0xff, 0x7d])]),
      "FILE, row 2: the text is not UTF-8.",
    ],
    [
      "a JSON array that is cut short",
      JSON.stringify(early).slice(0, -20),
      "FILE: the JSON array is cut short.",
    ],
    [
      "text after a JSON array",
      `${JSON.stringify(early)},`,
      "FILE: there is text after the JSON array.",
    ],
    [
      "gzip that is cut short",
      gzipSync(lines(early)).subarray(0, 60),
      "FILE: the gzip data are broken or cut short.",
    ],
    ["UTF-16", Buffer.from(`\ufeff${lines(early)}`, "utf16le"), "FILE: the text is UTF-16."],
    ["an empty file", "", "FILE: the file is empty."],
    [
      "a file of something else",
      "just some words\n",
      "FILE, row 1: the file is neither CSV with a header, nor JSON, nor YAML.",
    ],
    ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]), "FILE: the file is not text."],
    [
      "another JSON document",
      JSON.stringify({ name: "x" }, null, 2),
      "FILE: the JSON document is neither an Inspect log nor METR's task counts; it has the keys name.",
    ],
    ["a table without rows", "task_id,alias,score,minutes\n", "FILE: there are no runs."],
  ])("%s", async (_what, content, message) => {
    expect(await refusal(content)).toContain(message);
  });

  it("an agent that has no row", async () => {
    expect(await refusal(lines(early), { agents: ["Abel"] })).toBe(
      'agent "Abel": no row of the files has it. There are: Able, human',
    );
  });

  it("a file that is not there, and a folder", async () => {
    await expect(readSuite([join(folder, "none")])).rejects.toThrow(/none: there is no such file/);
    await expect(readSuite([folder])).rejects.toThrow(/this is a folder/);
  });

  it("a run that stands in two files", async () => {
    const [one, two] = [await file(lines(early)), await file(lines(early))];
    await expect(readSuite([one, two])).rejects.toThrow(
      `${two}, row 1, column run_id: the run stands twice; here stands a, first in row 1 of ${one}`,
    );
  });
});

describe("bad rows that are to be left out", () => {
  it("are counted by reason, and the rest is as if they had not been there", async () => {
    const bad = [
      { ...early[0]!, run_id: "x", human_minutes: -1 },
      { ...early[0]!, run_id: "y", human_minutes: 0 },
      { ...early[0]!, run_id: "a" },
      { ...early[0]!, run_id: "z", score_binarized: null },
    ];
    const clean = await suiteOf(lines(early));
    const { suite, dropped } = await readSuite([await file(`${lines([...early, ...bad])}\n{`)], {
      skipBadRows: true,
    });
    expect(suite).toEqual(clean);
    expect(dropped.map(({ reason, rows, firstRow }) => [reason, rows, firstRow])).toEqual([
      ["the minutes must be above 0", 2, 5],
      ["the run stands twice", 1, 7],
      ["the score is not a number", 1, 8],
      ["the row is not valid JSON", 1, 9],
    ]);
  });

  it("are refused all the same where nothing is left", async () => {
    expect(
      await refusal(lines([{ ...early[0]!, human_minutes: -1 }]), { skipBadRows: true }),
    ).toContain("no row can be used: the minutes must be above 0");
  });
});

describe.skipIf(!hasOracle)("the annotations of SWE-bench", () => {
  it("give each instance its minutes and repository", async () => {
    const annotations = fileURLToPath(oracleFile("swe-bench/ensembled_annotations_public.csv"));
    // One made-up outcome each: outcomes of real models are not among the files.
    const instances: string[] = [];
    const source = await openSource(annotations);
    for await (const rows of csvRows(annotations, source.chunks)) {
      for (const row of rows) if ("cells" in row) instances.push(String(row.cells.instance_id));
    }
    const outcomes = instances.map((instance, index) => `${instance},made up,${index % 2}`);
    const path = await file(["instance,model,resolved", ...outcomes].join("\n"));
    const { suite } = await readSuite([path, annotations]);
    const ofMinutes = (minutes: number) =>
      suite.tasks.filter((task) => Math.abs(task.minutes - minutes) < 0.01).length;
    expect([3.87, 30, 120, 480].map(ofMinutes)).toEqual([417, 906, 329, 47]);
    expect(new Set(suite.tasks.map(({ family }) => family)).size).toBe(12);
  });
});

/** A ZIP archive of JSON members, stored and not packed (PKWARE APPNOTE 6.3.10). */
function storedZip(members: readonly (readonly [name: string, content: object])[]): Buffer {
  const [local, central]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, content] of members) {
    const bytes = Buffer.from(JSON.stringify(content));
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(bytes), 0);
    sizes.writeUInt32LE(bytes.length, 4);
    sizes.writeUInt32LE(bytes.length, 8);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(name.length, 0);
    const header = [Buffer.alloc(10), sizes, lengths];
    local.push(Buffer.from("PK\x03\x04"), ...header, Buffer.from(name), bytes);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.from("PK\x01\x02\0\0"), ...header, place, Buffer.from(name));
    offset += 30 + name.length + bytes.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(Buffer.concat(central).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, ...central, Buffer.from("PK\x05\x06"), end]);
}
