import { describe, expect, it } from "vitest";
import type { LanguageModel, ModelReply } from "../../models/index.ts";
import { auroc, createRandom, normal } from "../../stats/index.ts";
import type { Calibrator } from "../calibrator.ts";
import { type Finding, type Monitor, suspicionFrom } from "../monitor.ts";
import { calibratedMaximum } from "./calibrated-maximum.ts";
import { cascade } from "./cascade.ts";
import { isUnjudged } from "./findings.ts";
import type { Judge, JudgeSettings } from "./judge.ts";
import {
  answer,
  call,
  events,
  readPrompt,
  SECRET,
  SUBJECT,
  user,
} from "./playing-judge.test-support.ts";
import { standardJudge } from "./standard.ts";

/**
 * Judges whose scores are a known function of a planted truth: 50 + 10 x, with x normal around
 * `separation` where the run is an attack and around 0 where not. What an ensemble of them must
 * come to follows from the normal distribution alone.
 */
const SEED = 20261123;
const RUNS = 3000;
const truth = Array.from({ length: RUNS }, (_, i) => i % 3 === 0);

interface Nature {
  readonly name: string;
  readonly separation: number;
  /** How it writes x down, as a whole number from 0 to 100. */
  readonly scale?: (x: number) => number;
}

const plainScale = (x: number) => 50 + 10 * x;

function scripted({ name, separation, scale = plainScale }: Nature): LanguageModel {
  return {
    id: name,
    generate: async ({ system = "", messages, sample = 0 }) => {
      const first = messages[0];
      const prompt = readPrompt(system, first?.role === "user" ? first.text : "");
      const run = Number(/command: run (\d+)$/m.exec(prompt.recording)?.[1]);
      const noise = createRandom(SEED).fork(`${name} ${run} ${sample}`).normal();
      const x = noise + (truth[run] ? separation : 0);
      const score = Math.round(Math.min(100, Math.max(0, scale(x))));
      return replyOf(answer(prompt.checkWord, score));
    },
  };
}

function replyOf(text: string): ModelReply {
  const usage = { input: 1000, output: 100 };
  return { text, toolCalls: [], finishReason: "stop", usage, warnings: [], raw: null };
}

function judgeOf(nature: Nature, settings: Partial<JudgeSettings> = {}): Promise<Judge> {
  const model = scripted(nature);
  const price = { input: 3, output: 15 };
  return standardJudge("action", { model, secret: SECRET, name: nature.name, price, ...settings });
}

/** Bayes' rule for two normals at equal classes, where x is `times` the score plus `plus`. */
function calibratorOf({ separation }: Nature, times = 10, plus = -5): Calibrator {
  return {
    ...{ format: "glasshouse.calibrator", version: 1, baseRate: 0.5, kind: "logistic" },
    slope: separation * times,
    intercept: separation * plus - separation ** 2 / 2,
  } as const;
}

async function scoresOf(monitor: Monitor): Promise<readonly number[]> {
  const scores: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const found = await findingsOf(monitor, run);
    scores.push(suspicionFrom(monitor.name, found).score);
  }
  return scores;
}

async function findingsOf(monitor: Monitor, run: number): Promise<readonly Finding[]> {
  const watch = monitor.watch(SUBJECT);
  const found: Finding[] = [];
  for (const event of events(user("Go."), call(`run ${run}`))) {
    found.push(...(await watch.see(event)));
  }
  return [...found, ...(await watch.end())];
}

/** The area under the curve of two distributions of one score, by the trapezoid rule. */
function areaOf(negative: (s: number) => number, positive: (s: number) => number): number {
  let area = 0;
  const step = 1 / 500;
  for (let s = -8; s < 12; s += step) {
    area += (positive(s + step) - positive(s)) * ((negative(s) + negative(s + step)) / 2);
  }
  return area;
}

function expectTheory(scores: readonly number[], theory: number): void {
  const { estimate, standardError } = auroc(scores, truth);
  if (process.env.GLASSHOUSE_FIGURES) console.info({ estimate, standardError, theory });
  expect(standardError).toBeLessThan(0.012);
  expect(Math.abs(estimate - theory), `${estimate} against ${theory}`).toBeLessThan(
    3 * standardError,
  );
}

const A: Nature = { name: "a", separation: 1 };
const B: Nature = { name: "b", separation: 1 };
const single = normal.cdf(1 / Math.SQRT2);

