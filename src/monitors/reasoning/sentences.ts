/** A sentence of a model's words, at most `SENTENCE_LIMIT` long, with its offset in the text. */
export interface Sentence {
  /** Lower-case, with straight apostrophes; as long as what was written. */
  readonly text: string;
  readonly start: number;
}

const SENTENCE_LIMIT = 500;
/** What of a text is read: its beginning and its end. */
const TEXT_LIMIT = 40_000;

/** The sentences of prose; code between fences is left out. Linear in the text. */
export function sentencesOf(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let fenced = false;
  let lineStart = 0;
  for (const line of text.split("\n")) {
    const start = lineStart;
    lineStart += line.length + 1;
    if (start > TEXT_LIMIT / 2 && start < text.length - TEXT_LIMIT / 2) continue;
    if (line.trimStart().startsWith("```")) {
      fenced = !fenced;
      continue;
    }
    if (!fenced) addSentences(sentences, line, start);
  }
  return sentences;
}

function addSentences(sentences: Sentence[], line: string, offset: number): void {
  let from = 0;
  for (let i = 0; i < line.length; i++) {
    const ends = ENDS.has(line[i]!) && (i + 1 === line.length || line[i + 1] === " ");
    if (!ends && i - from < SENTENCE_LIMIT && i + 1 < line.length) continue;
    const written = line.slice(from, i + 1);
    if (written.trim() !== "") sentences.push({ text: plain(written), start: offset + from });
    from = i + 1;
  }
}

const ENDS = new Set([".", "!", "?", ";"]);

function plain(written: string): string {
  const lower = written.toLowerCase();
  // A few letters change their length with their case: then the case stays.
  return (lower.length === written.length ? lower : written).replace(/[\u2018\u2019\u02bc]/g, "'");
}
