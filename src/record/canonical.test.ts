import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, hashBytes, hashJson, type Json, MAX_DEPTH, NotJson } from "./canonical.ts";

describe("canonical JSON", () => {
  it("writes the example of RFC 8785, section 3.2.2", () => {
    const value = JSON.parse(
      String.raw`{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
      }`,
    ) as Json;
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it("sorts keys by UTF-16 code units, as in section 3.2.3", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect(Object.values(JSON.parse(canonicalJson(value)) as object)).toHaveLength(7);
    expect([...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map((match) => match[1])).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  it.each([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the IEEE 754 number %s of appendix B as %s", (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, "hex").readDoubleBE())).toBe(text);
  });

  it("reads back as the same value, whatever the value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const text = canonicalJson(value as Json);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("does not depend on the order in which members were set", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.infiniteStream(fc.nat()),
        (value, order) => {
          const shuffled = Object.fromEntries(
            Object.entries(value)
              .map((entry) => [order.next().value as number, entry] as const)
              .sort(([a], [b]) => a - b)
              .map(([, entry]) => entry),
          );
          expect(hashJson(shuffled as Json)).toBe(hashJson(value as Json));
        },
      ),
    );
  });

  it("keeps odd keys, broken text and null bytes exactly", () => {
    const value = JSON.parse(
      '{"__proto__":{"constructor":1},"":"\\ud800","a\\u0000":"\\u0000"}',
    ) as Json;
    const text = canonicalJson(value);
    expect(text).toBe('{"":"\\ud800","__proto__":{"constructor":1},"a\\u0000":"\\u0000"}');
    expect(JSON.parse(text)).toEqual(value);
  });

  it("leaves out undefined members and nothing else", () => {
    expect(canonicalJson({ a: undefined, b: null } as unknown as Json)).toBe('{"b":null}');
  });

  it.each<[string, unknown, string]>([
    ["NaN", { loss: [1, Number.NaN] }, 'value at "/loss/1"'],
    ["Infinity", [Number.POSITIVE_INFINITY], 'value at "/0"'],
    ["undefined", undefined, 'value at ""'],
    ["a hole in an array", new Array<number>(2), 'value at "/0"'],
    ["a bigint", { "a/b~c": 1n }, 'value at "/a~1b~0c"'],
    ["a function", { run: () => 1 }, 'value at "/run"'],
    ["a Date", { at: new Date(0) }, 'value at "/at"'],
    ["a Map", { scores: new Map() }, 'value at "/scores"'],
    ["bytes", { bytes: new Uint8Array(2) }, 'value at "/bytes"'],
  ])("refuses %s and names the place", (_what, value, place) => {
    expect(() => canonicalJson(value as Json)).toThrow(NotJson);
    expect(() => canonicalJson(value as Json)).toThrow(place);
  });

  it("refuses a value that contains itself, and nesting no reader could follow", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(() => canonicalJson(circle as Json)).toThrow(/nested deeper than 1000 levels/);
    const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    expect(canonicalJson(JSON.parse(nested(MAX_DEPTH)) as Json)).toBe(nested(MAX_DEPTH));
    expect(() => canonicalJson(JSON.parse(nested(100_000)) as Json)).toThrow(NotJson);
  });
});

describe("hashes", () => {
  it("are SHA-256, over UTF-8 where text is given", () => {
    // FIPS 180-2, appendix B.1
    expect(hashBytes("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    expect(hashBytes(new Uint8Array())).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    expect(hashBytes("é")).toBe(hashBytes(new Uint8Array([0xc3, 0xa9])));
  });
});
