import { describe, expect, it } from "vitest";
import { type Hash, hashJson, type Json } from "../../record/index.ts";
import { createRandom } from "../../stats/index.ts";
import type { BoundClaim } from "./bind.ts";
import type { ClaimInput } from "./claim.ts";
import { evaluateClaims } from "./derive.ts";

const artifacts = new Map<Hash, Json>();
/** Files a result and binds one number of it. */
function bound(group: string, seed: number, result: Json, pointer = "/score"): ClaimInput {
  const artifact = hashJson(result);
  artifacts.set(artifact, result);
  return { from: "artifact", group, artifact, pointer, run: `run-${group}-${seed}`, seed };
}

function claim(
  id: string,
  transform: string,
  inputs: readonly ClaimInput[],
  parameters: Record<string, Json> = {},
): BoundClaim {
  return {
    id,
    kind: "derived",
    title: id,
    unit: "number",
    hypothesis: null,
    derivation: { transform, parameters: { level: 0.95, ...parameters }, inputs },
  };
}

const of = [1.1, 1.4, 1.2, 1.3].map((score, seed) => bound("of", seed, { score }));
const against = [0.1, 0.2, 0.3, 0.4].map((score, seed) => bound("against", seed, { score }));

describe("deriving claims", () => {
  it("pairs by seed, whatever the order of the inputs", () => {
    const [straight] = evaluateClaims([claim("c", "paired-t", [...of, ...against])], artifacts);
    const [shuffled] = evaluateClaims(
      [claim("c", "paired-t", [...against].reverse().concat(of))],
      artifacts,
    );
    expect(straight!.value.estimate).toBeCloseTo(1, 12);
    expect(shuffled!.value.estimate).toBeCloseTo(1, 12);
  });

  it("agrees with R: t.test(c(1.1,1.4,1.2,1.3), c(.1,.2,.3,.4), paired=TRUE, alternative='greater')", () => {
    const [paired] = evaluateClaims([claim("c", "paired-t", [...of, ...against])], artifacts);
    // Differences 1.0, 1.2, 0.9, 0.9: mean 1, sd 0.1414214, t = 14.14214 on 3 df, p = 0.0003833.
    expect(paired!.value.p!).toBeCloseTo(0.000383, 6);
    expect(paired!.value.low!).toBeCloseTo(0.774967, 5);
    expect(paired!.value.high!).toBeCloseTo(1.225033, 5);
  });

  it("cuts an interval off where its measure ends", () => {
    const shares = [1, 1, 0.9].map((score, seed) => bound("values", seed, { score }));
    const [cell] = evaluateClaims([claim("c", "mean-t", shares, { range: [0, 1] })], artifacts);
    expect(cell!.value.high).toBe(1);
  });

  it("builds claims on claims", () => {
    const claims = [
      claim("share", "ratio", [
        { from: "claim", claim: "a" },
        { from: "claim", claim: "b" },
      ]),
      claim("a", "one-sample-t", of),
      claim("b", "mean", against),
    ];
    expect(evaluateClaims(claims, artifacts)[0]!.value.estimate).toBeCloseTo(5, 12);
  });

  it.each([
    [
      "a circle",
      [
        claim("a", "mean", [{ from: "claim", claim: "b" }]),
        claim("b", "mean", [{ from: "claim", claim: "a" }]),
      ],
      "claim a: it depends on itself (a -> b -> a)",
    ],
    [
      "a claim that is not there",
      [claim("a", "mean", [{ from: "claim", claim: "ghost" }])],
      'it rests on the claim "ghost"',
    ],
    ["an unknown transform", [claim("a", "eval", of)], 'there is no transform "eval"'],
    [
      "a transform that cannot be computed",
      [
        claim("a", "ratio", [
          { from: "claim", claim: "b" },
          { from: "claim", claim: "z" },
        ]),
        claim("b", "mean", of),
        claim("z", "mean", [bound("v", 1, { score: 0 })]),
      ],
      "claim a: its derivation (ratio) failed: the divisor is zero",
    ],
    [
      "a pointer that leads nowhere",
      [claim("a", "mean", [bound("v", 1, { score: 1 }, "/speed")])],
      "#/speed: the pointer leads nowhere",
    ],
    [
      "a value that is no number",
      [claim("a", "mean", [bound("v", 1, { score: null })])],
      "not a finite number but null",
    ],
    [
      "a missing artifact",
      [claim("a", "mean", [{ ...of[0]!, artifact: "f".repeat(64) as Hash } as ClaimInput])],
      "object ffffffffffff is missing",
    ],
    [
      "a seed without its partner",
      [claim("a", "paired-t", [...of, ...against.slice(1), bound("against", 9, { score: 1 })])],
      "seed 0 has no partner",
    ],
  ])("refuses %s in one line", (_what, claims, expected) => {
    expect(() => evaluateClaims(claims, artifacts)).toThrow(expected);
  });
});

describe("claims from draws", () => {
  const random = createRandom(7);
  /** A run that resamples one body of evidence: an estimate, and draws around it. */
  const resampled = (group: string, seed: number, estimate: number, noise: readonly number[]) =>
    ({
      ...bound(group, seed, { score: estimate, draws: noise.map((each) => estimate + each) }),
      draws: "/draws",
    }) as ClaimInput;
  const noise = () => Array.from({ length: 2000 }, () => random.normal());
  const test = (inputs: readonly ClaimInput[]) =>
    evaluateClaims([claim("c", "draws", inputs, { null: 0, direction: "greater" })], artifacts)[0]!
      .value;

  it("have the draws' own interval, however many runs there are", () => {
    const few = test([0, 1].map((seed) => resampled("of", seed, 1, noise())));
    const many = test(Array.from({ length: 20 }, (_, seed) => resampled("of", seed, 1, noise())));
    for (const value of [few, many]) {
      expect(value.low!).toBeCloseTo(1 - 1.96, 0);
      expect(value.high!).toBeCloseTo(1 + 1.96, 0);
      expect(value.p!).toBeCloseTo(0.159, 1);
    }
    expect(many.n).toBe(20);
  });

  it("compare two conditions draw by draw, so that what they share cancels", () => {
    const shared = noise();
    const value = test([
      ...[0, 1].map((seed) => resampled("of", seed, 1.5, shared)),
      ...[0, 1].map((seed) => resampled("against", seed, 1, shared)),
    ]);
    expect(value.estimate).toBeCloseTo(0.5, 12);
    expect(value.high! - value.low!).toBeLessThan(1e-9);
    expect(value.p!).toBeCloseTo(1 / 4001, 12);
  });

  it("are refused where draws are few, or do not pair", () => {
    const short = [0, 1].map((seed) => resampled("of", seed, 1, [0, 1]));
    expect(() => test(short)).toThrow(/4 draws; a hundred or more/);
    const unlike = [
      ...[0, 1].map((seed) => resampled("of", seed, 1, noise())),
      ...[0, 1].map((seed) => resampled("against", seed, 1, noise().slice(1))),
    ];
    expect(() => test(unlike)).toThrow(/2000 and 1999 draws/);
  });
});
