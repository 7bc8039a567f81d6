import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allowance,
  type BudgetPolicy,
  type BudgetState,
  budgetPolicies,
  decide,
  type Evidence,
  openBudget,
  reserve,
} from "./error-budget.ts";
import { StatisticsInputError } from "./errors.ts";
import { normal } from "./normal.ts";
import { createRandom, type Random } from "./random.ts";
import { gammaAt } from "./spending.ts";

const withPlaces = (policy: BudgetPolicy, alpha: number, places: number): BudgetState => {
  let state = openBudget(policy, alpha);
  for (let i = 1; i <= places; i++) state = reserve(state, `h${i}`);
  return state;
};

describe("the shares of the places", () => {
  it("log-squared: the first million and a bound on all the rest sum to at most 1", () => {
    let sum = 0;
    for (let i = 1e6; i >= 1; i--) sum += gammaAt("log-squared", i);
    // Beyond N each 1/(i log²(i + 1)) is below the integral of 1/(x log² x) over [i - 1, i].
    const scale = gammaAt("log-squared", 1) * Math.log(2) ** 2;
    expect(sum + scale / Math.log(1e6)).toBeLessThanOrEqual(1);
    expect(sum + scale / Math.log(1e6)).toBeGreaterThan(1 - 1e-7);
  });

  it("power-1.6: the same, by the integral of x^-1.6", () => {
    let sum = 0;
    for (let i = 1e6; i >= 1; i--) sum += gammaAt("power-1.6", i);
    const rest = (gammaAt("power-1.6", 1) * 1e6 ** -0.6) / 0.6;
    expect(sum + rest).toBeLessThanOrEqual(1);
    expect(sum + rest).toBeGreaterThan(1 - 1e-7);
  });

  it("a horizon shares alpha equally and ends", () => {
    const state = reserve(reserve(openBudget("alpha-spending", 0.05, { horizon: 1 }), "a"), "b");
    expect(allowance(state, "a")).toBe(0.05);
    expect(allowance(state, "b")).toBe(0);
    expect(() => openBudget("alpha-spending", 0.05, { horizon: 0 })).toThrow(StatisticsInputError);
  });
});

describe("online fallback", () => {
  it("passes a rejected hypothesis's whole level on to the next, and only there", () => {
    const g = (i: number) => 0.05 * gammaAt("log-squared", i);
    let state = withPlaces("online-fallback", 0.05, 4);
    expect(allowance(state, "h2")).toBe(g(2));
    state = decide(state, "h1", { p: 0 }).state;
    expect(allowance(state, "h2")).toBe(g(2) + g(1));
    state = decide(state, "h2", { p: 0.001 }).state;
    expect(allowance(state, "h3")).toBe(g(3) + (g(2) + g(1)));
    state = decide(state, "h3", { p: 1 }).state;
    expect(allowance(state, "h4")).toBe(g(4));
  });

  it("gets nothing from a predecessor that is undecided or comes late", () => {
    const state = withPlaces("online-fallback", 0.05, 2);
    const early = decide(state, "h2", { p: 0.01 });
    expect(early.level).toBe(0.05 * gammaAt("log-squared", 2));
    expect(early.rejected).toBe(false);
    const late = decide(early.state, "h1", { p: 0 });
    expect(allowance(late.state, "h2")).toBe(early.level);
  });
});

describe("LORD++", () => {
  it("spreads alpha/2, then as much for the first rejection, then alpha for each more", () => {
    const g = (i: number) => gammaAt("log-squared", i);
    let state = withPlaces("lord++", 0.1, 5);
    expect(allowance(state, "h1")).toBeCloseTo(0.05 * g(1), 15);
    state = decide(state, "h1", { p: 0 }).state;
    state = decide(state, "h2", { p: 0 }).state;
    expect(allowance(state, "h5")).toBeCloseTo(0.05 * g(5) + 0.05 * g(4) + 0.1 * g(3), 15);
  });
});

