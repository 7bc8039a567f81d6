import { Worker } from "node:worker_threads";

/** How long and large decoding may become, and what is thrown where it fails. */
export interface DecodeLimits {
  readonly seconds: number;
  /** Of the decoder's heap. */
  readonly megabytes: number;
  /** From what is wrong with the data to the error for whoever gave it. */
  readonly refusal: (why: string) => Error;
}

/**
 * Decodes the rows of a Parquet file in a thread of its own, because the decoder trusts the lengths of
 * runs in the file: damaged ones keep it busy for hours or fill the memory.
 */
export async function decodeParquetRows(
  bytes: Uint8Array,
  { seconds, megabytes, refusal }: DecodeLimits,
): Promise<readonly { readonly [column: string]: unknown }[]> {
  const worker = new Worker(THREAD, {
    eval: true,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
    workerData: {
      bytes,
      hyparquet: import.meta.resolve("hyparquet"),
      fzstd: import.meta.resolve("fzstd"),
    },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const refuse = (why: string) => () => reject(refusal(why));
      timer = setTimeout(refuse(`its Parquet data takes more than ${seconds} s`), seconds * 1000);
      worker.once("message", resolve);
      // The decoder throws plain errors of many kinds on damaged data.
      worker.once(
        "error",
        refuse("its Parquet data is damaged or of a kind that is not known here"),
      );
      worker.once("exit", refuse("its Parquet data could not be decoded"));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** Plain JavaScript, since a thread does not share the process's reading of TypeScript. */
const THREAD = `
const { parentPort, workerData } = require("node:worker_threads");
const { bytes, hyparquet, fzstd } = workerData;
(async () => {
  const { parquetReadObjects, snappyUncompress } = await import(hyparquet);
  const { decompress } = await import(fzstd);
  const compressors = {
    ZSTD: (input, size) => decompress(input, new Uint8Array(size)),
    SNAPPY: (input, size) => {
      const output = new Uint8Array(size);
      snappyUncompress(input, output);
      return output;
    },
  };
  const file = new Uint8Array(bytes).buffer;
  parentPort.postMessage(await parquetReadObjects({ file, compressors }));
})();
`;
