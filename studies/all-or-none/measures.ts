import {
  effectiveSubspace,
  linearMapR2,
  type Matrix,
  matrix,
  nullSpaceTwin,
  parallelogramError,
  probeAccuracy,
  product,
  type Random,
  transposed,
} from "../../src/experiments/index.ts";

/** A model's final representations of all contexts, and what it does with them. */
export interface Representation {
  /** [contexts, width]. */
  readonly final: Matrix;
  /** [outcomes, width]. */
  readonly unembedding: Matrix;
  /** [contexts, outcomes]: final times unembedding, in float64. */
  readonly logits: Matrix;
  /** [contexts, rank]: coordinates of the part that reaches the probabilities. */
  readonly effective: Matrix;
}

export function represent(
  final: ArrayLike<number>,
  unembedding: ArrayLike<number>,
  width: number,
): Representation {
  const f = matrix(final.length / width, width, final);
  const u = matrix(unembedding.length / width, width, unembedding);
  return {
    final: f,
    unembedding: u,
    logits: product(f, transposed(u)),
    effective: product(f, effectiveSubspace(u)),
  };
}

/** Linear properties of one model, of contexts that are pairs of two factors with `size` values each. */
export function measureModel(model: Representation, size: number) {
  return {
    rank: model.effective.columns,
    parallelogramEffective: parallelogramError(model.effective, size),
    parallelogramRaw: parallelogramError(model.final, size),
    probeAccuracy: probeAccuracy(model.effective, firstFactor(size), folds(size)),
  };
}

/** How well one model's representations give the other's by a linear map, on contexts it was not fitted on. */
export function measurePair(model: Representation, partner: Representation, size: number) {
  return {
    mapEffective: linearMapR2(model.effective, partner.effective, folds(size)),
    mapRaw: linearMapR2(model.final, partner.final, folds(size)),
  };
}

/**
 * The null-space twin: the same model with a random part added to each representation that is
 * orthogonal to every unembedding, as long as the representation is on average. It predicts the same.
 */
export function measureTwin(model: Representation, size: number, random: Random) {
  const twin = represent(
    nullSpaceTwin(model.final, model.unembedding, random).values,
    model.unembedding.values,
    model.final.columns,
  );
  const changes = twin.logits.values.map((logit, i) => Math.abs(logit - model.logits.values[i]!));
  return {
    twinLogitChange: Math.max(...changes),
    twinParallelogramEffective: parallelogramError(twin.effective, size),
    twinParallelogramRaw: parallelogramError(twin.final, size),
  };
}

/** Row a * size + b has the first factor's value a. */
function firstFactor(size: number): number[] {
  return Array.from({ length: size * size }, (_, pair) => Math.floor(pair / size));
}

/** Four folds; each leaves out every value of each factor equally often, so that none is never seen. */
function folds(size: number): number[] {
  return Array.from(
    { length: size * size },
    (_, pair) => (Math.floor(pair / size) + (pair % size)) % 4,
  );
}
