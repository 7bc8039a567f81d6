import type { Json, JsonObject, Transcript } from "../record/index.ts";
import { type EventDraft, numbered, pointer } from "./draft.ts";
import { resolveAttachments } from "./inspect-attachments.ts";
import { attachmentKeys, type ChunkSequence, chunkSequence } from "./inspect-chunks.ts";
import { inspectEvents } from "./inspect-events.ts";
import { type InspectArchive, readJsonMember } from "./inspect-member.ts";
import { inputMessages, type MessageRange, ranges } from "./inspect-refs.ts";
import { type InspectLog, inspectTranscript } from "./inspect-sample.ts";
import { describeProblem } from "./problem.ts";
import { asObject, asString, member } from "./shape.ts";

/** A sample in chunks: `folder` holds sample.json and its sequences of messages, events, attachments. */
export async function* chunkedSample(
  archive: InspectArchive,
  log: InspectLog,
  folder: string,
): AsyncIterable<Transcript> {
  const fields = asObject(await readJsonMember(archive, `${folder}/sample.json`)) ?? {};
  const metadata = await readJsonMember(archive, `${folder}/metadata.json`);
  const attachments = chunkSequence(archive, `${folder}/attachments/`);
  const lookup = await lookupFor(attachments, fields);
  const sample = asObject(resolveAttachments(fields, lookup)) as JsonObject;
  const messageRefs = ranges(member(fields, "message_refs"));
  yield inspectTranscript(
    log,
    metadata === undefined ? sample : { ...sample, metadata },
    folder,
    () => numbered(chunkedEvents(archive, folder, messageRefs)),
  );
}

async function* chunkedEvents(
  archive: InspectArchive,
  folder: string,
  messageRefs: readonly MessageRange[],
): AsyncIterable<EventDraft> {
  const attachments = chunkSequence(archive, `${folder}/attachments/`);
  const messages = chunkSequence(archive, `${folder}/messages/`);
  const events = chunkSequence(archive, `${folder}/events/`);
  const known = inputMessages();
  const converter = inspectEvents();
  const pooled = async (refs: readonly MessageRange[]) => {
    const found = (await Promise.all(refs.map((range) => messages.slice(range)))).flat();
    const lookup = await lookupFor(attachments, found);
    return found.map((message) => resolveAttachments(message, lookup));
  };
  for (const chunk of events.chunks) {
    try {
      const items = await events.load(chunk);
      const lookup = await lookupFor(attachments, items);
      for (const [index, item] of items.entries()) {
        const refs = known.unseen(item);
        const at = pointer(chunk.name, index);
        yield* converter.convert(
          resolveAttachments(item, lookup),
          at,
          refs && (await pooled(refs)),
        );
      }
    } catch (error) {
      yield { at: pointer(chunk.name), kind: "problem", problem: describeProblem(error) };
    }
  }
  const at = pointer(`${folder}/sample.json`, "message_refs");
  try {
    yield* converter.leftover(await pooled(messageRefs), at);
  } catch (error) {
    yield { at, kind: "problem", problem: describeProblem(error) };
  }
}

/** Loads just the attachments that a value names. */
async function lookupFor(attachments: ChunkSequence, value: Json) {
  const texts = new Map<string, string>();
  for (const key of attachmentKeys(value)) {
    const index = Number(key);
    if (!Number.isSafeInteger(index)) continue;
    const text = asString((await attachments.slice([index, index + 1]))[0]);
    if (text !== undefined) texts.set(key, text);
  }
  return (key: string) => texts.get(key);
}
