import { createRandom, type Experiment } from "glasshouse/experiments";

/**
 * Twenty independent measures a run, each a draw from a normal distribution with the spread that the
 * plan was sized with; in the treated condition each is raised by the parameter `effect`.
 */
export const experiment: Experiment = ({ condition, parameters, seed }) => {
  const random = createRandom(seed).fork(condition);
  const effect = Number(parameters.effect);
  const spread = Number(parameters.spread);
  return Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`m${index + 1}`, effect + spread * random.normal()]),
  );
};
