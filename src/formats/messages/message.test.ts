import { describe, expect, it } from "vitest";
import { READ_LIMITS } from "../source/limits.ts";
import { callArguments } from "./message.ts";

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("arguments of a call", () => {
  it.each([10_000, 1_000_000])(
    "nested %i deep are kept as text, for whoever walks them by recursion",
    (depth) => {
      const read = callArguments(nested(depth));
      expect(read.arguments).toBe(nested(depth));
      expect(read.parseError).toMatch(/nest|not JSON/);
    },
  );

  it("are values up to the depth that documents may have", () => {
    const { arguments: value, parseError } = callArguments(nested(READ_LIMITS.depth));
    expect(parseError).toBeUndefined();
    expect(JSON.stringify(value)).toBe(nested(READ_LIMITS.depth));
    expect(callArguments(nested(READ_LIMITS.depth + 2)).parseError).toBe(
      "the arguments nest too deep",
    );
  });
});
