import { fileURLToPath } from "node:url";
import {
  createRandom,
  createTransformer,
  nonEmbeddingParameters,
  type TransformerShape,
} from "../src/experiments/index.ts";
import { createJaxTraining } from "./jax-transformer.ts";

/** A range over rounds. */
export interface Range {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface TrainingResult {
  readonly name: string;
  readonly tokensPerCpuSecond: Range;
  /** 6 x non-embedding parameters per token; attention's products not counted. */
  readonly gigaflopPerCpuSecond: Range;
  /** How much faster the engine's wasm kernel is, from rounds side by side. */
  readonly slowdown: Range;
  /** Largest difference of the loss from the wasm kernel's over the first ten steps, same starting weights. */
  readonly lossDifference: number;
}

export interface TrainingComparison {
  readonly shape: TransformerShape;
  readonly results: readonly TrainingResult[];
}

/**
 * One AdamW training step of the same transformer, from the same weights on the same batches with a
 * loss at every position, on the engine (wasm and plain TypeScript) and on jax-js (wasm backend,
 * jit). Rounds are interleaved, so that a busy machine slows all alike; the unit is CPU time.
 */
export async function benchTraining(rounds = 7): Promise<TrainingComparison[]> {
  const comparisons: TrainingComparison[] = [];
  for (const shape of SHAPES) comparisons.push(await compare(shape, rounds));
  return comparisons;
}

/** Runs the benchmark and prints its tables. */
export async function run(): Promise<void> {
  for (const { shape, results } of await benchTraining()) {
    const { width, hidden, layers, batch, context, vocabulary } = shape;
    console.log(
      `\nTraining step: width ${width}, hidden ${hidden}, layers ${layers}, ` +
        `batch ${batch} x ${context} tokens, vocabulary ${vocabulary}; median (min..max)`,
    );
    console.log(
      row(["", "1000 tokens / CPU s", "GFLOP / CPU s", "times slower", "loss differs by"]),
    );
    for (const result of results) {
      console.log(
        row([
          result.name,
          range(result.tokensPerCpuSecond, 1e-3),
          range(result.gigaflopPerCpuSecond),
          range(result.slowdown),
          result.lossDifference.toExponential(0),
        ]),
      );
    }
  }
}

/** The unlearning study's size, and one four times as wide in all. */
const SHAPES: readonly TransformerShape[] = [
  {
    vocabulary: 112,
    context: 24,
    width: 32,
    layers: 2,
    heads: 4,
    hidden: 64,
    shift: true,
    batch: 32,
  },
  {
    vocabulary: 112,
    context: 24,
    width: 64,
    layers: 2,
    heads: 4,
    hidden: 256,
    shift: true,
    batch: 64,
  },
];
const LEARNING_RATE = 1e-3;
/** AdamW's betas are the engine's defaults on both sides. */
const FIRST_STEPS = 10;
const ROUND_CPU_SECONDS = 0.6;

interface Contender {
  readonly name: string;
  step(batch: Batch): number | Promise<number>;
}

interface Batch {
  readonly tokens: Int32Array;
  readonly targets: Int32Array;
}

async function compare(shape: TransformerShape, rounds: number): Promise<TrainingComparison> {
  const contenders = [
    engine("Glasshouse, wasm", shape, "wasm"),
    engine("Glasshouse, plain TypeScript", shape, "plain"),
    await jax("jax-js 0.1, wasm", shape),
  ];
  const batches = drawBatches(shape, 32);
  const losses: number[][] = [];
  for (const contender of contenders) {
    const first: number[] = [];
    for (const batch of batches.slice(0, FIRST_STEPS)) first.push(await contender.step(batch));
    losses.push(first);
    // Until the optimising compilers are done.
    await measure(contender, batches);
  }
  const speeds: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      speeds[i]!.push((await measure(contender, batches)) * shape.batch * shape.context);
    }
  }
  const flopPerToken = 6 * nonEmbeddingParameters(shape);
  return {
    shape,
    results: contenders.map(({ name }, i) => ({
      name,
      tokensPerCpuSecond: rangeOf(speeds[i]!),
      gigaflopPerCpuSecond: rangeOf(speeds[i]!.map((speed) => (speed * flopPerToken) / 1e9)),
      slowdown: rangeOf(speeds[i]!.map((speed, round) => speeds[0]![round]! / speed)),
      lossDifference: Math.max(
        ...losses[i]!.map((loss, step) => Math.abs(loss - losses[0]![step]!)),
      ),
    })),
  };
}

function engine(name: string, shape: TransformerShape, kernel: "wasm" | "plain"): Contender {
  const model = createTransformer(shape, createRandom(1), { kernel });
  return {
    name,
    step(batch) {
      const { loss } = model.lossAndGradient(batch);
      model.step({ learningRate: LEARNING_RATE });
      return loss;
    },
  };
}

async function jax(name: string, shape: TransformerShape): Promise<Contender> {
  const { parameters } = createTransformer(shape, createRandom(1));
  const training = await createJaxTraining(shape, parameters, LEARNING_RATE);
  return { name, step: ({ tokens, targets }) => training.step(tokens, targets) };
}

/** Random sequences whose answer is a fixed function of the token before, so that there is something to learn. */
function drawBatches(shape: TransformerShape, count: number): Batch[] {
  const random = createRandom(2);
  return Array.from({ length: count }, () => {
    const tokens = Int32Array.from({ length: shape.batch * shape.context }, () =>
      random.integer(shape.vocabulary),
    );
    const targets = tokens.map((token, i) => ((tokens[i - 1] ?? 0) + 3 * token) % shape.vocabulary);
    return { tokens, targets };
  });
}

/** Steps per CPU second (user and system, all threads), over a round. */
async function measure(contender: Contender, batches: readonly Batch[]): Promise<number> {
  const start = process.cpuUsage();
  let steps = 0;
  for (;;) {
    await contender.step(batches[steps % batches.length]!);
    steps += 1;
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    if (seconds >= ROUND_CPU_SECONDS) return steps / seconds;
  }
}

function rangeOf(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

function range({ median, min, max }: Range, unit = 1): string {
  const [a, b, c] = [median, min, max].map((value) => (value * unit).toFixed(1));
  return `${a} (${b}..${c})`;
}

function row(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(30) : cell.padStart(22))).join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run();