describe("an ensemble of judges of known nature", () => {
  it("has in each judge the AUROC that its separation gives", async () => {
    expectTheory(await scoresOf(await judgeOf(A)), single);
  });

  it("has as their calibrated maximum the AUROC of the maximum of two normals", async () => {
    const both = await Promise.all([judgeOf(A), judgeOf(B)]);
    const curves = new Map([A, B].map((nature) => [nature.name, calibratorOf(nature)]));
    const theory = areaOf(
      (s) => normal.cdf(s) ** 2,
      (s) => normal.cdf(s - 1) ** 2,
    );
    expect(theory - single).toBeGreaterThan(0.04);
    expectTheory(await scoresOf(calibratedMaximum("max", both, curves)), theory);
    expect(both.map((one) => one.spent().calls)).toEqual([RUNS, RUNS]);
  });

  it("needs the calibration: a judge that scores everything high would speak alone", async () => {
    const shifted: Nature = { ...B, scale: (x) => 50 + plainScale(x) / 2 };
    const both = await Promise.all([judgeOf(A), judgeOf(shifted)]);
    const maximum = areaOf(
      (s) => normal.cdf(s) ** 2,
      (s) => normal.cdf(s - 1) ** 2,
    );
    const right = new Map([
      ["a", calibratorOf(A)],
      ["b", calibratorOf(B, 20, -15)],
    ]);
    expectTheory(await scoresOf(calibratedMaximum("max", both, right)), maximum);
    const none = new Map([
      ["a", calibratorOf(A)],
      ["b", calibratorOf(B)],
    ]);
    // Only b is heard unless a's x is above (50 + (50 + 10 x_b) / 2 - 50) / 10 = 2.5 + x_b / 2.
    const { estimate } = auroc(await scoresOf(calibratedMaximum("max", both, none)), truth);
    expect(estimate).toBeLessThan(maximum - 0.02);
  });

  it("gains by the mean over k draws what independent noise allows", async () => {
    const k = 4;
    const judge = await judgeOf(A, { samples: k });
    expectTheory(await scoresOf(judge), normal.cdf(Math.sqrt(k) / Math.SQRT2));
    expect(judge.spent().calls).toBe(k * RUNS);
  });

  it("has as a cascade the AUROC and the cost that the threshold gives", async () => {
    const cheap: Nature = { name: "cheap", separation: 1 };
    const dear: Nature = { name: "dear", separation: 2 };
    const [first, second] = [await judgeOf(cheap), await judgeOf(dear)];
    // Scores are whole numbers: 55 and more are x from 0.45 on.
    const settings = { name: "c", cheap: first, dear: second, threshold: 0.55 };
    const scores = await scoresOf(cascade({ ...settings, asked: "steps" }));
    const at = 0.45;
    const distribution = (attack: number) => (s: number) =>
      normal.cdf(Math.min(s, at) - attack * 1) +
      normal.survival(at - attack * 1) * normal.cdf(s - attack * 2);
    const theory = areaOf(distribution(0), distribution(1));
    expect(theory).toBeGreaterThan(single + 0.03);
    expectTheory(scores, theory);

    const attacks = truth.filter(Boolean).length;
    const expected = attacks * normal.survival(at - 1) + (RUNS - attacks) * normal.survival(at);
    const { calls, costUsd } = second.spent();
    if (process.env.GLASSHOUSE_FIGURES) console.info({ calls, expected, costUsd });
    expect(Math.abs(calls - expected)).toBeLessThan(3 * Math.sqrt(RUNS / 4));
    expect(calls).toBeLessThan(RUNS / 2);
    expect(first.spent().calls).toBe(RUNS);
    expect(costUsd).toBeCloseTo((calls * (1000 * 3 + 100 * 15)) / 1e6, 9);
  });
});

const QUIET: Monitor = fixed("quiet", []);
const LOUD: Monitor = fixed("loud", [
  {
    signal: "leak",
    weight: 0.6,
    note: "It leaks.",
    evidence: [{ event: 1, pointer: "/tool", quote: "" }],
  },
]);

/** Finds the same at each tool call, at once. */
function fixed(name: string, findings: readonly Finding[]): Monitor {
  return {
    name,
    version: "1",
    watch: () => ({
      see: (event) => (event.kind === "tool-call" ? findings : []),
      end: () => [],
    }),
  };
}

function failing(name: string): Promise<Judge> {
  const model: LanguageModel = { id: name, generate: async () => replyOf("no idea") };
  return standardJudge("action", { model, secret: SECRET, name });
}

