import { dayOf } from "../dates.ts";
import type { HorizonPoint } from "./sota.ts";

/**
 * Published time horizons, as facts with their sources: what forecasts stand on where no runs are
 * published. Minutes, with 95 % intervals.
 */

type Row = readonly [
  agent: string,
  released: string,
  ...p50: readonly [estimate: number, low: number, high: number],
  ...p80: readonly [estimate: number, low: number, high: number],
];

const TH_1_1 = "METR, Time Horizon 1.1 (metr.org/time-horizons), as of 2026-05-08";
const TH_1_0 = "METR, Time Horizon 1.0 (metr.org/time-horizons)";
const PAPER = "Kwa et al. 2025, arXiv:2503.14499";

// biome-ignore format: a table
const timeHorizon11: readonly Row[] = [
  ["GPT-4 0314", "2023-03-14", 3.987428, 1.93292, 7.995283, 0.889561, 0.342984, 2.523746],
  ["GPT-4 1106", "2023-11-06", 4.044959, 1.866859, 8.443226, 0.783032, 0.276599, 2.358414],
  ["Claude 3 Opus", "2024-03-04", 3.952262, 1.706313, 8.76484, 0.638973, 0.190491, 2.118276],
  ["GPT-4 Turbo", "2024-04-09", 3.732787, 1.980046, 6.736613, 0.927933, 0.428277, 2.196806],
  ["GPT-4o", "2024-05-13", 6.991195, 4.001482, 12.905741, 1.267009, 0.562997, 3.01517],
  ["Claude 3.5 Sonnet (Old)", "2024-06-20", 11.395377, 5.489734, 22.384214, 1.671757, 0.57927, 4.573519],
  ["o1-preview", "2024-09-12", 20.326586, 11.716193, 33.379877, 4.420545, 2.012646, 8.912444],
  ["Claude 3.5 Sonnet (New)", "2024-10-22", 20.522872, 10.144026, 40.82028, 2.595677, 0.89379, 7.363864],
  ["o1", "2024-12-05", 38.831588, 21.164512, 64.95249, 7.090121, 3.036033, 16.640636],
  ["Claude 3.7 Sonnet", "2025-02-24", 60.388937, 33.006168, 104.226017, 12.09179, 4.575608, 28.889879],
  ["o3", "2025-04-16", 119.732634, 74.615398, 190.943818, 29.981603, 15.127348, 57.823511],
  ["Claude 4 Opus", "2025-05-22", 100.366123, 59.994073, 163.454074, 20.429752, 8.483125, 41.937268],
  ["Claude 4.1 Opus", "2025-08-05", 100.472004, 59.272391, 159.451918, 23.455761, 10.538456, 47.785951],
  ["GPT-5", "2025-08-07", 203.012577, 112.641357, 405.551565, 38.312431, 19.184874, 70.093125],
  ["Gemini 3 Pro", "2025-11-18", 224.325884, 139.565157, 379.235434, 54.142849, 25.650451, 103.295501],
  ["GPT-5.1-Codex-Max", "2025-11-19", 223.714694, 134.31077, 396.206723, 50.632499, 27.30204, 88.365435],
  ["Claude Opus 4.5", "2025-11-24", 292.994594, 161.717714, 623.704698, 49.430584, 20.660485, 104.641318],
  ["GPT-5.2", "2025-12-11", 352.249302, 198.067494, 815.177445, 66.002649, 31.665111, 131.730719],
  ["GPT-5.3-Codex", "2026-02-05", 349.530732, 194.913134, 816.351994, 54.739407, 22.361504, 122.058963],
  ["Claude Opus 4.6", "2026-02-05", 718.80683, 316.685725, 3633.786163, 69.874587, 27.026521, 170.437873],
  ["Gemini 3.1 Pro", "2026-02-19", 384.147435, 233.50073, 694.750898, 89.801503, 52.025934, 158.618017],
  ["GPT-5.4", "2026-03-05", 341.735276, 186.581591, 768.779526, 53.877851, 23.957027, 108.679232],
  ["Claude Mythos Preview (early)", "2026-04-07", 1044.780145, 508.876789, 3304.261235, 185.911829, 97.30292, 398.514614],
];

