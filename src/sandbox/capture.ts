import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

type StreamName = "stdout" | "stderr";

export interface Capture {
  text(stream: StreamName): string;
}

/**
 * Keeps what two streams say, as UTF-8, up to `limitBytes` for both together, and passes it on as it
 * comes. Calls `full` once, when there is more than that; what `tell` throws goes to `failed`.
 */
export function captureOutput(
  streams: Readonly<Record<StreamName, Readable>>,
  limitBytes: number,
  tell: (stream: StreamName, text: string) => void,
  full: () => void,
  failed: (error: unknown) => void,
): Capture {
  const kept: Record<StreamName, string[]> = { stdout: [], stderr: [] };
  let left = limitBytes;
  let broken = false;
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder("utf8");
    const keep = (text: string) => {
      if (text === "") return;
      kept[name].push(text);
      if (broken) return;
      try {
        tell(name, text);
      } catch (error) {
        broken = true;
        failed(error);
      }
    };
    streams[name].on("data", (bytes: Buffer) => {
      if (bytes.length > left) full();
      keep(decoder.write(bytes.subarray(0, left)));
      left = Math.max(0, left - bytes.length);
    });
    streams[name].once("end", () => keep(decoder.end()));
    streams[name].on("error", () => undefined);
  }
  return { text: (stream) => kept[stream].join("") };
}