describe("e-LOND", () => {
  it("grants alpha γ (1 + rejections so far) and rejects where e reaches its inverse", () => {
    const g = (i: number) => 0.1 * gammaAt("log-squared", i);
    let state = withPlaces("e-lond", 0.1, 3);
    const first = decide(state, "h1", { e: 1 / g(1) + 1e-9 });
    expect(first.rejected).toBe(true);
    state = decide(first.state, "h3", { e: 1 }).state;
    expect(allowance(state, "h2")).toBeCloseTo(2 * g(2), 15);
  });

  it("refuses p values", () => {
    expect(() => decide(withPlaces("e-lond", 0.1, 1), "h1", { p: 0.01 })).toThrow("takes e-values");
  });
});

describe("every policy", () => {
  const decisions = fc.array(
    fc.record({ place: fc.integer({ min: 1, max: 12 }), rejected: fc.boolean() }),
    { maxLength: 12 },
  );

  it.each(budgetPolicies)("%s: a late or missing decision never raises a level", (policy) => {
    fc.assert(
      fc.property(decisions, fc.integer({ min: 1, max: 12 }), (list, target) => {
        const outcomes = new Map(list.map(({ place, rejected }) => [place, rejected]));
        outcomes.delete(target);
        // In order, all predecessors decided before; then with only some of them.
        let inOrder = withPlaces(policy, 0.05, 12);
        for (let i = 1; i < target; i++) {
          inOrder = decide(inOrder, `h${i}`, { rejected: outcomes.get(i) ?? false }).state;
        }
        let scrambled = withPlaces(policy, 0.05, 12);
        for (const [place, rejected] of outcomes) {
          if (place < target) scrambled = decide(scrambled, `h${place}`, { rejected }).state;
        }
        const most = allowance(inOrder, `h${target}`);
        expect(allowance(scrambled, `h${target}`)).toBeLessThanOrEqual(most * (1 + 1e-12));
      }),
    );
  });

  it.each(budgetPolicies)("%s: folding the record again gives the same state", (policy) => {
    fc.assert(
      fc.property(decisions, (list) => {
        const order = [...new Map(list.map((d) => [d.place, d.rejected])).entries()];
        const fold = () =>
          order.reduce(
            (state, [place, rejected]) => decide(state, `h${place}`, { rejected }).state,
            withPlaces(policy, 0.05, 12),
          );
        expect(JSON.parse(JSON.stringify(fold()))).toEqual(fold());
      }),
    );
  });

  it("takes 1/e for p where the policy works with p values", () => {
    const state = withPlaces("alpha-spending", 0.05, 1);
    const level = allowance(state, "h1");
    expect(decide(state, "h1", { e: 1.01 / level }).rejected).toBe(true);
    expect(decide(state, "h1", { e: 0.99 / level }).rejected).toBe(false);
    expect(decide(state, "h1", { e: 0 }).rejected).toBe(false);
    expect(decide(state, "h1", { e: Infinity }).rejected).toBe(true);
  });
});

