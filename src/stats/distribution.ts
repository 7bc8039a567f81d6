/**
 * A probability distribution on the real line. Both tails keep their full relative accuracy, so
 * ask for `survival` rather than 1 - `cdf`, and `upperQuantile(p)` rather than `quantile(1 - p)`.
 */
export interface Distribution {
  /** The probability density (of a discrete distribution: the probability) at x. */
  density(x: number): number;
  /** P(X ≤ x). */
  cdf(x: number): number;
  /** P(X > x). */
  survival(x: number): number;
  /** The x with P(X ≤ x) = p; of a discrete distribution the least x with P(X ≤ x) ≥ p. */
  quantile(p: number): number;
  /** The x with P(X > x) = p; of a discrete distribution the least x with P(X > x) ≤ p. */
  upperQuantile(p: number): number;
}
