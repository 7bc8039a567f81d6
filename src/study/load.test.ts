import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Fault } from "../record/index.ts";
import { coinsFolder } from "./inline.test-support.ts";
import { parseDefinition } from "./load.ts";

const coins = readFileSync(join(coinsFolder, "study.yaml"), "utf8");

/** The Fault that a changed study.yaml gives, as text. */
function problemWith(change: (text: string) => string): string {
  try {
    parseDefinition(change(coins), "study.yaml");
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    return (error as Fault).message;
  }
  return "no problem";
}

const lineOf = (text: string) => coins.slice(0, coins.indexOf(text)).split("\n").length;

describe("reading study.yaml", () => {
  it("gives a definition with its defaults", () => {
    const study = parseDefinition(coins, "study.yaml");
    expect(study.conditions.map((condition) => condition.id)).toEqual([
      "fair",
      "shifted",
      "shifted-again",
    ]);
    expect(study.stopping).toEqual({ rule: "fixed" });
    expect(study.measures[0]).toMatchObject({ artifact: "result.json", pointer: "/score" });
  });

  it.each([
    [
      "an unknown key",
      (text: string) => text.replace("unit: seed", "unit: seed\ncolour: red"),
      `study.yaml:${lineOf("unit: seed") + 1}: unknown key "colour"`,
    ],
    [
      "a t test over runs that resample one body of evidence",
      (text: string) => text.replace("unit: seed", "unit: resample"),
      'the unit is "resample"',
    ],
    [
      "an unknown key deep inside",
      (text: string) =>
        text.replace(
          "    planning: { sd: 0.1, power: 0.8 }",
          "    planning: { sd: 0.1, power: 0.8, luck: 1 }",
        ),
      'unknown key "luck"',
    ],
    [
      "a wrong type",
      (text: string) => text.replace("wallSeconds: 30", "wallSeconds: soon"),
      '"limits.wallSeconds"',
    ],
    ["broken YAML", (text: string) => text.replace("title: A", "title: [A"), "not valid YAML"],
    [
      "an unknown measure",
      (text: string) =>
        text.replace(
          "    measure: score\n    of: shifted\n",
          "    measure: speed\n    of: shifted\n",
        ),
      'there is no measure "speed"',
    ],
    [
      "an unknown condition",
      (text: string) => text.replace("needs: shifted", "needs: bent"),
      'there is no condition "bent"',
    ],
    [
      "conditions that need one another",
      (text: string) =>
        text.replace(
          "    description: Draws around one.",
          "    description: Draws around one.\n    needs: shifted-again",
        ),
      "depends on itself (shifted -> shifted-again -> shifted)",
    ],
    [
      "a claim on itself",
      (text: string) =>
        text.replace(
          "claims: [score/shifted-again, score/shifted]",
          "claims: [kept, score/shifted]",
        ),
      'the claim "kept" depends on itself (kept -> kept)',
    ],
    [
      "a repeated id",
      (text: string) => text.replace("- id: heads", "- id: score"),
      'the id "score" stands twice in measures',
    ],
    [
      "no primary hypothesis",
      (text: string) => text.replace("    primary: true\n", ""),
      "0 hypotheses are primary",
    ],
    [
      "a test that early stopping makes invalid",
      (text: string) => text.replace("limits:", "stopping: { rule: sequential, most: 8 }\nlimits:"),
      "not valid when the study may stop early",
    ],
    [
      "one seed, from which no interval follows",
      (text: string) => text.replace("original: 4", "original: 1"),
      '"seeds.original"',
    ],
  ])("refuses %s, naming place and remedy", (_what, change, expected) => {
    const message = problemWith(change);
    expect(message).toContain(expected);
    expect(message).toMatch(/^study\.yaml:\d+: .+\. .+/);
    expect(message).not.toContain("\n");
  });
});