describe("control over long streams", () => {
  const alpha = 0.1;
  const streams = 1000;
  const slack = 4 * Math.sqrt((alpha * (1 - alpha)) / streams);

  it("1,000 nulls in a row: the budget goes wrong in at most alpha of labs, naive testing in all", () => {
    const labs = 300;
    const random = createRandom(61);
    const reserved = withPlaces("online-fallback", alpha, 1000);
    let budgetWrong = 0;
    let naiveWrong = 0;
    for (let lab = 0; lab < labs; lab++) {
      let state = reserved;
      let smallest = 1;
      for (let i = 1; i <= 1000; i++) {
        const p = random.float();
        smallest = Math.min(smallest, p);
        state = decide(state, `h${i}`, { p }).state;
      }
      if (state.entries.some((entry) => entry.decision?.rejected)) budgetWrong += 1;
      if (smallest <= alpha) naiveWrong += 1;
    }
    const noise = 4 * Math.sqrt((alpha * (1 - alpha)) / labs);
    expect(budgetWrong / labs).toBeLessThan(alpha + noise);
    expect(naiveWrong).toBe(labs);
  });

  it("online fallback: streams of nulls, strongly dependent, decided in any order", () => {
    const { familyError } = simulate("online-fallback", () => false, 0.7);
    expect(familyError).toBeLessThan(alpha + slack);
  });

  it("online fallback: mostly true effects, and more power than spending without passing on", () => {
    const effects = (i: number) => i % 5 !== 4;
    const fallback = simulate("online-fallback", effects, 0.5);
    const spending = simulate("alpha-spending", effects, 0.5);
    expect(fallback.familyError).toBeLessThan(alpha + slack);
    expect(spending.familyError).toBeLessThan(alpha + slack);
    expect(fallback.power).toBeGreaterThan(spending.power);
  });

  it("LORD++: the share of false rejections is controlled, and power beats fallback's", () => {
    const effects = (i: number) => i % 3 === 0;
    const lord = simulate("lord++", effects, 0);
    expect(lord.falseShare).toBeLessThan(alpha + slack);
    expect(lord.power).toBeGreaterThan(simulate("online-fallback", effects, 0).power);
  });

  it("e-LOND: the share of false rejections is controlled under strong dependence", () => {
    const effects = (i: number) => i % 3 === 0;
    const result = simulate("e-lond", effects, 0.8);
    expect(result.falseShare).toBeLessThan(alpha + slack);
    expect(result.power).toBeGreaterThan(0.3);
  });

  /** Streams of 60 one-sided z tests, effects 4, equally correlated; a tenth is never decided. */
  function simulate(policy: BudgetPolicy, effect: (i: number) => boolean, correlation: number) {
    const random = createRandom(62);
    let familyErrors = 0;
    let falseShares = 0;
    let found = 0;
    let findable = 0;
    for (let stream = 0; stream < streams; stream++) {
      const zs = scores(random, 60, effect, correlation);
      let state = withPlaces(policy, alpha, 60);
      let wrong = 0;
      let right = 0;
      for (const i of random.shuffle(zs.map((_, i) => i)).slice(0, 54)) {
        const result = decide(state, `h${i + 1}`, evidenceOf(policy, zs[i]!));
        state = result.state;
        if (result.rejected && effect(i)) right += 1;
        if (result.rejected && !effect(i)) wrong += 1;
      }
      familyErrors += wrong > 0 ? 1 : 0;
      falseShares += wrong / Math.max(1, wrong + right);
      found += right;
      findable += zs.filter((_, i) => effect(i)).length;
    }
    return {
      familyError: familyErrors / streams,
      falseShare: falseShares / streams,
      power: found / Math.max(1, findable),
    };
  }

  function evidenceOf(policy: BudgetPolicy, z: number): Evidence {
    // A likelihood ratio against the effect 4 is an e-value.
    return policy === "e-lond" ? { e: Math.exp(4 * z - 8) } : { p: normal.survival(z) };
  }

  function scores(random: Random, n: number, effect: (i: number) => boolean, correlation: number) {
    const shared = Math.sqrt(correlation) * random.normal();
    const own = Math.sqrt(1 - correlation);
    return Array.from(
      { length: n },
      (_, i) => shared + own * random.normal() + (effect(i) ? 4 : 0),
    );
  }
});

describe("bad input", () => {
  it.each([
    ["an unknown policy", () => openBudget("bonferroni", 0.05), "choose one of online-fallback"],
    ["alpha of 5", () => openBudget("lord++", 5), "openBudget(alpha)"],
    ["a second place", () => reserve(withPlaces("lord++", 0.05, 1), "h1"), "has a place already"],
    ["no place", () => allowance(openBudget("lord++", 0.05), "h1"), "reserve it first"],
    [
      "a second decision",
      () => decide(decide(withPlaces("lord++", 0.05, 1), "h1", { p: 1 }).state, "h1", { p: 0 }),
      "a decision is final",
    ],
    ["p of NaN", () => decide(withPlaces("lord++", 0.05, 1), "h1", { p: Number.NaN }), "decide(p)"],
    ["a negative e", () => decide(withPlaces("lord++", 0.05, 1), "h1", { e: -1 }), "decide(e)"],
  ])("%s is refused", (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(StatisticsInputError);
  });
});
