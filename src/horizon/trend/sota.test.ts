import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf, isoDate } from "../dates.ts";
import { type HorizonPoint, stateOfTheArt } from "./sota.ts";

const at = (agent: string, date: string, horizon: number): HorizonPoint => ({
  agent,
  releaseDate: dayOf(date),
  horizon,
});
const names = (points: readonly HorizonPoint[]) => points.map(({ agent }) => agent);

const history = [
  at("first", "2023-03-01", 5),
  at("weaker", "2023-09-01", 4),
  at("restart", "2024-02-01", 3),
  at("second", "2024-03-01", 9),
  at("twin", "2024-03-01", 9),
  at("lesser twin", "2024-03-01", 8),
  at("tie", "2024-05-01", 9),
  at("giant", "2024-08-01", 2000),
  at("third", "2024-09-01", 20),
  at("human", "2024-01-01", 100),
];

describe("the state of the art", () => {
  it("is who beats or ties all before, jointly on one day, and no human", () => {
    expect(names(stateOfTheArt(history))).toEqual(["first", "second", "twin", "tie", "giant"]);
  });

  it("starts anew in a window as METR's code has it, and not as its site's flag has it", () => {
    const from = dayOf("2024-01-01");
    expect(names(stateOfTheArt(history, { from }))[0]).toBe("restart");
    const flagged = stateOfTheArt(history, { from, order: "record-first" });
    expect(names(flagged)).toEqual(["second", "twin", "tie", "giant"]);
  });

  it("ends before a date, exclusively", () => {
    const before = dayOf("2024-05-01");
    expect(names(stateOfTheArt(history, { before }))).toEqual(["first", "second", "twin"]);
  });

  it("leaves out a horizon above the cap, which is still a record to beat", () => {
    expect(names(stateOfTheArt(history, { cap: 960 }))).toEqual(["first", "second", "twin", "tie"]);
  });

  it("never falls, never changes when asked again, and looks at no later agent", () => {
    const point = fc.record({
      agent: fc.uuid(),
      releaseDate: fc.integer({ min: 0, max: 30 }),
      horizon: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(point), fc.integer({ min: 0, max: 30 }), (points, day) => {
        const found = stateOfTheArt(points);
        found.forEach((each, index) => {
          expect(each.horizon).toBeGreaterThanOrEqual(found[index - 1]?.horizon ?? 0);
        });
        expect(stateOfTheArt(found)).toEqual(found);
        expect(stateOfTheArt(points.filter((each) => each.releaseDate < day))).toEqual(
          found.filter((each) => each.releaseDate < day),
        );
      }),
    );
  });
});

describe("a date", () => {
  it("is counted in days since 1970-01-01 and back", () => {
    expect(dayOf("1970-01-01")).toBe(0);
    expect(dayOf("2025-02-24")).toBe(20143);
    expect(dayOf("2025-02-24T18:00:00+02:00")).toBe(20143);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), (day) => {
        expect(dayOf(isoDate(day))).toBe(day);
        expect(isoDate(day + 0.99)).toBe(isoDate(day));
      }),
    );
  });

  it.each(["", "soon", "2025-13-01", "2025-02-30", "24/02/2025", "2025-2-4"])(
    "is not %j",
    (text) => {
      expect(() => dayOf(text, "dates.yaml:3")).toThrow(/dates\.yaml:3.*not a date/);
    },
  );
});
