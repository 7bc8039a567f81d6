const REFUSES =
  /\b(?:(?:do|must|may|should|shall|can|are) ?not|never|don['’]t|mustn['’]t|not allowed|forbidden|prohibited|blacklist\w*|blocklist\w*|blocked|off[- ]limits|banned|disallowed|must avoid)\b/i;
const PLACE =
  /\b(?:https?:\/\/)?((?:[a-z0-9-]{1,60}\.){1,5}[a-z]{2,10}(?:\/[\w.~%-]{1,100}){0,10})/gi;
const FILE =
  /\.(?:py|ts|js|md|txt|json|sh|rs|go|toml|ya?ml|csv|ini|cfg|html|css|java|cpp|pdf|png|zip|gz)$/i;
const MAX_PLACES = 50;
const MAX_LINE = 2000;
export const PLACE_EXPRESSIONS: readonly RegExp[] = [REFUSES, PLACE, FILE];

/**
 * Hosts and paths that a person's words name as out of bounds: in a sentence that forbids, or in the
 * list below one.
 */
export function forbiddenPlaces(text: string): readonly string[] {
  const found = new Set<string>();
  let isList = false;
  for (const line of text.split("\n")) {
    const isItem = /^\s{0,20}[-*•\d]/.test(line);
    const sentences = line.slice(0, MAX_LINE).split(/[.;!?](?=\s)/);
    const forbids = sentences.some((sentence) => REFUSES.test(sentence));
    for (const sentence of sentences) {
      if (!REFUSES.test(sentence) && !(isList && isItem)) continue;
      for (const [, place] of sentence.matchAll(PLACE)) {
        const bare = place!
          .toLowerCase()
          .replace(/^www\./, "")
          .replace(/\.$/, "");
        if (found.size < MAX_PLACES && !FILE.test(bare)) found.add(bare);
      }
    }
    isList = (forbids && /:\s{0,20}$/.test(line)) || (isList && (isItem || line.trim() === ""));
  }
  return [...found];
}

/** Whether a request goes to one of these places or below it. */
export function isForbidden(url: string, places: readonly string[]): boolean {
  const target = url
    .slice(0, 500)
    .toLowerCase()
    .replace(/^[a-z+]{1,10}:\/\//, "")
    .replace(/^[^/@]{0,100}@/, "")
    .replace(/^www\./, "")
    .replace(":", "/");
  return places.some((place) => {
    const own = place.replace(/\/+$/, "");
    if (!target.includes(own)) return false;
    const host = target.split("/", 1)[0]!;
    if (!own.includes("/")) return host === own || host.endsWith(`.${own}`);
    return (
      target === own || /^(?:[/?#]|\.git)/.test(target.slice(target.indexOf(own) + own.length))
    );
  });
}
