import type { TranscriptEvent } from "../../record/index.ts";
import { openConduct } from "./conduct.ts";
import { openHashing, type SparseVector } from "./hashing.ts";
import { openViews } from "./views.ts";

/** What the probe knows of a transcript, or of its beginning. */
export interface TextFeatures {
  /** Hashed n-grams of what the model thought, said and did; of length 1. */
  readonly words: SparseVector;
  /** In the order of `CONDUCT_FEATURES`, each from 0 to 1. */
  readonly conduct: Float64Array;
}

export function featuresOf(events: Iterable<TranscriptEvent>): TextFeatures {
  const view = openViews();
  const conduct = openConduct();
  const words = openHashing();
  for (const event of events) {
    const viewed = view(event);
    if (!viewed) continue;
    conduct.add(viewed);
    words.add(viewed);
  }
  return { words: words.vector(), conduct: conduct.features() };
}
