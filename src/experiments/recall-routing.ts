import type { Random } from "../stats/index.ts";
import { createTransformer, type Masks, type Transformer } from "./engine/index.ts";
import { type Document, objectiveOf } from "./recall-corpus.ts";
import { type Method, modelShape, SHAPE } from "./recall-training.ts";

/** MLP units added to each layer as the quarantine: the last ones. */
export const QUARANTINE = 64;

/** Units of each MLP while the quarantine is there. */
export const EXPANDED = SHAPE.hidden + QUARANTINE;

/**
 * Gradient routing (Cloud, Goldman-Wetzler and others 2024), with MLP units for the place where
 * hazards go. A hazardous document changes the quarantine's weights and nothing else; any other
 * document changes everything, and on a coin's toss it is read with the quarantine switched off, so
 * that the rest of the model learns to do without.
 */
export function routing(isHazardous: (document: Document) => boolean, coin: Random): Method {
  return (documents) => {
    const routes = documents.map((document): Route => {
      if (isHazardous(document)) return { core: 0, quarantine: 1, quarantineOn: 1 };
      return { core: 1, quarantine: 1, quarantineOn: coin.integer(2) };
    });
    return { ...objectiveOf(documents), mask: masks(routes) };
  };
}

/** Every document changes the quarantine's weights and nothing else. */
export const quarantineOnly: Method = (documents) => ({
  ...objectiveOf(documents),
  mask: masks(documents.map(() => ({ core: 0, quarantine: 1, quarantineOn: 1 }))),
});

/** The model without its quarantine: a new, smaller one with copies of all other parameters. */
export function ablate(model: Transformer, random: Random): Transformer {
  const small = createTransformer(modelShape(), random);
  for (const [name, parameter] of small.parameters) {
    const from = model.parameter(name);
    const columns = parameter.shape.at(-1)!;
    const columnsBefore = from.shape.at(-1)!;
    for (let row = 0; row * columns < parameter.values.length; row++) {
      const start = row * columnsBefore;
      parameter.values.set(from.values.subarray(start, start + columns), row * columns);
    }
  }
  return small;
}

/** What a document may change in the core and in the quarantine (0 or 1), and whether it reads through the latter. */
interface Route {
  readonly core: number;
  readonly quarantine: number;
  readonly quarantineOn: number;
}

function masks(routes: readonly Route[]): Masks {
  const { layers } = SHAPE;
  const activation = new Float32Array(routes.length * layers * EXPANDED).fill(1);
  const units = new Float32Array(activation.length);
  routes.forEach(({ core, quarantine, quarantineOn }, row) => {
    for (let layer = 0; layer < layers; layer++) {
      const first = (row * layers + layer) * EXPANDED;
      const border = first + SHAPE.hidden;
      activation.fill(quarantineOn, border, first + EXPANDED);
      units.fill(core, first, border);
      units.fill(quarantine, border, first + EXPANDED);
    }
  });
  return { activation, units, rest: Float32Array.from(routes, ({ core }) => core) };
}
