import { deflateRawSync } from "node:zlib";
import { studentT } from "../../stats/index.ts";

/** Texts shorter than this compress by their length, not by what they say. */
export const LEAST_COMPRESSED = 400;
const READ = 4000;
const PAST_NEEDED = 8;

/** An agent's own past: how well its texts compressed. */
export interface CompressionPast {
  /**
   * Two-sided p of a text's compressibility among those before it, which it then joins: a new draw
   * from the same normal distribution, predicted by Student's t. Undefined while the past is short.
   */
  test(
    text: string,
  ): { readonly p: number; readonly ratio: number; readonly usual: number } | undefined;
}

export function compressionPast(): CompressionPast {
  const past: number[] = [];
  return {
    test(text) {
      if (text.length < LEAST_COMPRESSED) return undefined;
      // Beginnings of one length, so that length carries nothing.
      const head = Buffer.from(text.slice(0, READ));
      const ratio = Math.log(deflateRawSync(head).length / head.length) - expectedAt(head.length);
      const n = past.length;
      const mean = past.reduce((sum, value) => sum + value, 0) / n;
      const variance = past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
      past.push(ratio);
      if (n < PAST_NEEDED) return undefined;
      // Texts of one template hardly vary: then a usual text would stand out.
      const scale = Math.sqrt(Math.max(variance, 0.01) * (1 + 1 / n));
      const p = 2 * studentT(n - 1).survival(Math.abs(ratio - mean) / scale);
      return { p: Math.min(1, p), ratio: Math.exp(ratio), usual: Math.exp(mean) };
    },
  };
}

/** Longer texts compress better, whoever writes them: about this much per doubling. */
function expectedAt(bytes: number): number {
  return -0.12 * Math.log2(bytes / LEAST_COMPRESSED);
}
