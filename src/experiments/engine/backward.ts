import type { Pass } from "./forward.ts";
import type { Kernel } from "./kernel.ts";
import type { LayerLayout, Layout } from "./layout.ts";
import type { TransformerShape } from "./shape.ts";

/**
 * Adds the gradients of all parameters, given `buffers.logits` holding the loss's gradient
 * [chosen, ldv] after `runForward` over the same pass. Masks change only what parameters receive:
 * the gradient itself flows on unmasked. Overwrites what the forward pass kept.
 */
export function runBackward(
  kernel: Kernel,
  shape: TransformerShape,
  layout: Layout,
  pass: Pass,
): void {
  const { vocabulary, width } = shape;
  const { buffers: b, ldv } = layout;
  const gradient = gradientOf(layout);
  const rows = pass.examples * pass.length;
  transposeWeights(kernel, shape, layout);

  kernel.multiply(
    b.logits,
    ldv,
    layout.unembedding,
    width,
    b.dy,
    width,
    -1,
    0,
    pass.chosen,
    width,
    vocabulary,
    0,
    -1,
  );
  if (pass.masksRest) kernel.scaleRows(b.logits, ldv, pass.chosen, ldv, b.chosenFactors);
  kernel.multiplyTransposed(
    b.logits,
    ldv,
    b.final,
    width,
    gradient(layout.unembedding),
    width,
    vocabulary,
    width,
    pass.chosen,
  );
  zero(kernel, b.dx, pass.chosen * width);
  kernel.normalizeBackward(
    b.x,
    layout.finalGain,
    b.finalInverse,
    b.dy,
    b.dx,
    gradient(layout.finalGain),
    pass.chosen,
    width,
    pass.masksRest ? b.chosenFactors : -1,
  );
  for (let l = shape.layers - 1; l >= 0; l--) {
    runLayerBackward(kernel, shape, layout, pass, layout.layers[l]!, l === shape.layers - 1);
  }
  const dx = b.dxFull;
  const factors = pass.masksRest ? b.factors : -1;
  kernel.scatterAdd(dx, gradient(layout.tokenEmbedding), b.tokens, rows, width, factors);
  kernel.scatterAdd(dx, gradient(layout.placeEmbedding), b.places, rows, width, factors);
  if (layout.shiftEmbedding >= 0) {
    kernel.scatterAdd(dx, gradient(layout.shiftEmbedding), b.previous, rows, width, factors);
  }
}

