import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Transcript, TranscriptEvent } from "../record/index.ts";
import {
  type ByteSource,
  collectEvents,
  isProblem,
  memorySource,
  openFileSource,
  readTranscripts,
  type TranscriptProblem,
} from "./index.ts";

/** Real transcripts beside the repository; tests over them skip where they are absent. */
export const CORPUS = join(import.meta.dirname, "../../../shared/data/transcripts");
export const HAS_CORPUS = existsSync(CORPUS);
/** For the end of a title: why its tests skip; empty where the transcripts are here. */
export const NO_CORPUS = HAS_CORPUS ? "" : " (../shared/data/transcripts is not here)";

/** Paths of the files below a folder of the corpus, relative to the corpus. */
export function corpusFiles(folder = "."): readonly string[] {
  if (!HAS_CORPUS) return [];
  return readdirSync(join(CORPUS, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => statSync(join(CORPUS, name)).isFile())
    .sort();
}

export interface ReadFile {
  readonly transcripts: readonly { transcript: Transcript; events: readonly TranscriptEvent[] }[];
  readonly problems: readonly TranscriptProblem[];
}

export async function readCorpusFile(name: string): Promise<ReadFile> {
  const source = await openFileSource(join(CORPUS, name));
  try {
    return await readAll(source);
  } finally {
    await source.close();
  }
}

export function readBytes(name: string, bytes: Uint8Array | string): Promise<ReadFile> {
  return readAll(memorySource(name, bytes));
}

async function readAll(source: ByteSource): Promise<ReadFile> {
  const transcripts = [];
  const problems = [];
  for await (const item of readTranscripts(source)) {
    if (isProblem(item)) problems.push(item);
    else transcripts.push({ transcript: item, events: await collectEvents(item) });
  }
  return { transcripts, problems };
}

export interface RealTranscript {
  readonly file: string;
  readonly transcript: Transcript;
  readonly events: readonly TranscriptEvent[];
}

/** All transcripts in folders of the corpus, in the order of their names. */
export async function realTranscripts(
  folders: readonly string[],
): Promise<readonly RealTranscript[]> {
  const found: RealTranscript[] = [];
  for (const file of folders.flatMap((folder) => corpusFiles(folder))) {
    const { transcripts } = await readCorpusFile(file);
    for (const each of transcripts) found.push({ file, ...each });
  }
  return found;
}
