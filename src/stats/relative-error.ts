/** |actual - expected| / |expected|, the distance by which tests hold results to published values. */
export function relativeError(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  return Math.abs(actual - expected) / Math.abs(expected);
}
