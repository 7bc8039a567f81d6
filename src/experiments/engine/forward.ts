import type { Kernel } from "./kernel.ts";
import type { LayerLayout, Layout } from "./layout.ts";
import type { TransformerShape } from "./shape.ts";

/** What a pass is over, once its inputs lie in the arena. */
export interface Pass {
  readonly examples: number;
  readonly length: number;
  /** Rows whose final output is wanted. The last layer computes no others past its keys and values. */
  readonly chosen: number;
  readonly masksActivations: boolean;
  readonly masksUpdates: boolean;
  /** Whether rows count by a factor in the gradients of parameters other than MLP units'. */
  readonly masksRest: boolean;
}

/** Runs the decoder: `buffers.final` becomes the final norm's output [chosen, width], `buffers.logits` [chosen, ldv]. */
export function runForward(
  kernel: Kernel,
  shape: TransformerShape,
  layout: Layout,
  pass: Pass,
): void {
  const { vocabulary, width } = shape;
  const { buffers: b, ldv } = layout;
  const rows = pass.examples * pass.length;
  const first = layout.layers[0]!;
  kernel.embed(
    layout.tokenEmbedding,
    layout.placeEmbedding,
    layout.shiftEmbedding,
    first.x,
    b.tokens,
    b.places,
    b.previous,
    rows,
    width,
  );
  layout.layers.forEach((layer, l) => {
    runLayer(kernel, shape, layout, pass, layer, layout.layers[l + 1]);
  });
  kernel.normalize(b.x, layout.finalGain, b.final, b.finalInverse, pass.chosen, width);
  kernel.transpose(layout.unembedding, width, b.unembeddingT, ldv, vocabulary, width);
  kernel.multiply(
    b.final,
    width,
    b.unembeddingT,
    ldv,
    b.logits,
    ldv,
    -1,
    0,
    pass.chosen,
    ldv,
    width,
    0,
    -1,
  );
}

function runLayer(
  kernel: Kernel,
  shape: TransformerShape,
  layout: Layout,
  pass: Pass,
  layer: LayerLayout,
  next: LayerLayout | undefined,
): void {
  const { width, heads, hidden } = shape;
  const { buffers: b } = layout;
  const all = pass.examples * pass.length;
  const last = next === undefined;
  const rows = last ? pass.chosen : all;

  kernel.normalize(layer.x, layer.attentionGain, layer.y, layer.inverse, all, width);
  kernel.multiply(
    layer.y,
    width,
    layer.keyValue,
    2 * width,
    layer.kv,
    2 * width,
    -1,
    0,
    all,
    2 * width,
    width,
    0,
    -1,
  );
  if (last) {
    kernel.gather(layer.x, b.chosenX, b.chosen, rows, width);
    kernel.gather(layer.y, b.chosenY, b.chosen, rows, width);
  }
  const x = last ? b.chosenX : layer.x;
  const y = last ? b.chosenY : layer.y;
  kernel.multiply(y, width, layer.query, width, layer.q, width, -1, 0, rows, width, width, 0, -1);
  kernel.attend(
    layer.q,
    layer.kv,
    layer.weights,
    layer.attended,
    last ? b.chosenStarts : b.starts,
    last ? b.chosenPlaces : b.places,
    b.scratch,
    pass.examples,
    pass.length,
    heads,
    width / heads,
  );
  kernel.multiply(
    layer.attended,
    width,
    layer.output,
    width,
    layer.middle,
    width,
    x,
    width,
    rows,
    width,
    width,
    0,
    -1,
  );

  kernel.normalize(layer.middle, layer.mlpGain, layer.middleY, layer.middleInverse, rows, width);
  kernel.multiply(
    layer.middleY,
    width,
    layer.mlpIn,
    hidden,
    layer.units,
    hidden,
    layer.mlpBias,
    0,
    rows,
    hidden,
    width,
    1,
    -1,
  );
  if (pass.masksActivations) {
    kernel.scaleUnits(
      layer.units,
      rows,
      hidden,
      layer.activationMask,
      last ? b.chosenOwners : b.owners,
    );
  }
  kernel.multiply(
    layer.units,
    hidden,
    layer.mlpOut,
    width,
    next?.x ?? b.x,
    width,
    layer.middle,
    width,
    rows,
    width,
    hidden,
    0,
    -1,
  );
}
