import { createLogUpdate } from "log-update";
import { paint } from "../output.ts";

/** A line on standard error that is drawn anew while something goes on. */
export interface LiveLine {
  /** Takes it off the screen. */
  stop(): void;
}

const REFRESH_MS = 200;
const SPINNER = [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];

/** Shows `line` behind a spinner where standard error is a terminal and people read along; else nothing. */
export function liveLine(line: () => string, quiet: boolean): LiveLine {
  if (quiet || process.stderr.isTTY !== true) return { stop: () => undefined };
  const update = createLogUpdate(process.stderr);
  let frame = 0;
  const draw = () => update(`${paint("cyan", SPINNER[frame++ % SPINNER.length]!)} ${line()}`);
  draw();
  const timer = setInterval(draw, REFRESH_MS);
  return {
    stop: () => {
      clearInterval(timer);
      update.clear();
      update.done();
    },
  };
}

/** How far a scan has come. */
export interface ScanCounts {
  files: number;
  bytes: number;
}

/** "12 of 480 files, 3.1 of 210.5 MB, 5.2 MB/s"; until a rate can be told, without one. */
export function scanLine(done: ScanCounts, all: ScanCounts, seconds: number): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const rate = done.bytes > 0 && seconds >= 1 ? [`${megabytes(done.bytes / seconds)} MB/s`] : [];
  return [
    `${done.files.toLocaleString("en")} of ${all.files.toLocaleString("en")} files`,
    `${megabytes(done.bytes)} of ${megabytes(all.bytes)} MB`,
    ...rate,
  ].join(", ");
}
