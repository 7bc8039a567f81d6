import type { Random } from "../../stats/index.ts";

/** A posterior on the whole of R^n, up to a constant. */
export interface Target {
  readonly dimension: number;
  /** ln density at `position`; fills `gradient`. */
  logDensity(position: Float64Array, gradient: Float64Array): number;
}

export interface ChainOptions {
  readonly warmup: number;
  readonly draws: number;
  /** Mean acceptance that the step size aims at; 0.8. */
  readonly acceptance?: number;
  /** A trajectory has at most 2^this steps; 10. */
  readonly maxDepth?: number;
}

export interface Chain {
  /** Draw i of coordinate j at [i · dimension + j]. */
  readonly positions: Float64Array;
  /** Draws whose trajectory left the region where the step size is small enough. */
  readonly divergences: number;
  readonly stepSize: number;
  /** Gradients taken, warm-up and all. */
  readonly gradients: number;
}

/**
 * Samples by the No-U-Turn sampler (Hoffman and Gelman 2014) with multinomial choice along the
 * trajectory and the generalised stopping rule (Betancourt 2017, arXiv:1701.02434), the step size
 * by dual averaging, and a diagonal metric learnt in windows of doubling length, as in Stan.
 */
export function sampleChain(
  target: Target,
  start: Float64Array,
  random: Random,
  { warmup, draws, acceptance = 0.8, maxDepth = 10 }: ChainOptions,
): Chain {
  const { dimension } = target;
  const sampler: Sampler = {
    ...{ target, random, maxDepth, gradients: 0, stepSize: 1 },
    metric: new Float64Array(dimension).fill(1),
  };
  let point = pointAt(sampler, start);
  const steps = dualAveraging(acceptance);
  sampler.stepSize = steps.restart(firstStepSize(sampler, point));
  const window = slidingVariance(dimension);
  const ends = windowEnds(warmup);
  for (let i = 0; i < warmup; i++) {
    const move = transition(sampler, point);
    point = move.point;
    sampler.stepSize = steps.update(move.acceptance);
    if (i < ends.first || i >= ends.last) continue;
    window.add(point.position);
    if (!ends.windows.has(i + 1)) continue;
    window.takeInto(sampler.metric);
    sampler.stepSize = steps.restart(firstStepSize(sampler, point));
  }
  if (warmup > 0) sampler.stepSize = steps.settled();
  const positions = new Float64Array(draws * dimension);
  let divergences = 0;
  for (let i = 0; i < draws; i++) {
    const move = transition(sampler, point);
    point = move.point;
    positions.set(point.position, i * dimension);
    if (move.isDivergent) divergences += 1;
  }
  return { positions, divergences, stepSize: sampler.stepSize, gradients: sampler.gradients };
}

interface Sampler {
  readonly target: Target;
  readonly random: Random;
  readonly maxDepth: number;
  /** The inverse mass: each coordinate's variance, as far as it is known. */
  readonly metric: Float64Array;
  stepSize: number;
  gradients: number;
}

interface Point {
  readonly position: Float64Array;
  readonly gradient: Float64Array;
  readonly logDensity: number;
}

interface Phase extends Point {
  readonly momentum: Float64Array;
}

/** A stretch of trajectory. `near` is the end that it began from. */
interface Stretch {
  readonly near: Phase;
  readonly far: Phase;
  /** The sum of its momenta. */
  readonly sum: Float64Array;
  /** A point of it, drawn by weight. */
  readonly chosen: Point;
  readonly logWeight: number;
  readonly goesOn: boolean;
  readonly isDivergent: boolean;
  readonly acceptance: number;
  readonly steps: number;
}

/** An energy error beyond which a trajectory counts as divergent, as in Stan. */
const DIVERGENT = 1000;

function transition(sampler: Sampler, from: Point) {
  const { random, metric, maxDepth } = sampler;
  const momentum = drawMomentum(sampler);
  const start: Phase = { ...from, momentum };
  const energy = energyOf(start, metric);
  let [left, right] = [start, start];
  let sum: Float64Array = momentum;
  let chosen: Point = from;
  let logWeight = 0;
  let [acceptance, steps, isDivergent] = [0, 0, false];
  for (let depth = 0; depth < maxDepth; depth++) {
    const forward = random.float() < 0.5;
    const grown = grow(sampler, forward ? right : left, forward ? 1 : -1, depth, energy);
    acceptance += grown.acceptance;
    steps += grown.steps;
    isDivergent ||= grown.isDivergent;
    if (!grown.goesOn) break;
    // Favouring the new half moves farther and keeps the distribution (Betancourt 2017, A.3.2).
    if (Math.log(random.float()) < grown.logWeight - logWeight) chosen = grown.chosen;
    const old = { near: forward ? left : right, far: forward ? right : left, sum };
    const goesOn = turnsNowhere(metric, old, grown);
    if (forward) right = grown.far;
    else left = grown.far;
    sum = added(sum, grown.sum);
    logWeight = logAddExp(logWeight, grown.logWeight);
    if (!goesOn) break;
  }
  return { point: chosen, acceptance: acceptance / Math.max(1, steps), isDivergent };
}

