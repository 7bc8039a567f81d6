import type { Target } from "./nuts.ts";

/** A target seen in other coordinates, and the way back. */
export interface Whitened extends Target {
  /** The original position of `white`. */
  restore(white: Float64Array): Float64Array;
}

/**
 * The target in coordinates u with position = centre + L⁻ᵀ u, where L Lᵀ is the information: were
 * the target normal with that information, u would be standard normal. It spares the sampler a long
 * walk along directions in which many coordinates move together. Rows of zeros up to near the
 * diagonal cost nothing, so coordinates that few others touch should come first.
 *
 * @param information symmetric and positive definite, row by row
 */
export function whiten(target: Target, centre: Float64Array, information: Float64Array): Whitened {
  const { dimension } = target;
  const starts = rowStarts(information, dimension);
  const lower = choleskyOf(information, starts, dimension);
  const position = new Float64Array(dimension);
  const slope = new Float64Array(dimension);

  function restoreInto(white: Float64Array, into: Float64Array): void {
    // Solves Lᵀ (position - centre) = u from the last row up, column by column of L.
    into.set(white);
    for (let i = dimension - 1; i >= 0; i--) {
      const value = into[i]! / lower[i * dimension + i]!;
      into[i] = value;
      for (let j = starts[i]!; j < i; j++) into[j]! -= lower[i * dimension + j]! * value;
    }
    for (let i = 0; i < dimension; i++) into[i]! += centre[i]!;
  }

  return {
    dimension,
    logDensity(white, gradient) {
      restoreInto(white, position);
      const log = target.logDensity(position, slope);
      // L times the new gradient is the old one.
      for (let i = 0; i < dimension; i++) {
        let rest = slope[i]!;
        const row = i * dimension;
        for (let j = starts[i]!; j < i; j++) rest -= lower[row + j]! * gradient[j]!;
        gradient[i] = rest / lower[row + i]!;
      }
      return log;
    },
    restore(white) {
      const restored = new Float64Array(dimension);
      restoreInto(white, restored);
      return restored;
    },
  };
}

/** Where each row's first entry is: nothing before it ever fills up. */
function rowStarts(matrix: Float64Array, n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) =>
    matrix.subarray(i * n, i * n + i + 1).findIndex((value) => value !== 0),
  );
}

/** L of a positive definite matrix, row by row. */
function choleskyOf(matrix: Float64Array, starts: Int32Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = starts[i]!; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = Math.max(starts[i]!, starts[j]!); k < j; k++) {
        sum -= lower[i * n + k]! * lower[j * n + k]!;
      }
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!;
    }
  }
  return lower;
}
