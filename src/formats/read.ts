import type { Transcript, TranscriptEvent } from "../record/index.ts";
import { readInspectArchive } from "./inspect-archive.ts";
import { inspectJsonTranscripts, isInspectJson } from "./inspect-json.ts";
import { parseJson } from "./json.ts";
import { READ_LIMITS, type ReadLimits } from "./limits.ts";
import { describeProblem, type TranscriptProblem } from "./problem.ts";
import type { ByteSource } from "./source.ts";

export interface ReadOptions {
  readonly limits?: Partial<ReadLimits>;
}

/**
 * The transcripts in a file of any known format, told by its content. Never throws because of what
 * the file holds: each part that cannot be read comes as a problem in its place.
 */
export async function* readTranscripts(
  source: ByteSource,
  options: ReadOptions = {},
): AsyncIterable<Transcript | TranscriptProblem> {
  const limits = { ...READ_LIMITS, ...options.limits };
  try {
    yield* read(source, limits);
  } catch (error) {
    yield { place: source.name, problem: describeProblem(error) };
  }
}

export function isProblem(item: Transcript | TranscriptProblem): item is TranscriptProblem {
  return "problem" in item;
}

/** All events of a transcript in memory: for transcripts known to be small. */
export async function collectEvents(transcript: Transcript): Promise<readonly TranscriptEvent[]> {
  const events: TranscriptEvent[] = [];
  for await (const event of transcript.events()) events.push(event);
  return events;
}

async function* read(source: ByteSource, limits: ReadLimits) {
  const start = await source.read(0, 4);
  if (start.length === 4 && start.readUInt32LE(0) === ZIP) {
    yield* readInspectArchive(source, limits);
    return;
  }
  const document = parseJson(await source.read(0, source.size), limits);
  if (isInspectJson(document)) yield* inspectJsonTranscripts(document, source.name);
  else yield { place: source.name, problem: "its format is not known" };
}

const ZIP = 0x04034b50;