/** Goes on for 2^depth steps from an end. */
function grow(
  sampler: Sampler,
  end: Phase,
  direction: 1 | -1,
  depth: number,
  energy: number,
): Stretch {
  if (depth === 0) {
    const next = leapfrog(sampler, end, direction * sampler.stepSize);
    const gain = energy - energyOf(next, sampler.metric);
    const isDivergent = !(gain > -DIVERGENT);
    return {
      ...{ near: next, far: next, sum: next.momentum, chosen: next },
      ...{ logWeight: isDivergent ? -Infinity : gain, goesOn: !isDivergent, isDivergent },
      acceptance: Number.isNaN(gain) ? 0 : Math.min(1, Math.exp(gain)),
      steps: 1,
    };
  }
  const first = grow(sampler, end, direction, depth - 1, energy);
  if (!first.goesOn) return first;
  const second = grow(sampler, first.far, direction, depth - 1, energy);
  const logWeight = logAddExp(first.logWeight, second.logWeight);
  const takesSecond = Math.log(sampler.random.float()) < second.logWeight - logWeight;
  return {
    ...{ near: first.near, far: second.far, sum: added(first.sum, second.sum), logWeight },
    chosen: takesSecond ? second.chosen : first.chosen,
    goesOn: second.goesOn && turnsNowhere(sampler.metric, first, second),
    isDivergent: second.isDivergent,
    acceptance: first.acceptance + second.acceptance,
    steps: first.steps + second.steps,
  };
}

/** Whether neither the joined stretch nor a stretch across its seam has made a U-turn. */
function turnsNowhere(
  metric: Float64Array,
  first: Pick<Stretch, "near" | "far" | "sum">,
  second: Pick<Stretch, "near" | "far" | "sum">,
): boolean {
  const straight = (a: Phase, b: Phase, sum: Float64Array) =>
    along(metric, a.momentum, sum) > 0 && along(metric, b.momentum, sum) > 0;
  return (
    straight(first.near, second.far, added(first.sum, second.sum)) &&
    straight(first.near, second.near, added(first.sum, second.near.momentum)) &&
    straight(first.far, second.far, added(second.sum, first.far.momentum))
  );
}

function leapfrog(sampler: Sampler, from: Phase, step: number): Phase {
  const { metric } = sampler;
  const momentum = from.momentum.map((p, i) => p + (step / 2) * from.gradient[i]!);
  const point = pointAt(
    sampler,
    from.position.map((q, i) => q + step * metric[i]! * momentum[i]!),
  );
  for (let i = 0; i < momentum.length; i++) momentum[i]! += (step / 2) * point.gradient[i]!;
  return { ...point, momentum };
}

function pointAt(sampler: Sampler, position: Float64Array): Point {
  const gradient = new Float64Array(position.length);
  sampler.gradients += 1;
  return { position, gradient, logDensity: sampler.target.logDensity(position, gradient) };
}

function drawMomentum({ metric, random }: Sampler): Float64Array {
  return metric.map((variance) => random.normal() / Math.sqrt(variance));
}

function energyOf({ logDensity, momentum }: Phase, metric: Float64Array): number {
  return along(metric, momentum, momentum) / 2 - logDensity;
}

function along(metric: Float64Array, a: Float64Array, b: Float64Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += metric[i]! * a[i]! * b[i]!;
  return product;
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((each, i) => each + b[i]!);
}

function logAddExp(a: number, b: number): number {
  const top = Math.max(a, b);
  return top === -Infinity ? top : top + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** Doubles or halves the step until one leapfrog step is accepted about half of the time. */
function firstStepSize(sampler: Sampler, point: Point): number {
  const { metric } = sampler;
  const momentum = drawMomentum(sampler);
  const energy = energyOf({ ...point, momentum }, metric);
  const gain = (step: number) =>
    energy - energyOf(leapfrog(sampler, { ...point, momentum }, step), metric);
  let step = sampler.stepSize;
  const accepted = (size: number) => gain(size) > Math.log(0.8);
  const grows = accepted(step);
  for (let i = 0; i < 50; i++) {
    const next = grows ? step * 2 : step / 2;
    if (accepted(next) !== grows) return grows ? step : next;
    step = next;
  }
  return step;
}

/** Nesterov's dual averaging of the log step size (Hoffman and Gelman 2014, section 3.2). */
function dualAveraging(acceptance: number) {
  const [gamma, delay, decay] = [0.05, 10, 0.75];
  let [centre, error, average, count] = [0, 0, 0, 0];
  return {
    restart(step: number): number {
      centre = Math.log(10 * step);
      [error, average, count] = [0, Math.log(step), 0];
      return step;
    },
    update(accepted: number): number {
      count += 1;
      error += (acceptance - accepted - error) / (count + delay);
      const log = centre - (Math.sqrt(count) / gamma) * error;
      average += count ** -decay * (log - average);
      return Math.exp(log);
    },
    settled: () => Math.exp(average),
  };
}

/** Variances of the positions since the last taking, shrunk to 1e-3 while they are few, as in Stan. */
function slidingVariance(dimension: number) {
  let count = 0;
  const mean = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  return {
    add(position: Float64Array): void {
      count += 1;
      for (let i = 0; i < dimension; i++) {
        const gap = position[i]! - mean[i]!;
        mean[i]! += gap / count;
        squares[i]! += gap * (position[i]! - mean[i]!);
      }
    },
    takeInto(metric: Float64Array): void {
      for (let i = 0; i < dimension; i++) {
        const variance = squares[i]! / Math.max(1, count - 1);
        metric[i] = (count * variance + 5e-3) / (count + 5);
      }
      count = 0;
      mean.fill(0);
      squares.fill(0);
    },
  };
}

/** Where windows of learning the metric end: between an opening for the step size, and a close. */
function windowEnds(warmup: number) {
  const first = Math.round(0.1 * warmup);
  const last = warmup - Math.round(0.1 * warmup);
  const windows = new Set<number>();
  let length = Math.max(10, Math.round(0.03 * warmup));
  for (let end = first + length; end <= last; end += length) {
    // A last window too short for the one after it takes in what is left.
    const stretched = end + 2 * length > last ? last : end;
    windows.add(stretched);
    if (stretched === last) break;
    length *= 2;
  }
  return { first, last, windows };
}
