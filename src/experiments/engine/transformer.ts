import type { Random } from "../../stats/index.ts";
import { runBackward } from "./backward.ts";
import { enterBatch, type Sequences } from "./batch.ts";
import { createKernel } from "./create-kernel.ts";
import { runForward } from "./forward.ts";
import { continueGreedily } from "./generate.ts";
import type { Kernel, KernelKind } from "./kernel.ts";
import { type Layout, layOut, type ParameterLayout } from "./layout.ts";
import { applyLoss, type LossResult, lossPositions, type Objective } from "./loss.ts";
import { checkShape, EngineError, type TransformerShape } from "./shape.ts";
import { packModel, unpackModel } from "./snapshot.ts";

export interface TransformerOptions {
  /** `wasm` (default) or `plain`, which needs no WebAssembly and is about five times slower. */
  readonly kernel?: KernelKind;
}

/** A parameter: a view of the model's memory, so writing to `values` changes the model. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

export interface ForwardInput extends Sequences {
  /** Flat positions (example * length + place) in rising order; all by default. */
  readonly positions?: Int32Array;
}

export interface ForwardResult {
  readonly positions: Int32Array;
  /** [positions, vocabulary]. */
  readonly logits: Float32Array;
  /** [positions, width]: the final norm's output f; logits = f . unembedding. */
  readonly final: Float32Array;
  /** [positions]: the token with the highest logit, the first of equals. */
  readonly predictions: Int32Array;
}

/** AdamW's settings (Loshchilov and Hutter 2019). */
export interface StepOptions {
  readonly learningRate: number;
  /** 0.9 by default. */
  readonly beta1?: number;
  /** 0.99 by default: short runs forget their first steps' gradients in time. */
  readonly beta2?: number;
  /** 1e-8 by default. */
  readonly epsilon?: number;
  /** Decoupled, on matrices and embeddings, not on gains and biases; 0 by default. */
  readonly weightDecay?: number;
  /** Largest norm of the whole gradient; none by default. */
  readonly clip?: number;
  /** Names of the parameters to change; all by default. The others' gradients are cleared. */
  readonly only?: ReadonlySet<string>;
}

/**
 * A decoder-only transformer: token, position and (with `shift`) previous-token embeddings; blocks of
 * RMSNorm, causal attention, RMSNorm and a ReLU MLP around a residual stream; a final RMSNorm; an
 * unembedding of its own, without bias. It owns its memory; equal seeds and calls give equal bytes.
 */
export interface Transformer {
  readonly shape: TransformerShape;
  readonly kernel: KernelKind;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The parameter of this name; throws `EngineError` where there is none. */
  parameter(name: string): Parameter;
  forward(input: ForwardInput): ForwardResult;
  /** The loss without its gradient. */
  loss(objective: Objective): LossResult;
  /** Adds the gradient of the loss to the parameters' gradients. */
  lossAndGradient(objective: Objective): LossResult;
  /** One AdamW step with the gradients so far; clears them. */
  step(options: StepOptions): void;
  clearGradients(): void;
  /** Forgets AdamW's moments and step count. */
  resetOptimizer(): void;
  /** The model as bytes: shape and parameters, not AdamW's state. */
  save(): Uint8Array;
  /** Takes the parameters from `save`'s bytes; the shapes must agree but for `batch`. Forgets AdamW's state. */
  load(bytes: Uint8Array): void;
  /** An independent copy, AdamW's state included. */
  clone(): Transformer;
  /** Greedy continuation: prompts [examples * length] become [examples * (length + count)]. */
  generate(prompts: Int32Array, length: number, count: number): Int32Array;
}

/** A transformer with random starting values. Throws `EngineError` on a shape it cannot hold. */
export function createTransformer(
  shape: TransformerShape,
  random: Random,
  options: TransformerOptions = {},
): Transformer {
  checkShape(shape);
  const layout = layOut(shape);
  const kernel = createKernel(options.kernel ?? "wasm", layout.size);
  for (const parameter of layout.parameters) {
    const stream = random.fork(parameter.name);
    const at = layout.at.values + parameter.offset;
    for (let i = 0; i < parameter.size; i++) {
      const { deviation } = parameter;
      kernel.numbers[at + i] = deviation === null ? 1 : deviation * stream.normal();
    }
  }
  return transformerOver(shape, layout, kernel, 0);
}

/** A transformer from `save`'s bytes. */
export function loadTransformer(bytes: Uint8Array, options: TransformerOptions = {}): Transformer {
  const { shape } = unpackModel(bytes);
  checkShape(shape);
  const layout = layOut(shape);
  const kernel = createKernel(options.kernel ?? "wasm", layout.size);
  const transformer = transformerOver(shape, layout, kernel, 0);
  transformer.load(bytes);
  return transformer;
}