/** Models too weak for the suite of version 1.1, which METR's all-time trend takes from version 1.0. */
// biome-ignore format: a table
const timeHorizon10: readonly Row[] = [
  ["GPT-2", "2019-02-14", 0.039762, 0.001939, 0.130415, 0.005652, 0.000134, 0.027466],
  ["davinci-002 (GPT-3)", "2020-05-28", 0.148793, 0.06737, 0.244214, 0.034139, 0.01249, 0.063065],
  ["gpt-3.5-turbo-instruct", "2022-03-15", 0.604245, 0.258326, 1.014481, 0.1731, 0.05824, 0.296838],
];

/** The six models of the paper that also ran on SWE-bench Verified, on METR's suite as of 2025. */
// biome-ignore format: a table
const paperOfSix: readonly Row[] = [
  ["GPT-4 1106", "2023-11-06", 8.557433, 4.150668, 16.384901, 1.453006, 0.578296, 3.543751],
  ["Claude 3 Opus", "2024-03-04", 6.422825, 2.833958, 12.743084, 1.125572, 0.398827, 2.760067],
  ["GPT-4o", "2024-05-13", 9.17045, 4.233405, 18.22466, 1.689572, 0.719504, 3.74844],
  ["Claude 3.5 Sonnet (Old)", "2024-06-20", 18.21683, 9.480429, 35.579991, 3.19928, 1.42428, 7.534079],
  ["Claude 3.5 Sonnet (New)", "2024-10-22", 28.983512, 13.290871, 58.04499, 4.640773, 1.72705, 11.282297],
  ["o1", "2024-12-05", 39.206576, 17.892017, 81.804158, 5.973358, 1.930588, 16.700771],
];

/** The same six on SWE-bench Verified, whose human times are annotators' estimates; no intervals are published. */
const sweBenchOfSix: Readonly<Record<string, number>> = {
  "GPT-4 1106": 1.18,
  "Claude 3 Opus": 0.83,
  "GPT-4o": 5.96,
  "Claude 3.5 Sonnet (Old)": 5.91,
  "Claude 3.5 Sonnet (New)": 16.88,
  o1: 51.21,
};

/** METR's Time Horizon 1.1, with the three oldest models of 1.0 before them, at 50 or 80 % success. */
export function publishedHorizons(success: 0.5 | 0.8 = 0.5): HorizonPoint[] {
  return [
    ...timeHorizon10.map((row) => pointOf(row, success, TH_1_0)),
    ...timeHorizon11.map((row) => pointOf(row, success, TH_1_1)),
  ];
}

/** The six models that both suites have, on METR's of 2025 and on SWE-bench Verified, at 50 % success. */
export function horizonsOnBothSuites(): {
  readonly metr: readonly HorizonPoint[];
  readonly sweBench: readonly HorizonPoint[];
} {
  const metr = paperOfSix.map((row) => pointOf(row, 0.5, PAPER));
  return {
    metr,
    sweBench: metr.map(({ agent, releaseDate }) => ({
      ...{ agent, releaseDate, horizon: sweBenchOfSix[agent]! },
      source: `${PAPER}, table of SWE-bench Verified`,
    })),
  };
}

function pointOf(row: Row, success: 0.5 | 0.8, source: string): HorizonPoint {
  const [agent, released] = row;
  const [horizon, low, high] =
    success === 0.5 ? [row[2], row[3], row[4]] : [row[5], row[6], row[7]];
  const atHalf = success === 0.5 ? {} : { atHalf: row[2] };
  return { agent, releaseDate: dayOf(released), horizon, ...atHalf, low, high, source };
}
