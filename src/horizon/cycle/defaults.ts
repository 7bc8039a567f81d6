import type { CycleRanges, Range, StageOf } from "./stages.ts";

/**
 * A small machine-learning safety project, from question to reviewed paper. Every quantity has a
 * public source or says that it is assumed; the ranges are wide because little of this has been
 * measured. Edit any of them in a YAML file.
 */
export const DEFAULT_CYCLE: CycleRanges = {
  stages: {
    literature: stage({
      humanHours: assumed(4, 12, 40, "a few days of reading for a known field"),
      humanSuccess: assumed(0.8, 0.95, 0.99, "people seldom miss the work that decides novelty"),
      horizonFactor: assumed(0.3, 1, 2, "searching and reading is like the tasks of the suite"),
      checkHours: assumed(0.2, 0.5, 2, "spot checks of sources"),
    }),
    ideation: stage({
      humanHours: assumed(2, 6, 20, "a working day for an idea that is written up"),
      humanSuccess: assumed(0.3, 0.6, 0.9, "an idea that is feasible and worth executing"),
      horizonFactor: assumed(0.1, 0.5, 2, "taste is not in the suite's tasks"),
      checkHours: range(0.3, 0.5, 1, "median of 30 minutes a proposal (arXiv:2409.04109)"),
    }),
    planning: stage({
      humanHours: assumed(3, 10, 30, "design, power, registration"),
      humanSuccess: assumed(0.7, 0.9, 0.97, "plans that answer the question"),
      horizonFactor: assumed(0.2, 0.7, 1.5, "less checkable than code"),
      checkHours: assumed(0.3, 1, 3, "reading a plan"),
    }),
    implementation: stage({
      humanHours: range(
        25,
        50,
        100,
        "half of the 103 hours on average to execute an idea and write it up (arXiv:2506.20803); the half is assumed",
      ),
      parts: 5,
      humanSuccess: assumed(0.8, 0.95, 0.99, "of each piece, tested"),
      horizonFactor: assumed(0.3, 0.8, 1.2, "larger code base than in most tasks of the suite"),
      checkHours: assumed(1, 4, 12, "reading the code of a small project"),
    }),
    execution: stage({
      humanHours: assumed(3, 10, 25, "a tenth of the 103 hours of arXiv:2506.20803"),
      computeHours: assumed(2, 12, 100, "training runs from laptop to a small cluster"),
      humanSuccess: assumed(0.7, 0.9, 0.97, "runs that end as planned"),
      horizonFactor: assumed(0.5, 1, 2, "close to the tasks of the suite"),
      checkHours: assumed(0.2, 0.5, 2, "reading logs"),
    }),
    analysis: stage({
      humanHours: assumed(5, 15, 40, "a seventh of the 103 hours of arXiv:2506.20803"),
      humanSuccess: assumed(0.7, 0.9, 0.97, "conclusions that the data carry"),
      horizonFactor: assumed(0.3, 0.8, 1.5, "partly checkable"),
      checkHours: assumed(0.5, 1.5, 4, "repeating the decisive steps"),
    }),
    writing: stage({
      humanHours: assumed(10, 28, 60, "the rest of the 103 hours of arXiv:2506.20803"),
      humanSuccess: assumed(0.8, 0.95, 0.99, "text that says what was found"),
      horizonFactor: assumed(0.5, 1, 2, "agents write papers for a few dollars (arXiv:2408.06292)"),
      checkHours: assumed(0.5, 1.5, 4, "reading a draft against the results"),
    }),
  },
  review: {
    reviewers: 3,
    hours: range(
      0.75,
      3,
      6,
      "median of 45 minutes for an executed project (arXiv:2506.20803) to 6 hours on average for a journal paper (doi:10.1186/s41073-021-00118-2); the middle is assumed",
    ),
    acceptSound: assumed(0.4, 0.7, 0.9, "a lab's own review has no fixed number of places"),
    acceptFlawed: assumed(
      0.1,
      0.25,
      0.5,
      "people accept 17 % of papers that others rejected (NeurIPS 2021, as in arXiv:2408.06292)",
    ),
  },
  agent: {
    horizonHours: range(
      5.7,
      12,
      17.4,
      "GPT-5.4, Claude Opus 4.6 and Claude Mythos Preview, METR Time Horizon 1.1 of 2026-05-08",
    ),
    slope: range(0.41, 0.54, 0.66, "agents of 2025-11 to 2026-04, METR Time Horizon 1.1"),
    sharedDifficulty: range(
      0.3,
      0.67,
      0.9,
      "two thirds of the variance of difficulty lie between METR's task families (github.com/korentomas/metr-measurement-error); a project is taken for a family, the range is assumed",
    ),
    hoursPerHumanHour: assumed(0.02, 0.1, 0.5, "agents type faster than people and wait for tools"),
    dollarsPerHumanHour: range(
      0.2,
      2,
      22,
      "$20 to $25 a paper (arXiv:2504.08066) to $22 an agent-hour (Anthropic's automated alignment researchers, 2026-04)",
    ),
    checkCatches: assumed(
      0.3,
      0.6,
      0.9,
      "the best auditor in Redwood Research's benchmark of sabotaged research has an AUROC of 0.77",
    ),
    assessmentAuc: range(
      0.6,
      0.69,
      0.82,
      "score of The AI Scientist's reviewer on 500 ICLR 2022 papers: 0.691 (arXiv:2408.06292); its weakest setting 0.60",
    ),
    number: 1000,
  },
  people: {
    number: 10,
    hoursPerWeek: assumed(25, 35, 45, "hours of a working week that go into papers"),
    dollarsPerHour: range(
      70,
      143.61,
      200,
      "METR pays baseliners $143.61 on average; range assumed",
    ),
    checkCatches: assumed(0.6, 0.85, 0.97, "a person who checks finds most failures"),
  },
  compute: {
    slots: 200,
    dollarsPerHour: assumed(0.5, 3, 30, "one accelerator to a node"),
  },
};

function range(low: number, likely: number, high: number, source: string): Range {
  return { low, likely, high, source };
}

function assumed(low: number, likely: number, high: number, why: string): Range {
  return range(low, likely, high, `assumed: ${why}`);
}

function stage(given: Partial<StageOf<Range>> & Pick<StageOf<Range>, Given>): StageOf<Range> {
  const none = assumed(0, 0, 0, "no runs to wait for");
  return { computeHours: none, parts: 1, attempts: 3, ...given };
}
type Given = "humanHours" | "humanSuccess" | "horizonFactor" | "checkHours";
