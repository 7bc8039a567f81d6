import type { TranscriptEvent } from "../../record/index.ts";
import { type Evidence, type Finding, type Monitor, QUOTE_LENGTH, type Watch } from "../monitor.ts";
import { CONDUCT_FEATURES, openConduct } from "./conduct.ts";
import { bucketOf, eachGram, openHashing, signOf } from "./hashing.ts";
import { type ReadyProbe, readyProbe, type TextProbe } from "./text-probe.ts";
import { openViews, type Viewed } from "./views.ts";
import { isFunctionWord } from "./words.ts";

export interface TextProbeOptions {
  /** A deed or word at which the chance rises to this or more is a finding of its own; 0.6. */
  readonly stepsFrom?: number;
}

/**
 * A linear probe over text. At each step of the model it scores what is known so far; a step that
 * takes the score to a new height is a finding, and at the end one says what the whole comes to. All
 * are called "probe-text": they weigh the same words, and count once. Weights are chances with both
 * kinds equally frequent. Time and memory per event are bounded.
 */
export function textProbe(weights: TextProbe, options: TextProbeOptions = {}): Monitor {
  const probe = readyProbe(weights);
  const { stepsFrom = 0.6 } = options;
  return {
    name: "probe-text",
    version: `2 ${weights.features} ${checksum(weights.words.weights)} ${checksum(JSON.stringify([weights.conduct, weights.calibration]))}`,
    watch: () => watchText(probe, stepsFrom),
  };
}

/** Of the model, at which its words have half their say. */
const FEW_WORDS = 40;

interface Push {
  readonly evidence: Evidence;
  readonly grams: readonly string[];
  readonly weight: number;
}

function watchText(probe: ReadyProbe, stepsFrom: number): Watch {
  const view = openViews();
  const conduct = openConduct();
  const words = openHashing(probe.bucketWeights);
  let reached = 0;
  let spoken = 0;
  let strongest: Push | undefined;

  /** @param share of the words' say: a beginning of few words tells little. */
  const score = (share: number) => {
    const features = conduct.features();
    const logit = probe.conduct(features);
    return {
      features,
      text: probe.probability(logit + share * (probe.wordsIntercept + words.product())),
    };
  };

  return {
    see(event) {
      const viewed = view(event);
      if (!viewed) return [];
      conduct.add(viewed);
      words.add(viewed);
      if (viewed.view === "request" || viewed.view === "result") return [];
      const push = pushOf(event, viewed, probe);
      if (!strongest || push.weight >= strongest.weight) strongest = push;
      spoken += viewed.words.length;
      // A thought alone is no step yet.
      if (viewed.view === "reasoning") return [];
      const now = score(spoken / (spoken + FEW_WORDS));
      if (now.text < stepsFrom || now.text <= reached + 0.05) return [];
      reached = now.text;
      return [finding(now.text, "So far", push, reasons(probe, now.features))];
    },
    end() {
      if (!strongest) return [];
      const now = score(1);
      return [finding(now.text, "As a whole", strongest, reasons(probe, now.features))];
    },
  };
}

function finding(
  weight: number,
  scope: string,
  { evidence, grams }: Push,
  why: readonly string[],
): Finding {
  const words = grams.length === 0 ? "" : `; words that weigh most: ${grams.join(", ")}`;
  const conduct = why.length === 0 ? "no feature of conduct stands out" : why.join("; ");
  return {
    signal: "probe-text",
    weight,
    note: `${scope} it reads ${Math.round(100 * weight)} % like misconduct: ${conduct}${words}.`,
    evidence: [evidence],
  };
}

/** The features of conduct that add most, at most three. */
function reasons(probe: ReadyProbe, features: Float64Array): readonly string[] {
  return Array.from(probe.parts(features), (part, j) => ({ part, name: CONDUCT_FEATURES[j]!.name }))
    .filter(({ part }) => part > 0.15)
    .sort((a, b) => b.part - a.part)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** How much an event's words push up, with the n-grams that do most and where the first stands. */
function pushOf(event: TranscriptEvent, viewed: Viewed, probe: ReadyProbe): Push {
  const best: { weight: number; first: number; last: number }[] = [];
  let total = 0;
  let count = 0;
  eachGram(viewed, (hash, first, last) => {
    const weight = probe.bucketWeights[bucketOf(hash)]! * signOf(hash);
    total += weight;
    count += 1;
    if (weight <= 0 || best.some((kept) => kept.first === first && kept.last === last)) return;
    if (best.length === 3 && best[2]!.weight >= weight) return;
    // "the" may weigh much, and tells a person nothing.
    if (viewed.words.slice(first, last + 1).every(({ stem }) => isFunctionWord(stem))) return;
    best.push({ weight, first, last });
    best.sort((a, b) => b.weight - a.weight);
    if (best.length > 3) best.pop();
  });
  const grams = best.map(({ first, last }) =>
    viewed.words
      .slice(first, last + 1)
      .map(({ stem }) => stem)
      .join(" "),
  );
  const from = best[0] ? viewed.words[best[0].first]!.start : 0;
  return {
    evidence: {
      event: event.index,
      pointer: viewed.pointer,
      quote: viewed.text.slice(from, from + QUOTE_LENGTH),
    },
    grams: [...new Set(grams)],
    weight: total / Math.sqrt(Math.max(1, count)),
  };
}

function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}
