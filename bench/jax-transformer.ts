import { init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import type { TransformerShape } from "../src/experiments/index.ts";

/** The engine's transformer and AdamW step written for jax-js, compiled by its jit, on its wasm backend. */
export interface JaxTraining {
  /** One step on a batch; returns the loss before it. */
  step(tokens: Int32Array, targets: Int32Array): Promise<number>;
}

type Weights = { [name: string]: np.Array };

/** Starts from these weights (name to shape and values), so that both libraries take the same steps. */
export async function createJaxTraining(
  shape: TransformerShape,
  weights: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly values: Float32Array }
  >,
  learningRate: number,
): Promise<JaxTraining> {
  // jax-js looks for navigator.gpu; Node 20 has no navigator.
  (globalThis as { navigator?: unknown }).navigator ??= {};
  await init("wasm");
  let parameters: Weights = {};
  for (const [name, { shape: dimensions, values }] of weights) {
    parameters[name] = np.array(values.slice()).reshape([...dimensions]);
  }
  let mean = tree.map((p: np.Array) => np.zerosLike(p), tree.ref(parameters)) as Weights;
  let square = tree.map((p: np.Array) => np.zerosLike(p), tree.ref(parameters)) as Weights;

  const update = jit(
    (
      p: Weights,
      m: Weights,
      v: Weights,
      tokens: np.Array,
      previous: np.Array,
      targets: np.Array,
      corrections: np.Array,
    ) => {
      const gradient = valueAndGrad((w: Weights) => meanLoss(shape, w, tokens, previous, targets));
      const [loss, g] = gradient(tree.ref(p)) as unknown as [np.Array, Weights];
      const next: { p: Weights; m: Weights; v: Weights } = { p: {}, m: {}, v: {} };
      for (const name of Object.keys(p)) {
        const newMean = m[name]!.mul(BETA1).add(g[name]!.ref.mul(1 - BETA1));
        const newSquare = v[name]!.mul(BETA2).add(np.square(g[name]!).mul(1 - BETA2));
        const root = np.sqrt(newSquare.ref.mul(corrections.ref.slice(1))).add(1e-8);
        const change = newMean.ref.mul(corrections.ref.slice(0)).mul(learningRate).div(root);
        next.p[name] = p[name]!.sub(change);
        next.m[name] = newMean;
        next.v[name] = newSquare;
      }
      corrections.dispose();
      return [loss, next.p, next.m, next.v] as const;
    },
  );

  let steps = 0;
  return {
    async step(tokens, targets) {
      steps += 1;
      const previous = tokens.map((_, i) =>
        i % shape.context === 0 ? shape.vocabulary : tokens[i - 1]!,
      );
      const corrections = Float32Array.of(1 / (1 - BETA1 ** steps), 1 / (1 - BETA2 ** steps));
      const [loss, p, m, v] = update(
        parameters,
        mean,
        square,
        np.array(tokens.slice()),
        np.array(previous),
        np.array(targets.slice()),
        np.array(corrections),
      );
      [parameters, mean, square] = [p, m, v];
      return ((await loss.data()) as Float32Array)[0]!;
    },
  };
}

const BETA1 = 0.9;
const BETA2 = 0.99;

/** Mean cross-entropy over all positions. Every use of an array but its last takes a reference (jax-js's ownership). */
function meanLoss(
  shape: TransformerShape,
  w: Weights,
  tokens: np.Array,
  previous: np.Array,
  targets: np.Array,
): np.Array {
  const { vocabulary, context, width, layers, heads } = shape;
  const rows = tokens.shape[0]!;
  const examples = rows / context;
  let x = np.take(w["embedding.token"]!, tokens, 0);
  // A previous token beyond the vocabulary stands for none. One-hot, since jit fails on a second take.
  const before = nn.oneHot(previous, vocabulary + 1).slice([], [0, vocabulary]);
  x = x.add(np.matmul(before, w["embedding.previous"]!));
  x = x.reshape([examples, context, width]).add(w["embedding.position"]!).reshape([rows, width]);
  for (let l = 0; l < layers; l++) {
    const part = (name: string) => w[`layers.${l}.${name}`]!;
    const y = rmsNorm(x.ref, part("attention.gain"));
    // [examples, heads, context, width of a head]
    const split = (a: np.Array) =>
      np.transpose(a.reshape([examples, context, heads, width / heads]), [0, 2, 1, 3]);
    const kv = np.matmul(y.ref, part("attention.keyValue"));
    const q = split(np.matmul(y, part("attention.query")));
    const k = split(kv.ref.slice([], [0, width]));
    const v = split(kv.slice([], [width, 2 * width]));
    const attended = np.transpose(attend(q, k, v), [0, 2, 1, 3]).reshape([rows, width]);
    x = x.add(np.matmul(attended, part("attention.output")));
    const z = rmsNorm(x.ref, part("mlp.gain"));
    const units = nn.relu(np.matmul(z, part("mlp.in")).add(part("mlp.bias")));
    x = x.add(np.matmul(units, part("mlp.out")));
  }
  const logits = np.matmul(rmsNorm(x, w["final.gain"]!), np.transpose(w.unembedding!));
  const logProbabilities = nn.logSoftmax(logits, -1);
  return logProbabilities
    .mul(nn.oneHot(targets, vocabulary))
    .sum()
    .mul(-1 / rows);
}

/** Causal attention from matrix products: jax-js's own `dotProductAttention` needs Node 22. */
function attend(q: np.Array, k: np.Array, v: np.Array): np.Array {
  const [, , length, headWidth] = q.shape as [number, number, number, number];
  const scores = np.matmul(q, np.transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(headWidth));
  const seen = np.tri(length, length, 0, { dtype: np.bool });
  return np.matmul(nn.softmax(np.where(seen, scores, -1e9), -1), v);
}

function rmsNorm(x: np.Array, gain: np.Array): np.Array {
  const inverse = np.square(x.ref).mean(-1, { keepdims: true }).add(1e-6);
  return x.div(np.sqrt(inverse)).mul(gain);
}