function transformerOver(
  shape: TransformerShape,
  layout: Layout,
  kernel: Kernel,
  stepsBefore: number,
): Transformer {
  const x = kernel.numbers;
  const { at, parameterCount } = layout;
  const block = (start: number) => x.subarray(start, start + parameterCount);
  const parameters = new Map(
    layout.parameters.map((parameter) => [parameter.name, viewOf(x, layout, parameter)]),
  );
  let steps = stepsBefore;

  const run = (objective: Objective): [LossResult, ReturnType<typeof enterBatch>] => {
    const positions = lossPositions(objective);
    const pass = enterBatch(kernel, shape, layout, objective, positions);
    runForward(kernel, shape, layout, pass);
    return [applyLoss(kernel, shape, layout, pass, objective, positions), pass];
  };

  const self: Transformer = {
    shape,
    kernel: kernel.kind,
    parameters,
    parameter(name) {
      const found = parameters.get(name);
      if (found === undefined) {
        throw new EngineError(
          `parameter "${name}"`,
          "there is none",
          `use one of: ${[...parameters.keys()].join(", ")}`,
        );
      }
      return found;
    },
    forward(input) {
      const positions = input.positions ?? Int32Array.from(input.tokens.keys());
      const pass = enterBatch(kernel, shape, layout, input, positions);
      runForward(kernel, shape, layout, pass);
      return readForward(kernel, shape, layout, positions);
    },
    loss: (objective) => run(objective)[0],
    lossAndGradient(objective) {
      const [result, pass] = run(objective);
      runBackward(kernel, shape, layout, pass);
      return result;
    },
    step(options) {
      steps += 1;
      takeStep(kernel, layout, steps, options);
    },
    clearGradients() {
      block(at.gradients).fill(0);
    },
    resetOptimizer() {
      steps = 0;
      block(at.mean).fill(0);
      block(at.square).fill(0);
    },
    save: () => packModel(shape, block(at.values)),
    load(bytes) {
      const model = unpackModel(bytes);
      const same = { ...model.shape, batch: shape.batch };
      if (
        JSON.stringify(same) !== JSON.stringify({ ...same, ...shape }) ||
        model.parameters.length !== parameterCount
      ) {
        throw new EngineError(
          "model bytes",
          `they hold a model of shape ${JSON.stringify(model.shape)}`,
          `load them into a transformer of that shape; this one is ${JSON.stringify(shape)}`,
        );
      }
      block(at.values).set(model.parameters);
      self.resetOptimizer();
      self.clearGradients();
    },
    clone() {
      const copy = createKernel(kernel.kind, layout.size);
      copy.numbers.set(x.subarray(at.values, at.square + parameterCount), at.values);
      return transformerOver(shape, layout, copy, steps);
    },
    generate: (prompts, length, count) => continueGreedily(self, prompts, length, count),
  };
  return self;
}

function viewOf(x: Float32Array, layout: Layout, parameter: ParameterLayout): Parameter {
  const { name, shape, offset, size } = parameter;
  const view = (start: number) => x.subarray(start + offset, start + offset + size);
  return { name, shape, values: view(layout.at.values), gradient: view(layout.at.gradients) };
}

function readForward(
  kernel: Kernel,
  shape: TransformerShape,
  layout: Layout,
  positions: Int32Array,
): ForwardResult {
  const { vocabulary, width } = shape;
  const { buffers: b, ldv } = layout;
  const x = kernel.numbers;
  const logits = new Float32Array(positions.length * vocabulary);
  const predictions = new Int32Array(positions.length);
  for (let i = 0; i < positions.length; i++) {
    const row = x.subarray(b.logits + i * ldv, b.logits + i * ldv + vocabulary);
    logits.set(row, i * vocabulary);
    let best = 0;
    for (let v = 1; v < vocabulary; v++) if (row[v]! > row[best]!) best = v;
    predictions[i] = best;
  }
  const final = x.slice(b.final, b.final + positions.length * width);
  return { positions, logits, final, predictions };
}

function takeStep(kernel: Kernel, layout: Layout, steps: number, options: StepOptions): void {
  const { learningRate, beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8, weightDecay = 0 } = options;
  const { at } = layout;
  const clip = options.clip === undefined ? 1 : clipFactor(kernel, layout, options.clip);
  for (const { name, shape, offset, size } of layout.parameters) {
    if (options.only !== undefined && !options.only.has(name)) {
      kernel.numbers.fill(0, at.gradients + offset, at.gradients + offset + size);
      continue;
    }
    kernel.adamw(
      at.values + offset,
      at.gradients + offset,
      at.mean + offset,
      at.square + offset,
      size,
      learningRate,
      beta1,
      beta2,
      epsilon,
      shape.length > 1 ? 1 - learningRate * weightDecay : 1,
      1 / (1 - beta1 ** steps),
      1 / (1 - beta2 ** steps),
      clip,
    );
  }
}

function clipFactor(kernel: Kernel, layout: Layout, largest: number): number {
  const start = layout.at.gradients;
  let squares = 0;
  for (let i = start; i < start + layout.parameterCount; i++) {
    squares += kernel.numbers[i]! * kernel.numbers[i]!;
  }
  return Math.min(1, largest / Math.sqrt(squares));
}
