import { expect, it } from "vitest";
import { binomial, chiSquare, createRandom } from "../../stats/index.ts";
import { drawBinomial } from "./binomial.ts";

it.each([
  [1, 0.3],
  [6, 0.5],
  [8, 0.9],
  [30, 0.2],
  [60, 0.75],
  [25, 0.5],
  [400, 0.04],
  [3000, 0.6],
])("binomial numbers of %i trials at %f have the binomial distribution", (n, p) => {
  const SEED = 20_251;
  const random = createRandom(SEED).fork(`${n} ${p}`);
  const draws = 40_000;
  const counts = new Float64Array(n + 1);
  for (let i = 0; i < draws; i++) counts[drawBinomial(random, n, p)]!++;
  // Neighbouring outcomes go together until 10 are expected.
  const exact = binomial(n, p);
  let statistic = 0;
  let cells = 0;
  let seen = 0;
  let from = 0;
  for (let k = 0; k <= n; k++) {
    seen += counts[k]!;
    const expected = draws * (exact.cdf(k) - from);
    if ((expected < 10 && k < n) || (draws * (1 - exact.cdf(k)) < 10 && k < n)) continue;
    statistic += (seen - expected) ** 2 / expected;
    cells += 1;
    seen = 0;
    from = exact.cdf(k);
  }
  const pValue = chiSquare(cells - 1).survival(statistic);
  expect(pValue, `seed ${SEED}: chi-square ${statistic} on ${cells - 1}`).toBeGreaterThan(1e-4);
});
