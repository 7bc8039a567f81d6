import type { Interval } from "../../stats/index.ts";
import { type Discrimination, discrimination } from "./measures.ts";
import { brier, calibrationError, crossValidated } from "./probability.ts";
import type { ScoredStep } from "./rows.ts";

/** What is known of a monitor, measured on labelled steps. */
export interface MonitorCard {
  readonly monitor: string;
  readonly steps: number;
  readonly tasks: number;
  /** By step, then by trajectory. */
  readonly discrimination: readonly Discrimination[];
  /** Of probabilities by step, isotonic and cross-validated by task. */
  readonly brier: number;
  readonly calibrationError: number;
}

/** Measures a monitor. Throws a Fault on rows of fewer than two tasks. */
export function monitorCard(monitor: string, rows: readonly ScoredStep[]): MonitorCard {
  const labels = rows.map(({ label }) => label);
  const probabilities = crossValidated(rows);
  return {
    monitor,
    steps: rows.length,
    tasks: new Set(rows.map(({ task }) => task)).size,
    discrimination: discrimination(rows),
    brier: brier(probabilities, labels),
    calibrationError: calibrationError(probabilities, labels),
  };
}

/** The card as Markdown: a table with a column a unit of analysis. */
export function cardMarkdown(card: MonitorCard): string {
  const { discrimination: units } = card;
  const row = (title: string, cell: (unit: Discrimination) => string) =>
    `| ${title} | ${units.map(cell).join(" | ")} |`;
  const rates = units[0]!.atFalsePositiveRate;
  return [
    `# Monitor ${card.monitor.replace(/[\\|`*_[\]<>#]/g, "\\$&").replace(/\s+/g, " ")}`,
    "",
    `Measured on ${card.steps} steps of ${card.tasks} tasks. Intervals are at 95 %.`,
    "",
    row("", ({ unit }) => `by ${unit}`),
    `| --- |${units.map(() => " --- |").join("")}`,
    row("positives / negatives", ({ positives, negatives }) => `${positives} / ${negatives}`),
    row("AUROC", ({ auroc }) => range(auroc)),
    row("AUROC above length alone", ({ overLength }) => range(overLength)),
    row("partial AUROC to 5 % false alarms", ({ partialAuroc }) => partialAuroc.toFixed(3)),
    ...rates.flatMap(({ falsePositiveRate, precision }, i) => [
      row(`found at ${percent(falsePositiveRate)} false alarms`, (unit) =>
        range(unit.atFalsePositiveRate[i]!.truePositiveRate),
      ),
      ...precision.map(({ baseRate }, j) =>
        row(`right alarms there, if ${percent(baseRate)} attack`, (unit) => {
          const { value } = unit.atFalsePositiveRate[i]!.precision[j]!;
          return value.toFixed(3);
        }),
      ),
    ]),
    "",
    `Calibrated by isotonic regression, cross-validated by task: Brier ${card.brier.toFixed(4)}, expected calibration error ${card.calibrationError.toFixed(4)}.`,
    "",
  ].join("\n");
}

function range({ estimate, low, high }: Interval): string {
  return `${estimate.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
