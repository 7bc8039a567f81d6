import type { Finding } from "./numerals.ts";

/**
 * Finds stated measurements in the sections where numbers may stand (Background, Related work,
 * Methods, Limitations): percent signs, p values, ±, intervals, test statistics, and a decimal
 * number given as the value of a metric. A result belongs in a claim wherever it stands.
 */
export function findMeasurements(text: string): readonly Finding[] {
  const found = patterns.flatMap(([pattern, what]) =>
    [...text.matchAll(pattern)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      problem: `${what} ("${match[0].trim()}") is a measured value`,
      remedy:
        "Write {{claim:ID}} for a result, {{plan:/pointer|proportion}} for a share that the plan sets, or cite the source without its numbers",
    })),
  );
  const sorted = found.sort((a, b) => a.start - b.start || b.end - a.end);
  return sorted.filter((finding, index) =>
    sorted.slice(0, index).every((earlier) => earlier.end <= finding.start),
  );
}

const number = "[-−+]?[\\d.]*\\d";
const metric =
  "accuracy|error rate|success rate|failure rate|hit rate|false[- ]positive rate|true[- ]positive rate|loss|AUROC|AUC|F1(?: score)?|correlation|perplexity|effect size|kappa|mean difference";

const patterns: readonly (readonly [RegExp, string])[] = [
  [/[\p{N}.]*\s*[%‰‱％﹪]/gu, "a percentage"],
  [/(?<!\p{L})(?:per\s?cent|percent|pct)(?!\p{L})/giu, "a percentage"],
  [/[\p{N}.]+\s*(?:percentage points|pp)(?!\p{L})/giu, "a percentage"],
  [
    /(?<![\p{L}\p{N}])[pP](?:[- ]?values?)?\s*(?:[=<>≤≥≈]|(?:of|was|is|below|under)\s+[\d.])/gu,
    "a p value",
  ],
  [/[±∓]|\+\s*\/?\s*[-−](?=\s*\d)/gu, "an uncertainty"],
  [
    /(?:CI|confidence interval|credible interval)s?\s*(?:of|:|=|was|is)?\s*[[(]\s*[-−+]?[\d.]/giu,
    "an interval",
  ],
  [
    /(?<!\p{L})(?:t|F|z|χ[²2]|chi2|R[²2])\s*(?:\([^)]*\))?\s*=\s*[-−]?\s*[\d.]/gu,
    "a test statistic",
  ],
  [
    new RegExp(
      `(?<!\\p{L})(?:${metric})\\s*(?:=|:|of|was|is|were|reached|reaches|to|at|by)?\\s*(?:about|around|roughly|only|nearly|over)?\\s*[-−+]?\\d*\\.\\d+`,
      "giu",
    ),
    "the value of a metric",
  ],
  [
    new RegExp(
      `(?<!\\p{L})(?:achiev|attain|scored|outperform|improved)\\w*\\b[^.;:\\n]{0,40}?\\b(?:by|to|of|from)\\s+(?:about\\s+)?${number}`,
      "giu",
    ),
    "a stated result",
  ],
  [
    /\d[\d.]*\s*(?:-?\s?fold|[x×]|times)\s+(?:more|less|fewer|higher|lower|faster|slower|better|worse|larger|smaller|increase|decrease|improvement|reduction)/giu,
    "a stated result",
  ],
];