/** Takes the gradient of the layer's output (`dx` for the last layer, else `dxFull`) to that of its input, in `dxFull`. */
function runLayerBackward(
  kernel: Kernel,
  shape: TransformerShape,
  layout: Layout,
  pass: Pass,
  layer: LayerLayout,
  last: boolean,
): void {
  const { width, heads, hidden } = shape;
  const { buffers: b } = layout;
  const gradient = gradientOf(layout);
  const all = pass.examples * pass.length;
  const rows = last ? pass.chosen : all;
  const owners = last ? b.chosenOwners : b.owners;
  const rowFactors = last ? b.chosenFactors : b.factors;
  const dx = last ? b.dx : b.dxFull;
  const y = last ? b.chosenY : layer.y;
  const factors = pass.masksRest ? rowFactors : -1;

  // MLP
  kernel.multiply(
    dx,
    width,
    layer.mlpOutT,
    hidden,
    b.dunits,
    hidden,
    -1,
    0,
    rows,
    hidden,
    width,
    0,
    layer.units,
  );
  if (pass.masksActivations)
    kernel.scaleUnits(b.dunits, rows, hidden, layer.activationMask, owners);
  if (pass.masksUpdates) kernel.scaleUnits(layer.units, rows, hidden, layer.updateMask, owners);
  kernel.multiplyTransposed(
    layer.units,
    hidden,
    dx,
    width,
    gradient(layer.mlpOut),
    width,
    hidden,
    width,
    rows,
  );
  kernel.multiply(
    b.dunits,
    hidden,
    layer.mlpInT,
    width,
    b.dy,
    width,
    -1,
    0,
    rows,
    width,
    hidden,
    0,
    -1,
  );
  if (pass.masksUpdates) kernel.scaleUnits(b.dunits, rows, hidden, layer.updateMask, owners);
  kernel.multiplyTransposed(
    layer.middleY,
    width,
    b.dunits,
    hidden,
    gradient(layer.mlpIn),
    hidden,
    width,
    hidden,
    rows,
  );
  kernel.sumRows(b.dunits, rows, hidden, gradient(layer.mlpBias));
  kernel.normalizeBackward(
    layer.middle,
    layer.mlpGain,
    layer.middleInverse,
    b.dy,
    dx,
    gradient(layer.mlpGain),
    rows,
    width,
    factors,
  );

  // Attention
  kernel.multiply(dx, width, layer.outputT, width, b.dy, width, -1, 0, rows, width, width, 0, -1);
  if (pass.masksRest) kernel.scaleRows(layer.attended, width, rows, width, rowFactors);
  kernel.multiplyTransposed(
    layer.attended,
    width,
    dx,
    width,
    gradient(layer.output),
    width,
    width,
    width,
    rows,
  );
  zero(kernel, b.dkv, all * 2 * width);
  kernel.attendBackward(
    layer.q,
    layer.kv,
    layer.weights,
    b.dy,
    b.dq,
    b.dkv,
    last ? b.chosenStarts : b.starts,
    last ? b.chosenPlaces : b.places,
    b.scratch,
    pass.examples,
    pass.length,
    heads,
    width / heads,
  );
  kernel.multiply(b.dq, width, layer.queryT, width, b.dy, width, -1, 0, rows, width, width, 0, -1);
  kernel.multiply(
    b.dkv,
    2 * width,
    layer.keyValueT,
    width,
    b.dyFull,
    width,
    last ? -1 : b.dy,
    width,
    all,
    width,
    2 * width,
    0,
    -1,
  );
  if (last) kernel.scatterAdd(b.dy, b.dyFull, b.chosen, rows, width, -1);
  if (pass.masksRest) {
    kernel.scaleRows(b.dq, width, rows, width, rowFactors);
    kernel.scaleRows(b.dkv, 2 * width, all, 2 * width, b.factors);
  }
  kernel.multiplyTransposed(
    y,
    width,
    b.dq,
    width,
    gradient(layer.query),
    width,
    width,
    width,
    rows,
  );
  kernel.multiplyTransposed(
    layer.y,
    width,
    b.dkv,
    2 * width,
    gradient(layer.keyValue),
    2 * width,
    width,
    2 * width,
    all,
  );
  if (last) {
    zero(kernel, b.dxFull, all * width);
    kernel.scatterAdd(b.dx, b.dxFull, b.chosen, rows, width, -1);
  }
  kernel.normalizeBackward(
    layer.x,
    layer.attentionGain,
    layer.inverse,
    b.dyFull,
    b.dxFull,
    gradient(layer.attentionGain),
    all,
    width,
    pass.masksRest ? b.factors : -1,
  );
}

/** The products that go back through a weight read it by columns: transposed once, they read rows too. */
function transposeWeights(kernel: Kernel, shape: TransformerShape, layout: Layout): void {
  const { width, hidden } = shape;
  for (const layer of layout.layers) {
    kernel.transpose(layer.query, width, layer.queryT, width, width, width);
    kernel.transpose(layer.keyValue, 2 * width, layer.keyValueT, width, width, 2 * width);
    kernel.transpose(layer.output, width, layer.outputT, width, width, width);
    kernel.transpose(layer.mlpIn, hidden, layer.mlpInT, width, width, hidden);
    kernel.transpose(layer.mlpOut, width, layer.mlpOutT, hidden, hidden, width);
  }
}

function gradientOf(layout: Layout): (value: number) => number {
  const distance = layout.at.gradients - layout.at.values;
  return (value) => value + distance;
}

function zero(kernel: Kernel, at: number, size: number): void {
  kernel.numbers.fill(0, at, at + size);
}
