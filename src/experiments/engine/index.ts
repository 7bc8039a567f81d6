export type { Masks, Sequences } from "./batch.ts";
export type { KernelKind } from "./kernel.ts";
export type { LossResult, Objective, SoftTargets } from "./loss.ts";
export { EngineError, nonEmbeddingParameters, type TransformerShape } from "./shape.ts";
export {
  createTransformer,
  type ForwardInput,
  type ForwardResult,
  loadTransformer,
  type Parameter,
  type StepOptions,
  type Transformer,
  type TransformerOptions,
} from "./transformer.ts";
