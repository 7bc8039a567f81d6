import { describe, expect, it } from "vitest";
import { duration, durationRange, percent } from "./words.ts";

describe("human time in words", () => {
  it.each([
    [0, "0"],
    [1e-6, "< 0.1 s"],
    [0.04, "2.4 s"],
    [0.4, "24 s"],
    [0.9999, "1.0 min"],
    [4.047, "4.0 min"],
    [9.96, "10 min"],
    [38.83, "39 min"],
    [59.6, "1 h"],
    [341.74, "5 h 42 min"],
    [1044.6, "17 h 25 min"],
    [5999.7, "100 h"],
    [10_020, "167 h"],
    [123_456, "2,058 h"],
    [1e12, "> 1,000,000 h"],
    [Number.POSITIVE_INFINITY, "no limit"],
    [Number.NaN, "–"],
  ])("%d minutes are %s", (minutes, words) => {
    expect(duration(minutes)).toBe(words);
  });

  it("has intervals and chances", () => {
    expect(durationRange({ low: 60, high: Infinity })).toBe("[1 h, no limit]");
    expect(durationRange({ low: 186.6, high: 768.8 })).toBe("[3 h 7 min, 13 h]");
    expect(durationRange({ low: Number.NaN, high: Number.NaN })).toBe("");
    expect([0.5, 0.999, 0.29].map(percent)).toEqual(["50 %", "99.9 %", "29 %"]);
  });
});
