import { describe, expect, it } from "vitest";
import { createSlots } from "./slots.ts";

describe("slots", () => {
  it("never let more go on at once than there are, and let everything go in order", async () => {
    const slots = createSlots(2);
    let now = 0;
    let most = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        slots(async () => {
          order.push(index);
          most = Math.max(most, ++now);
          await new Promise((resolve) => setImmediate(resolve));
          now--;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("are given back when the work throws", async () => {
    const slots = createSlots(1);
    await expect(slots(async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await slots(async () => "yes")).toBe("yes");
  });
});
