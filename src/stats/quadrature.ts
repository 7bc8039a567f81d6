/**
 * log ∫ exp(g(u)) du over the real line, for a smooth g with one peak that falls away on both
 * sides at least linearly. The trapezoid rule converges exponentially there (Trefethen and
 * Weideman 2014); its step is halved until two results agree to 13 digits.
 *
 * @param low, high an interval that holds the peak.
 */
export function logIntegratePeak(g: (u: number) => number, low: number, high: number): number {
  const peak = maximise(g, low, high);
  const top = g(peak);
  const left = whereBelow(g, peak, -1, top - NEGLIGIBLE);
  const right = whereBelow(g, peak, 1, top - NEGLIGIBLE);

  let intervals = 48;
  let step = (right - left) / intervals;
  let sum = 0;
  for (let i = 0; i <= intervals; i++) sum += Math.exp(g(left + i * step) - top);
  for (;;) {
    let middles = 0;
    for (let i = 0; i < intervals; i++) middles += Math.exp(g(left + (i + 0.5) * step) - top);
    const settled = Math.abs(middles - sum) <= 1e-13 * sum;
    sum += middles;
    step /= 2;
    intervals *= 2;
    if (settled || intervals > 1e6) return top + Math.log(sum * step);
  }
}

/**
 * ∫ exp(g(v)) dv over v ≥ 0, for a smooth concave g with g(0) = 0, by Gauss-Legendre on panels
 * that double in width away from 0, so that a singularity just below 0 does no harm.
 *
 * @param scale a first guess, right to a few powers of ten, of where g has fallen to -1.
 */
export function integrateDecay(g: (v: number) => number, scale: number): number {
  let reach = scale;
  while (g(reach) > -NEGLIGIBLE) reach *= 2;
  while (g(reach / 2) < -NEGLIGIBLE) reach /= 2;
  let sum = 0;
  let high = reach;
  for (let panel = 0; panel < 9; panel++) {
    const low = panel === 8 ? 0 : high / 2;
    sum += integrate((v) => Math.exp(g(v)), low, high, panel === 0 ? 4 : panel === 1 ? 2 : 1);
    high = low;
  }
  return sum;
}

/** ∫ f over [low, high] by composite 20-point Gauss-Legendre, for f smooth inside the interval. */
export function integrate(
  f: (x: number) => number,
  low: number,
  high: number,
  panels: number,
): number {
  const half = (high - low) / panels / 2;
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    const centre = low + (2 * panel + 1) * half;
    for (let i = 0; i < NODES.length; i++) {
      const offset = NODES[i]! * half;
      sum += WEIGHTS[i]! * (f(centre - offset) + f(centre + offset));
    }
  }
  return sum * half;
}

/** The integrand beyond this fall from its peak, in logarithms, is below rounding error. */
const NEGLIGIBLE = 45;

/** Golden-section search, precise enough for a starting point. */
function maximise(g: (u: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = from;
  let high = to;
  let a = high - ratio * (high - low);
  let b = low + ratio * (high - low);
  let valueA = g(a);
  let valueB = g(b);
  while (high - low > 1e-7) {
    if (valueA < valueB) {
      low = a;
      a = b;
      valueA = valueB;
      b = low + ratio * (high - low);
      valueB = g(b);
    } else {
      high = b;
      b = a;
      valueB = valueA;
      a = high - ratio * (high - low);
      valueA = g(a);
    }
  }
  return (low + high) / 2;
}

/** A point on one side of the peak where g has fallen below `level`, not much further than need be. */
function whereBelow(g: (u: number) => number, peak: number, side: 1 | -1, level: number): number {
  let inside = 0;
  let outside = 1e-7;
  while (g(peak + side * outside) > level) {
    inside = outside;
    outside *= 2;
  }
  for (let i = 0; i < 6; i++) {
    const middle = (inside + outside) / 2;
    if (g(peak + side * middle) > level) inside = middle;
    else outside = middle;
  }
  return peak + side * outside;
}

/** Positive nodes of the 20-point Gauss-Legendre rule on [-1, 1], with their weights. */
const { nodes: NODES, weights: WEIGHTS } = gaussLegendre(20);

function gaussLegendre(n: number): { nodes: number[]; weights: number[] } {
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < n / 2; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let step = 0; step < 8; step++) {
      let previous = 1;
      let value = x;
      for (let k = 2; k <= n; k++) {
        [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
      }
      slope = (n * (x * value - previous)) / (x * x - 1);
      x -= value / slope;
    }
    nodes.push(x);
    weights.push(2 / ((1 - x * x) * slope * slope));
  }
  return { nodes, weights };
}
