import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fault } from "../../record/index.ts";
import type { Claim } from "../claims/claim.ts";
import type { Unit } from "../definition.ts";
import { formatClaim, partsOf } from "./format.ts";
import { formatNumber, formatP, formatPlain, writeValue } from "./numbers.ts";

describe("numbers by unit", () => {
  it.each<[number, Unit, string]>([
    [0.9347, "proportion", "93.5 %"],
    [0, "proportion", "0 %"],
    [1, "proportion", "100 %"],
    [0.9997, "proportion", "99.97 %"],
    [0.00012, "proportion", "0.012 %"],
    [-0.031, "proportion", "−3.1 %"],
    [12, "count", "12"],
    [12345, "count", "12\u202f345"],
    [3.5, "count", "3.50"],
    [1.2345, "nats", "1.23 nats"],
    [0.5, "ratio", "0.500"],
    [9.996, "number", "10.0"],
    [123.4, "number", "123"],
    [65432.1, "number", "65\u202f432"],
    [1.2e-7, "number", "1.2×10⁻⁷"],
    [-1.234e-7, "number", "−1.23×10⁻⁷"],
    [3.2e9, "number", "3.2×10⁹"],
    [0, "number", "0"],
    [12.34, "seconds", "12.3 s"],
    [128.74, "days", "129 days"],
    [20_819, "date", "Jan 2027"],
    [75_000, "date", "never"],
  ])("%d in %s is %s", (value, unit, text) => {
    expect(formatNumber(value, unit)).toBe(text);
  });

  it("of a plan are written as they are", () => {
    expect(formatNumber(0.06, "proportion", "shortest")).toBe("6 %");
    expect(formatPlain(0.001)).toBe("0.001");
    expect(formatPlain(-5)).toBe("−5");
    expect(formatPlain(1e-9)).toBe("1×10⁻⁹");
    expect(formatPlain(60000)).toBe("60\u202f000");
  });

  it("stay within half a unit of their last digit", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (value) => {
        const back = parse(formatNumber(value, "number"));
        expect(Math.abs(back - value) / value).toBeLessThanOrEqual(0.005_001);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (value) => {
        const back = parse(formatNumber(value, "proportion").replace(" %", "")) / 100;
        expect(Math.abs(back - value)).toBeLessThanOrEqual(0.000_501);
      }),
    );
  });
});

describe("differences", () => {
  it("carry their sign, in percentage points where shares are compared", () => {
    expect(writeValue({ estimate: 0.0623 }, "points").estimate).toBe("+6.2 pp");
    expect(writeValue({ estimate: -0.0623 }, "percentage points").estimate).toBe(
      "−6.2 percentage points",
    );
    expect(writeValue({ estimate: 0.5 }, "signed nats").estimate).toBe("+0.500 nats");
    expect(writeValue({ estimate: 0 }, "points").estimate).toBe("0 pp");
  });
});

describe("intervals", () => {
  it.each([
    [0.9347, 0.912, 0.958, "proportion", "93.5 %", "[91.2, 95.8] %"],
    [0.9347, 0.9345, 0.9349, "proportion", "93.47 %", "[93.45, 93.49] %"],
    [-0.985, -1.02, -0.95, "signed number", "−0.985", "[−1.020, −0.950]"],
    [0.9996, 0.9993, 0.9999, "number", "0.9996", "[0.9993, 0.9999]"],
    [0.004, -0.02, 0.028, "signed nats", "+0.0040 nats", "[−0.0200, +0.0280] nats"],
    [0.055, -0.02, 0.13, "points", "+5.5 pp", "[−2.0, +13.0] pp"],
    [1.3e-7, 1.1e-7, 1.5e-7, "number", "1.3×10⁻⁷", "[1.1×10⁻⁷, 1.5×10⁻⁷]"],
    [12, 11, 13, "count", "12", "[11, 13]"],
    [1, 1, 1, "proportion", "100 %", "[100, 100] %"],
  ] as const)(
    "%d [%d, %d] %s shows its ends apart, with the same decimals",
    (estimate, low, high, scale, first, second) => {
      const written = writeValue({ estimate, low, high }, scale);
      expect([written.estimate, written.interval]).toEqual([first, second]);
    },
  );

  it("never shows different ends as equal", () => {
    const end = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(end, end, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > 1e-6);
        const { low: first, high: second } = writeValue(
          { estimate: (low + high) / 2, low, high },
          "number",
        );
        expect(first).not.toBe(second);
      }),
    );
  });
});

describe("p values", () => {
  it.each([
    [0.0004, "p < 0.001"],
    [0.012, "p = 0.012"],
    [0.0496, "p = 0.050"],
    [0.34, "p = 0.34"],
    [0.999, "p > 0.99"],
    [0, "p < 0.001"],
  ])("%d is %s", (p, text) => {
    expect(formatP(p)).toBe(text);
  });
});

describe("claims", () => {
  const cell: Claim = {
    id: "accuracy/wide",
    kind: "cell",
    title: "Accuracy, wide",
    unit: "proportion",
    value: { estimate: 0.9347, low: 0.912, high: 0.958, level: 0.95, n: 8 },
    derivation: { transform: "mean-t", parameters: {}, inputs: [] },
    hypothesis: null,
  };
  const contrast: Claim = {
    ...cell,
    id: "H1",
    kind: "contrast",
    value: { estimate: 0.062, low: 0.03, high: 0.094, level: 0.95, p: 0.0002, n: 8 },
    derivation: {
      transform: "paired-t",
      parameters: {},
      inputs: ["of", "against"].map((claim) => ({ from: "claim", claim })),
    },
    hypothesis: "H1",
  };

  it("are printed part by part", () => {
    expect(formatClaim(cell, "estimate")).toBe("93.5 %");
    expect(formatClaim(cell, "interval")).toBe("[91.2, 95.8] %");
    expect(formatClaim(cell, "full")).toBe("93.5 % (95 % CI [91.2, 95.8] %)");
    expect(formatClaim(cell, "low")).toBe("91.2 %");
    expect(formatClaim(cell, "level")).toBe("95 %");
    expect(formatClaim(cell, "n")).toBe("8");
    expect(formatClaim(contrast, "estimate")).toBe("+6.2 pp");
    expect(formatClaim(contrast, "difference")).toBe("+6.2 percentage points");
    expect(formatClaim(contrast, "p")).toBe("p < 0.001");
  });

  it("have only the parts that their value has", () => {
    expect(partsOf(cell)).toEqual(["full", "estimate", "interval", "low", "high", "level", "n"]);
    expect(() => formatClaim(cell, "p")).toThrow(Fault);
    expect(() => formatClaim(cell, "p")).toThrow(
      "claim accuracy/wide: it has no p. It has: full, estimate",
    );
    expect(() => formatClaim(cell, "difference")).toThrow(Fault);
  });
});

/** Reads a printed number back. */
function parse(text: string): number {
  const [mantissa, power] = text.replaceAll("\u202f", "").replace("−", "-").split("×10");
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const exponent = [...(power ?? "")]
    .map((digit) => (digit === "⁻" ? "-" : digits.indexOf(digit)))
    .join("");
  return Number(mantissa) * 10 ** Number(exponent);
}
