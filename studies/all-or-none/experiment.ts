import {
  createRandom,
  createTransformer,
  createTwoFactorWorld,
  type ExperimentContext,
  type Json,
  meanDivergence,
  type Transformer,
  type TransformerShape,
  type TwoFactorWorld,
  type WorldKind,
} from "../../src/experiments/index.ts";
import {
  measureModel,
  measurePair,
  measureTwin,
  type Representation,
  represent,
} from "./measures.ts";

/**
 * All or none (Marconato, Lachapelle, Weichwald and Gresele, AISTATS 2025): are linear properties of
 * a representation fixed by the distribution that the model learned? A world has two factors of 8
 * values and 16 outcomes. Its log probabilities add up over the factors (condition `additive`) or do
 * not (`interaction`). Two transformers with different starting values are trained on the same world,
 * on KL to its exact distribution; the result says what their representations have in common.
 * Parameter `steps`: training steps, 1200 by default.
 */
export function experiment(context: ExperimentContext): Json {
  const kind = worldKind(context.condition);
  const steps = stepCount(context.parameters.steps);
  const random = createRandom(context.seed);
  const world = createTwoFactorWorld(kind, FACTOR_SIZE, OUTCOMES, random.fork("world"));
  const model = createTransformer(SHAPE, random.fork("model"));
  const partner = createTransformer(SHAPE, random.fork("partner"));

  const distributions = Float32Array.from(world.logProbabilities.values, Math.exp);
  const objective = { tokens: TOKENS, soft: { positions: POSITIONS, distributions } };

  const trajectory: Json[] = [];
  for (let step = 0; step < steps; step++) {
    if (CHECKPOINTS.includes(step))
      trajectory.push({ step, ...development(world, model, partner) });
    if (step % 50 === 0) context.progress(step / steps);
    const learningRate = PEAK_LEARNING_RATE * (1 - step / steps);
    for (const learner of [model, partner]) {
      learner.lossAndGradient(objective);
      learner.step({ learningRate });
    }
  }
  trajectory.push({ step: steps, ...development(world, model, partner) });

  const [ours, theirs] = [representationOf(model), representationOf(partner)];
  return {
    divergence: meanDivergence(world, ours.logits),
    partnerDivergence: meanDivergence(world, theirs.logits),
    ...measureModel(ours, FACTOR_SIZE),
    ...measureTwin(ours, FACTOR_SIZE, random.fork("twin")),
    ...measurePair(ours, theirs, FACTOR_SIZE),
    trajectory,
  };
}

const FACTOR_SIZE = 8;
const OUTCOMES = 16;
const PEAK_LEARNING_RATE = 3e-3;
const CHECKPOINTS = [0, 25, 50, 100, 200, 400, 800];
/** A context is two tokens, one a factor; the outcomes have the same 16 ids. */
const SHAPE: TransformerShape = {
  vocabulary: OUTCOMES,
  context: 2,
  width: 32,
  layers: 2,
  heads: 4,
  hidden: 64,
  shift: false,
  batch: FACTOR_SIZE * FACTOR_SIZE,
};
/** Every context once: the pair (a, b) in row a * 8 + b, the second factor's tokens following the first's. */
const TOKENS = Int32Array.from({ length: 2 * SHAPE.batch }, (_, i) => {
  const pair = Math.floor(i / 2);
  return i % 2 === 0 ? Math.floor(pair / FACTOR_SIZE) : FACTOR_SIZE + (pair % FACTOR_SIZE);
});
/** The outcome is predicted from the second token. */
const POSITIONS = Int32Array.from({ length: SHAPE.batch }, (_, pair) => 2 * pair + 1);

function representationOf(model: Transformer): Representation {
  const { final } = model.forward({ tokens: TOKENS, positions: POSITIONS });
  return represent(final, model.parameter("unembedding").values, SHAPE.width);
}

/** What is followed while the models learn. */
function development(world: TwoFactorWorld, model: Transformer, partner: Transformer) {
  const [ours, theirs] = [representationOf(model), representationOf(partner)];
  const { parallelogramEffective, probeAccuracy } = measureModel(ours, FACTOR_SIZE);
  const { mapEffective } = measurePair(ours, theirs, FACTOR_SIZE);
  const divergence = meanDivergence(world, ours.logits);
  return { divergence, parallelogramEffective, probeAccuracy, mapEffective };
}

function worldKind(condition: string): WorldKind {
  if (condition === "additive" || condition === "interaction") return condition;
  throw new Error(
    `condition "${condition}": there is no such world; use "additive" or "interaction"`,
  );
}

function stepCount(value: Json | undefined): number {
  if (value === undefined) return 1200;
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw new Error(`parameter "steps": it is ${JSON.stringify(value)}; give a whole number from 1`);
}
