import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { captureOutput } from "./capture.ts";

async function capture(
  chunks: readonly Uint8Array[],
  limit: number,
  tell?: (text: string) => void,
) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const events: unknown[] = [];
  const heard: string[] = [];
  const output = captureOutput(
    { stdout, stderr },
    limit,
    (_, text) => {
      heard.push(text);
      tell?.(text);
    },
    () => events.push("full"),
    (error) => events.push(error),
  );
  for (const chunk of chunks) stdout.write(chunk);
  stdout.end();
  stderr.end();
  await Promise.all([finished(stdout.resume()), finished(stderr.resume())]);
  return { text: output.text("stdout"), heard, events };
}

describe("captureOutput", () => {
  it("puts characters together that were cut between two chunks", async () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (sent, size) => {
        const bytes = Buffer.from(sent);
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const { text: kept, heard, events } = await capture(chunks, bytes.length);
        expect(kept).toBe(bytes.toString());
        expect(heard.join("")).toBe(kept);
        expect(events).toEqual([]);
      }),
    );
  });

  it("keeps no more than the limit, and says that it is reached", async () => {
    const { text, events } = await capture([Buffer.from("abc"), Buffer.from("def")], 4);
    expect(text).toBe("abcd");
    expect(events).toEqual(["full"]);
  });

  it("hands on the first error of the listener, and goes on keeping", async () => {
    const error = new Error("listener");
    const chunks = [Buffer.from("a"), Buffer.from("b")];
    const { text, events } = await capture(chunks, 10, () => {
      throw error;
    });
    expect(text).toBe("ab");
    expect(events).toEqual([error]);
  });
});
