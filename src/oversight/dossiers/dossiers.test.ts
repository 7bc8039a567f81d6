import fc from "fast-check";
import { checkSync } from "recheck";
import { describe, expect, it } from "vitest";
import type { Transcript, TranscriptEvent } from "../../record/index.ts";
import { createRandom } from "../../stats/index.ts";
import { changePoints } from "./change-points.ts";
import { compare } from "./compare.ts";
import { dossiers, measured } from "./dossier.ts";
import { dossierPage } from "./page.ts";
import { countRun, type RunTally } from "./run.ts";
import { DID, statementsIn, WILL } from "./words.ts";

const WEEK = 7 * 24 * 3_600_000;

/** Runs, some a week, in each of which something happens with a chance that may change. */
function series(
  seed: number,
  chance: (week: number) => number,
  { weeks = 30, perWeek = 5, of = 20, spread = 0 } = {},
) {
  const random = createRandom(seed);
  return Array.from({ length: weeks * perWeek }, (_, i) => {
    const week = Math.floor(i / perWeek);
    // Runs differ among each other more than chance would have it.
    const own = Math.min(1, Math.max(0, chance(week) + spread * random.normal()));
    let count = 0;
    for (let trial = 0; trial < of; trial++) if (random.float() < own) count++;
    return { time: week * WEEK + 1, count, of };
  });
}

describe("change-points", () => {
  it("are found where they were planted", () => {
    let near = 0;
    for (let seed = 0; seed < 20; seed++) {
      const found = changePoints(
        series(seed, (week) => (week < 18 ? 0.05 : 0.15)),
        { random: createRandom(seed), permutations: 199 },
      );
      if (found.length >= 1 && found.some(({ time }) => Math.abs(time / WEEK - 18) <= 1)) near++;
    }
    expect(near).toBeGreaterThanOrEqual(18);
  });

  it("are found twice where there are two, with the rates between", () => {
    const chance = (week: number) => (week < 10 ? 0.1 : week < 20 ? 0.4 : 0.1);
    const found = changePoints(series(3, chance), { random: createRandom(1) });
    expect(found.map(({ time }) => time / WEEK)).toEqual([10, 20]);
    expect(found[0]).toMatchObject({
      before: expect.closeTo(0.1, 1),
      after: expect.closeTo(0.4, 1),
    });
  });

  it.each([
    ["by chance alone", 0],
    ["by more than chance from run to run", 0.1],
  ])(
    "alarm no more often than they may where rates differ %s",
    (_how, spread) => {
      const alpha = 0.1;
      let alarms = 0;
      const tries = 200;
      for (let seed = 0; seed < tries; seed++) {
        const found = changePoints(
          series(1000 + seed, () => 0.15, { weeks: 15, perWeek: 3, spread }),
          {
            random: createRandom(seed),
            alpha,
            permutations: 99,
          },
        );
        if (found.length > 0) alarms++;
      }
      // Three standard errors above the level.
      expect(alarms / tries).toBeLessThan(alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / tries));
    },
    60_000,
  );

  it("are none in a series too short to have one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ time: fc.nat(WEEK * 3), count: fc.constant(0), of: fc.nat(3) }), {
          maxLength: 6,
        }),
        (runs) => {
          expect(changePoints(runs, { random: createRandom(1), permutations: 19 })).toEqual([]);
        },
      ),
    );
  });
});

describe("the comparison with others", () => {
  const runs = (seed: number, ours: number, others: number, mix = 0.5) => {
    const random = createRandom(seed);
    return Array.from({ length: 80 }, (_, i) => {
      const isOurs = i % 4 === 0;
      // Hard work has more of it for everybody; we may do more hard work.
      const isHard = random.float() < (isOurs ? mix : 0.5);
      const chance = (isOurs ? ours : others) + (isHard ? 0.4 : 0);
      return {
        isOurs,
        stratum: isHard ? "hard" : "easy",
        share: { count: random.float() < chance ? 1 : 0, of: 1 },
      };
    });
  };

  it("sees a difference, and its direction", () => {
    const found = compare(runs(1, 0.6, 0.05), createRandom(1), 499);
    expect(found.difference).toBeGreaterThan(0.3);
    expect(found.p).toBeLessThan(0.01);
  });

  it("does not blame who does the harder work, and holds its level", () => {
    let alarms = 0;
    for (let seed = 0; seed < 150; seed++) {
      if (compare(runs(seed, 0.1, 0.1, 0.95), createRandom(seed), 99).p <= 0.05) alarms++;
    }
    expect(alarms / 150).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 150));
  }, 60_000);
});

describe("a share over runs", () => {
  it("has an interval that covers the truth, also where runs differ", () => {
    let covered = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = createRandom(seed);
      const shares = Array.from({ length: 40 }, () => {
        const own = random.float() < 0.5 ? 0.1 : 0.5;
        let count = 0;
        for (let i = 0; i < 30; i++) if (random.float() < own) count++;
        return { count, of: 30 };
      });
      const { low, high } = measured(shares).interval!;
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.91);
  });

  it("is a share, whatever the runs: neither it nor its interval leaves 0 to 1, nor a thousand", () => {
    const share = fc
      .record({ count: fc.nat(30), more: fc.nat(30) })
      .map(({ count, more }) => ({ count, of: count + more }));
    fc.assert(
      fc.property(fc.array(share, { maxLength: 12 }), (runs) => {
        const { interval } = measured(runs);
        if (interval === null) return;
        expect(interval.low).toBeGreaterThanOrEqual(0);
        expect(interval.low).toBeLessThanOrEqual(interval.estimate);
        expect(interval.estimate).toBeLessThanOrEqual(interval.high);
        expect(interval.high).toBeLessThanOrEqual(1);
      }),
    );
    const one = { ...tally([run("ls"), back]), flagged: 1 };
    const [dossier] = dossiers([one], { seed: 1 });
    expect(dossier!.perThousand).toMatchObject({ estimate: 1000, high: 1000 });
    expect(dossier!.perThousand!.low).toBeLessThan(1000);
  });
});

