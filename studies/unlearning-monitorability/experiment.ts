import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ablate,
  createRandom,
  createWorld,
  distil,
  type ExperimentContext,
  encodeScratchpads,
  evaluate,
  type Json,
  loadTransformer,
  pretrain,
  pretrainFiltered,
  pretrainRouted,
  type Random,
  type RecallWorld,
  readableWorld,
  relearn,
  relearningCurve,
  summarize,
  type Transformer,
  toJsonLines,
  unlearn,
} from "../../src/experiments/index.ts";
import { type Schedules, schedulesOf } from "./schedules.ts";

/**
 * If dangerous facts are removed from a model's weights, can it still use them, and only from its
 * context, where a text monitor sees them?
 *
 * A world of 48 entities, half of them hazardous, is learned by a two-layer transformer, by heart and
 * from cards in its context. Each condition is one way to remove the hazardous first hops, or to
 * evade the monitor. Every model answers the same questions; the text before each answer is shown to
 * monitors that know the hazardous facts; an attacker relearns half of these facts; interventions
 * put other words into scratchpads. All rates are counts over `transcripts.jsonl`.
 */
export function experiment(context: ExperimentContext): Json {
  const random = createRandom(context.seed);
  const world = createWorld(random.fork("world"));
  const schedules = schedulesOf(context.condition, context.parameters);

  const model = train(context, world, schedules, random);
  context.progress(0.8);

  const transcripts = [
    ...evaluate(model, world, random.fork("questions")),
    ...relearn(model, world, schedules.relearning, CHECKPOINTS, random.fork("attack")),
  ];
  const curve = relearningCurve(transcripts);

  const save = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(context.out, name), content);
  save(MODEL, model.save());
  save("world.json", `${JSON.stringify(readableWorld(world))}\n`);
  save("transcripts.jsonl", toJsonLines(transcripts));
  save("relearning.json", `${JSON.stringify({ curve })}\n`);
  return summarize(transcripts);
}

const MODEL = "model.bin";

/** Steps of the relearning attack after which held-out facts are asked for. */
const CHECKPOINTS = [0, 2, 5, 10, 15, 20, 30, 40];

function train(
  context: ExperimentContext,
  world: RecallWorld,
  schedules: Schedules,
  random: Random,
): Transformer {
  const stream = random.fork("training");
  switch (context.condition) {
    case "no-unlearning":
      return pretrain(world, schedules.main, stream);
    case "filtered-pretraining":
      return pretrainFiltered(world, schedules.main, stream);
    case "gradient-routing-unablated":
      return pretrainRouted(world, schedules.main, schedules.quarantine, stream);
    case "gradient-routing":
      return ablate(startingModel(context), stream);
    case "gradient-difference":
      return unlearn(startingModel(context), world, "all", schedules.main, stream);
    case "gradient-difference-one-hop":
      return unlearn(startingModel(context), world, "one-hop", schedules.main, stream);
    case "unlearn-distil":
      return distil(startingModel(context), world, schedules.main, stream);
    case "encoded-scratchpad":
      return encodeScratchpads(startingModel(context), world, schedules.main, stream);
    default:
      throw new Error(
        `condition "${context.condition}": the study has no such condition; see study.yaml`,
      );
  }
}

/** The model of the run that this condition needs. */
function startingModel({ condition, inputs }: ExperimentContext): Transformer {
  if (inputs === null) {
    throw new Error(
      `condition "${condition}" starts from another condition's model and was given none: ` +
        'name that condition under "needs" in study.yaml',
    );
  }
  return loadTransformer(readFileSync(join(inputs, MODEL)));
}
