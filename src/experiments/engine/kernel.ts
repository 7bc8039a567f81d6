/**
 * The arithmetic of the engine over one shared memory. An argument that names an array is an index
 * into `numbers` (or into `indices` for tokens, rows and places); `ld*` is a row length; -1 is none.
 * Output column counts and lengths of element-wise operations are multiples of four.
 * `kernel.as.ts` says what each operation does; `plain-kernel.ts` is the same in plain TypeScript.
 */
export interface Kernel extends KernelOperations {
  readonly kind: KernelKind;
  readonly numbers: Float32Array;
  /** Laid over the same indices as `numbers`: an index belongs to one of the two by its allocation. */
  readonly indices: Int32Array;
}

/**
 * `wasm`: WebAssembly SIMD. `plain`: TypeScript on float32 arrays. `reference`: the same TypeScript on
 * float64 arrays, to check gradients by; its views are Float64Arrays behind the same type.
 */
export type KernelKind = "wasm" | "plain" | "reference";

export interface KernelOperations {
  multiply(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    init: number,
    ldi: number,
    m: number,
    n: number,
    k: number,
    relu: number,
    gate: number,
  ): void;
  multiplyTransposed(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    m: number,
    n: number,
    k: number,
  ): void;
  transpose(x: number, ldx: number, y: number, ldy: number, rows: number, columns: number): void;
  normalize(x: number, gain: number, y: number, inverse: number, rows: number, width: number): void;
  normalizeBackward(
    x: number,
    gain: number,
    inverse: number,
    dy: number,
    dx: number,
    dgain: number,
    rows: number,
    width: number,
    factors: number,
  ): void;
  attend(
    q: number,
    kv: number,
    p: number,
    out: number,
    starts: number,
    places: number,
    scratch: number,
    examples: number,
    length: number,
    heads: number,
    headWidth: number,
  ): void;
  attendBackward(
    q: number,
    kv: number,
    p: number,
    dout: number,
    dq: number,
    dkv: number,
    starts: number,
    places: number,
    scratch: number,
    examples: number,
    length: number,
    heads: number,
    headWidth: number,
  ): void;
  exponentiate(x: number, ldx: number, rows: number, n: number, maxima: number, sums: number): void;
  scaleRows(x: number, ldx: number, rows: number, width: number, factors: number): void;
  scaleUnits(x: number, rows: number, width: number, masks: number, owners: number): void;
  sumRows(x: number, rows: number, width: number, sums: number): void;
  embed(
    token: number,
    place: number,
    shift: number,
    x: number,
    tokens: number,
    places: number,
    previous: number,
    rows: number,
    width: number,
  ): void;
  gather(x: number, y: number, indices: number, rows: number, width: number): void;
  scatterAdd(
    x: number,
    y: number,
    indices: number,
    rows: number,
    width: number,
    factors: number,
  ): void;
  adamw(
    p: number,
    g: number,
    m: number,
    v: number,
    n: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    shrink: number,
    correct1: number,
    correct2: number,
    clip: number,
  ): void;
}
