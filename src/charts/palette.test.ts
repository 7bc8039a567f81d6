import { describe, expect, it } from "vitest";
import { seriesColors } from "./palette.ts";

describe("the palette", () => {
  it("has a contrast of 3:1 or more on the light and on the dark page", () => {
    for (const color of seriesColors) {
      expect(contrast(color, "#fdfdfb")).toBeGreaterThanOrEqual(3);
      expect(contrast(color, "#15171a")).toBeGreaterThanOrEqual(3);
    }
  });

  it("stays apart for readers with protanopia or deuteranopia, in its first four colours", () => {
    const first = seriesColors.slice(0, 4);
    for (const matrix of [protanopia, deuteranopia]) {
      for (const [index, one] of first.entries()) {
        for (const other of first.slice(index + 1)) {
          expect(
            distance(simulate(one, matrix), simulate(other, matrix)),
            `${one} ${other}`,
          ).toBeGreaterThan(10);
        }
      }
    }
  });
});

type Triple = readonly [number, number, number];

/** Severity 1.0 of Machado, Oliveira and Fernandes (2009), on linear RGB. */
const protanopia = [
  [0.152286, 1.052583, -0.204868],
  [0.114503, 0.786281, 0.099216],
  [-0.003882, -0.048116, 1.051998],
] as const;
const deuteranopia = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
] as const;

function linear(color: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function luminance([r, g, b]: Triple): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(linear(one)) + 0.05, luminance(linear(other)) + 0.05];
  return Math.max(a, b) / Math.min(a, b);
}

function simulate(color: string, matrix: readonly (readonly number[])[]): Triple {
  const from = linear(color);
  const row = (index: number) =>
    Math.min(
      1,
      Math.max(
        0,
        matrix[index]!.reduce((sum, weight, at) => sum + weight * from[at]!, 0),
      ),
    );
  return [row(0), row(1), row(2)];
}

/** CIE 1976 colour difference. */
function distance(one: Triple, other: Triple): number {
  const [a, b] = [lab(one), lab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function lab([r, g, b]: Triple): Triple {
  const f = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
