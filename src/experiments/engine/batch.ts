import type { Pass } from "./forward.ts";
import type { Kernel } from "./kernel.ts";
import type { Layout } from "./layout.ts";
import { EngineError, type TransformerShape } from "./shape.ts";

/** Sequences of one length, one after the other. */
export interface Sequences {
  /** [examples * length] token ids. */
  readonly tokens: Int32Array;
  /** Tokens of each sequence; the shape's context by default. */
  readonly length?: number;
  readonly mask?: Masks;
}

/** Per-example masks on MLP units and on what an example may change (gradient routing, Cloud et al. 2024). */
export interface Masks {
  /** [examples, layers, hidden]: each unit's activation is multiplied by this; 0 switches it off. */
  readonly activation?: Float32Array;
  /** [examples, layers, hidden]: factor on the gradient that this example gives to the unit's own weights: its column of `mlp.in`, its bias, its row of `mlp.out`. */
  readonly units?: Float32Array;
  /** [examples]: factor on the gradient that this example gives to every other parameter. */
  readonly rest?: Float32Array;
}

/** Checks a batch, writes it into the arena, and says what pass it makes. `chosen` are flat positions in rising order. */
export function enterBatch(
  kernel: Kernel,
  shape: TransformerShape,
  layout: Layout,
  sequences: Sequences,
  chosen: Int32Array,
): Pass {
  const { tokens, mask = {} } = sequences;
  const length = sequences.length ?? shape.context;
  const examples = checkTokens(shape, tokens, length);
  checkChosen(chosen, tokens.length);
  const { buffers: b } = layout;
  const ints = kernel.indices;
  ints.set(tokens, b.tokens);
  for (let e = 0, row = 0; e < examples; e++) {
    ints[b.starts + e] = row;
    for (let t = 0; t < length; t++, row++) {
      ints[b.previous + row] = t === 0 ? -1 : tokens[row - 1]!;
      ints[b.places + row] = t;
      ints[b.owners + row] = e;
    }
  }
  ints[b.starts + examples] = tokens.length;
  ints.set(chosen, b.chosen);
  let owner = 0;
  ints[b.chosenStarts] = 0;
  chosen.forEach((row, i) => {
    const e = ints[b.owners + row]!;
    while (owner < e) ints[b.chosenStarts + ++owner] = i;
    ints[b.chosenOwners + i] = e;
    ints[b.chosenPlaces + i] = ints[b.places + row]!;
  });
  while (owner < examples) ints[b.chosenStarts + ++owner] = chosen.length;

  enterUnitMask(kernel, shape, layout, examples, mask.activation, "activation");
  enterUnitMask(kernel, shape, layout, examples, mask.units, "units");
  if (mask.rest !== undefined) {
    checkLength("mask.rest", mask.rest, examples);
    for (let row = 0; row < tokens.length; row++) {
      kernel.numbers[b.factors + row] = mask.rest[ints[b.owners + row]!]!;
    }
    for (let i = 0; i < chosen.length; i++) {
      kernel.numbers[b.chosenFactors + i] = mask.rest[ints[b.chosenOwners + i]!]!;
    }
  }
  return {
    examples,
    length,
    chosen: chosen.length,
    masksActivations: mask.activation !== undefined,
    masksUpdates: mask.units !== undefined,
    masksRest: mask.rest !== undefined,
  };
}

function checkTokens(shape: TransformerShape, tokens: Int32Array, length: number): number {
  if (!Number.isSafeInteger(length) || length < 1 || length > shape.context) {
    throw new EngineError(
      "length",
      `it is ${length} with a context of ${shape.context}`,
      "give a whole number from 1 to the context",
    );
  }
  const examples = tokens.length / length;
  if (!Number.isInteger(examples) || examples < 1 || examples > shape.batch) {
    throw new EngineError(
      "tokens",
      `${tokens.length} tokens make ${examples} sequences of ${length}`,
      `give 1 to ${shape.batch} whole sequences`,
    );
  }
  const wrong = tokens.findIndex((token) => token < 0 || token >= shape.vocabulary);
  if (wrong >= 0) {
    throw new EngineError(
      `tokens[${wrong}]`,
      `it is ${tokens[wrong]} with a vocabulary of ${shape.vocabulary}`,
      "give ids from 0 to vocabulary - 1",
    );
  }
  return examples;
}

function checkChosen(chosen: Int32Array, rows: number): void {
  if (chosen.length === 0) {
    throw new EngineError("positions", "there are none", "ask for at least one position");
  }
  chosen.forEach((row, i) => {
    if (row < 0 || row >= rows || (i > 0 && row <= chosen[i - 1]!)) {
      throw new EngineError(
        `positions[${i}]`,
        `${row} is out of order or not one of ${rows} positions`,
        "give different positions (example * length + place) in rising order",
      );
    }
  });
}

function enterUnitMask(
  kernel: Kernel,
  shape: TransformerShape,
  layout: Layout,
  examples: number,
  mask: Float32Array | undefined,
  kind: "activation" | "units",
): void {
  if (mask === undefined) return;
  const { layers, hidden } = shape;
  checkLength(`mask.${kind}`, mask, examples * layers * hidden);
  layout.layers.forEach((layer, l) => {
    const to = kind === "activation" ? layer.activationMask : layer.updateMask;
    for (let e = 0; e < examples; e++) {
      const from = (e * layers + l) * hidden;
      kernel.numbers.set(mask.subarray(from, from + hidden), to + e * hidden);
    }
  });
}

export function checkLength(
  place: string,
  values: Float32Array | Int32Array,
  length: number,
): void {
  if (values.length !== length) {
    throw new EngineError(place, `it has ${values.length} numbers`, `give ${length}`);
  }
}