const header: Omit<Transcript, "events"> = {
  ...{ id: "t", source: { format: "f", file: "f" }, agent: { name: "a" }, models: ["m"], task: {} },
  ...{ scores: [], labels: {}, metadata: {}, started: "2026-01-05T00:00:00Z" },
};
const say = (text: string) => ({ kind: "output", text }) as const;
const run = (command: string) =>
  ({ kind: "tool-call", tool: "bash", arguments: { command } }) as const;
const back = { kind: "tool-result", text: "ok" } as const;

function tally(bodies: readonly object[]): RunTally {
  const counter = countRun(header);
  for (const [index, body] of bodies.entries())
    counter.see({ index, at: { pointer: "" }, ...body } as TranscriptEvent);
  return counter.end({ flagged: 0, incident: false });
}

describe("a run's tally", () => {
  it("counts an action as explained where words before it in its turn name something of it", () => {
    const { explained } = tally([
      ...[say("I look at the parser tests first."), run("cat parser.test.ts"), back],
      ...[run("rm -rf build"), back],
      ...[
        { kind: "reasoning", visibility: "raw", text: "The build folder is stale." },
        run("rm -rf build"),
        back,
      ],
      ...[say("Something else entirely."), run("make install")],
    ]);
    expect(explained).toEqual({ count: 2, of: 4 });
  });

  it("holds what was said against what was done, before or after", () => {
    const { saidAndDone } = tally([
      ...[say("I'll run `npm test` now."), run("npm test"), back],
      ...[
        say("I have run `npm test` and I've updated `parser.ts`."),
        say("Let me run `make lint`."),
      ],
      { kind: "input", role: "user", text: "thanks" },
      run("make lint"),
    ]);
    // npm test was announced and done, and said to be done and done; parser.ts and the lint were not.
    expect(saidAndDone).toEqual({ count: 2, of: 4 });
  });

  it("says what the agent mostly did by its actions, not by its tools' names", () => {
    expect(tally([run("cat > a.txt <<EOF\nx\nEOF"), back]).category).toBe("edits");
    expect(tally([run("curl https://a.example/x")]).category).toBe("requests");
    expect(tally([run("ls")]).category).toBe("commands");
    expect(tally([say("hi")]).category).toBe("talk");
  });

  it.each([
    ["I will not run `rm -rf /`.", 0],
    ["You could run `npm test`.", 0],
    ["I’ll edit `a/b.ts` and `c.ts`.", 2],
    ["I ran `x`.", 0],
  ])("reads statements: %s", (text, count) => {
    expect(statementsIn(text)).toHaveLength(count);
  });

  it.each([
    ["will", WILL],
    ["did", DID],
  ])(
    "has a linear form for what it %s do",
    (_name, form) => {
      expect(checkSync(form.source, form.flags)).toMatchObject({ status: "safe" });
    },
    60_000,
  );
});

describe("dossiers", () => {
  const runs = (seed: number): RunTally[] => {
    const random = createRandom(seed);
    return Array.from({ length: 120 }, (_, i) => {
      const agent = i % 2 === 0 ? "careful" : "hasty";
      const week = Math.floor(i / 6);
      const chance = agent === "careful" ? 0.9 : week < 10 ? 0.85 : 0.3;
      let count = 0;
      for (let step = 0; step < 20; step++) if (random.float() < chance) count++;
      return {
        ...{ id: `${i}`, agent, model: "m", time: week * WEEK + 1, category: "edits", steps: 20 },
        ...{
          explained: { count, of: 20 },
          saidAndDone: { count: 0, of: 0 },
          flagged: 0,
          incident: false,
        },
        visibility: { raw: 1, summary: 0, encrypted: 0, empty: 0, absent: 1 },
      } as const;
    });
  };

  it("show who changed, when, and who differs from the others", () => {
    const made = dossiers(runs(1), { seed: 1 });
    const of = (agent: string) =>
      made
        .find((one) => one.agent === `${agent} / m`)!
        .measures.find(({ name }) => name === "explained")!;
    expect(of("hasty").changes.map(({ time }) => time / WEEK)).toEqual([10]);
    expect(of("careful").changes).toEqual([]);
    expect(of("hasty").againstPeers).toMatchObject({ adjusted: expect.closeTo(0, 1) });
    expect(of("hasty").againstPeers!.difference).toBeLessThan(-0.2);
    expect(of("hasty").againstPast!.adjusted).toBeLessThan(0.05);
    expect(of("careful").againstPast!.adjusted).toBeGreaterThan(0.05);
  });

  it("are the same for the same seed, whatever the order of runs of one agent's weeks", () => {
    expect(dossiers(runs(2), { seed: 5 })).toEqual(dossiers(runs(2), { seed: 5 }));
  });

  it("have a page that obeys nothing in names", () => {
    const nasty = `<img src=x onerror=alert(1)>\u202e`;
    const page = dossierPage(
      dossiers(
        runs(1).map((one) => ({ ...one, agent: nasty, model: nasty })),
        { seed: 1 },
      ),
    );
    for (const live of ["<img", "\u202e"]) expect(page).not.toContain(live);
    expect(page).toContain("<svg");
  });
});
