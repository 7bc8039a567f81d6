import { hash } from "node:crypto";

/**
 * Which items of a conversation were told already: each call to a model repeats the conversation so
 * far. "continue" said twice is two items once one list holds it twice.
 */
export interface SeenItems {
  /** A list of items begins. */
  startList(): void;
  /** Whether the item is told for the first time; from now on it is known. */
  isNew(key: string): boolean;
  /** Makes an item known without a list: the model's own answer, which comes back in the next one. */
  add(key: string): void;
}

export function seenItems(): SeenItems {
  /** How often an item was told, and how often the list under way held it. */
  const told = new Map<string, number>();
  const listed = new Map<string, number>();
  return {
    startList() {
      listed.clear();
    },
    isNew(key) {
      const times = (listed.get(key) ?? 0) + 1;
      listed.set(key, times);
      if (times <= (told.get(key) ?? 0)) return false;
      told.set(key, times);
      return true;
    },
    add(key) {
      told.set(key, (told.get(key) ?? 0) + 1);
    },
  };
}

/** Short enough to keep for each of a million messages. */
export function brief(text: string): string {
  return text.length < 64 ? text : hash("sha256", text, "base64");
}