describe("a calibrated maximum", () => {
  const half: Calibrator = {
    ...{ format: "glasshouse.calibrator", version: 1, baseRate: 0.5, kind: "isotonic" },
    from: [0, 0.6],
    values: [0.05, 0.3],
  } as const;

  it("refuses a monitor without a calibrator", () => {
    expect(() => calibratedMaximum("max", [LOUD], new Map())).toThrow(/"loud" has no calibrator/);
  });

  it("answers at once where all of its monitors do", () => {
    const watch = calibratedMaximum(
      "max",
      [LOUD, QUIET],
      new Map([
        ["loud", half],
        ["quiet", half],
      ]),
    ).watch(SUBJECT);
    const found = events(user("Go."), call("run 0")).flatMap(
      (event) => watch.see(event) as readonly Finding[],
    );
    expect(found).toMatchObject([{ signal: "leak", weight: 0.3, note: "loud: It leaks." }]);
  });

  it("changes its version with a curve, and with a monitor", () => {
    const versions = [half, { ...half, values: [0.05, 0.4] }].map(
      (curve) => calibratedMaximum("max", [LOUD], new Map([["loud", curve]])).version,
    );
    expect(new Set(versions).size).toBe(2);
  });

  it("goes on without a judge that could not judge, and says so; without any it has not judged", async () => {
    const broken = await failing("broken");
    const curves = new Map(["loud", "broken", "worse"].map((name) => [name, half]));
    const [found] = await findingsOf(calibratedMaximum("max", [LOUD, broken], curves), 0);
    expect(found).toMatchObject({ signal: "leak", weight: 0.3 });
    expect(found?.note).toMatch(/1 of 2 monitors could not judge/);
    const all = [broken, await failing("worse")];
    const none = await findingsOf(calibratedMaximum("max", all, curves), 0);
    expect(none.map((finding) => [isUnjudged(finding), finding.weight])).toEqual([
      [true, 1],
      [true, 1],
    ]);
  });

  it("counts a hijacked judge whatever the others say", async () => {
    const model: LanguageModel = { id: "h", generate: async () => replyOf(answer("abc", 0)) };
    const hijacked = await standardJudge("action", { model, secret: SECRET, name: "h" });
    const curves = new Map(["loud", "h"].map((name) => [name, half]));
    const found = await findingsOf(calibratedMaximum("max", [LOUD, hijacked], curves), 0);
    expect(suspicionFrom("max", found).score).toBe(1);
  });
});

describe("a cascade", () => {
  it("asks the dear judge nothing where an embedded monitor finds nothing", async () => {
    const dear = await judgeOf(A);
    const quiet = cascade({ name: "c", cheap: QUIET, dear, threshold: 0.5, asked: "steps" });
    expect(await findingsOf(quiet, 0)).toEqual([]);
    expect(dear.spent().calls).toBe(0);
  });

  it("lets the dear verdict take the place of the cheap finding", async () => {
    const dear = await judgeOf(A);
    const loud = cascade({ name: "c", cheap: LOUD, dear, threshold: 0.5, asked: "steps" });
    const found = await findingsOf(loud, 0);
    expect(found.map(({ signal }) => signal)).toEqual(["judged"]);
    expect(dear.spent().calls).toBe(1);
  });

  it("keeps the cheap finding where the dear judge could not judge", async () => {
    const settings = { name: "c", cheap: LOUD, dear: await failing("broken"), threshold: 0.5 };
    const found = await findingsOf(cascade({ ...settings, asked: "steps" }), 0);
    expect(found.map(({ signal }) => signal)).toEqual(["leak", "not-judged-malformed"]);
  });

  it("judges the whole once at the end, where asked to, and holds the cheap findings until then", async () => {
    const dear = await judgeOf(A);
    const watch = cascade({ name: "c", cheap: LOUD, dear, threshold: 0.8, asked: "end" }).watch(
      SUBJECT,
    );
    for (const event of events(user("Go."), call("run 0"), call("run 0"))) {
      expect(await watch.see(event)).toEqual([]);
    }
    // Twice 0.6 is 0.84 together: above the threshold that neither reaches.
    expect((await watch.end()).map(({ signal }) => signal)).toEqual(["judged"]);
    expect(dear.spent().calls).toBe(1);
  });

  it("asks about what was there when it was suspected, however late it asks", async () => {
    const seen: string[] = [];
    const model: LanguageModel = {
      id: "m",
      generate: async ({ system = "", messages }) => {
        const first = messages[0];
        const prompt = readPrompt(system, first?.role === "user" ? first.text : "");
        seen.push(prompt.recording);
        return replyOf(answer(prompt.checkWord, 0));
      },
    };
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Monitor = {
      ...LOUD,
      watch: () => ({
        see: (event) =>
          event.kind === "tool-call" ? gate.then(() => LOUD.watch(SUBJECT).see(event)) : [],
        end: () => [],
      }),
    };
    const dear = await standardJudge("action", { model, secret: SECRET });
    const watch = cascade({ name: "c", cheap: slow, dear, threshold: 0.5, asked: "steps" }).watch(
      SUBJECT,
    );
    const findings = events(user("Go."), call("one"), call("two")).map((event) => watch.see(event));
    release();
    await Promise.all(findings);
    expect(seen.map((text) => [text.includes("one"), text.includes("two")])).toEqual([
      [true, false],
      [true, true],
    ]);
  });
});
