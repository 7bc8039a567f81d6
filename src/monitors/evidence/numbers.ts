/** Numbers that were recorded, for asking whether a claimed one comes from them. */
export interface RecordedNumbers {
  add(text: string): void;
  /** Whether just this number was recorded. */
  holds(written: string): boolean;
  /**
   * Whether a number as written could come from what was recorded: itself, rounded, as a percentage
   * or a fraction, or the difference or the ratio of two. Linear in what was recorded.
   */
  explains(written: string): boolean;
}

const MOST_NUMBERS = 20_000;
/** Differences and ratios are taken among the latest only: more numbers explain anything by chance. */
const LATEST = 300;

export function recordNumbers(): RecordedNumbers {
  const values = new Set<number>();
  return {
    add(text) {
      for (const [written] of text
        .slice(0, 200_000)
        .matchAll(/\d[\d,]{0,14}(?:\.\d{1,15})?(?:e[+-]?\d{1,3})?/gi)) {
        const value = Number(written.replaceAll(",", ""));
        if (!Number.isFinite(value)) continue;
        values.delete(value);
        if (values.size < MOST_NUMBERS) values.add(value);
      }
    },
    holds: (written) => values.has(Number(written.replaceAll(",", ""))),
    explains(written) {
      const claimed = Number(written.replaceAll(",", ""));
      const places = written.split(".")[1]?.length ?? 0;
      const half = 0.5000001 * 10 ** -places;
      const near = (value: number) => Math.abs(value - claimed) <= half;
      const all = [...values];
      if (
        all.some(
          (value) =>
            near(value) ||
            near(value * 100) ||
            near(100 - value) ||
            near(100 - value * 100) ||
            near(value / 100) ||
            near(value * 1000) ||
            near(value / 1000),
        )
      ) {
        return true;
      }
      const latest = all.slice(-LATEST);
      for (const [index, a] of latest.entries()) {
        for (const b of latest.slice(index + 1)) {
          if (near(Math.abs(a - b)) || near(Math.abs(a - b) * 100)) return true;
          if (isShare(a, b, near) || isShare(b, a, near)) return true;
        }
      }
      return false;
    },
  };
}

function isShare(part: number, whole: number, near: (value: number) => boolean): boolean {
  if (whole === 0) return false;
  const ratio = part / whole;
  return near(ratio) || near(100 * ratio) || near(100 * (ratio - 1));
}
