import type { StageTime } from "../horizon/index.ts";
import type { StudyView } from "../study/index.ts";
import { overview } from "./reading.ts";
import type { LabOptions } from "./settings.ts";

/**
 * How long stages of the research cycle took in this lab, for the model of the cycle. Its ledger
 * knows two: the wall time of the original runs of each study that has ended them, one after the
 * other, and the minutes that reviewers say their reviews took.
 */
export async function stageTimes(options: LabOptions): Promise<StageTime[]> {
  const { studies } = await overview(options);
  return studies.flatMap((study) => [...executionTimes(study), ...reviewTimes(study)]);
}

function executionTimes({ study, runs, claims }: StudyView): StageTime[] {
  if (!claims.has("original")) return [];
  const seconds = runs
    .filter((run) => run.role === "original")
    .reduce((sum, run) => sum + run.wallSeconds, 0);
  const source = `the original runs of ${study}`;
  return [{ stage: "execution", kind: "compute", hours: seconds / 3600, source }];
}

function reviewTimes({ study, reviews }: StudyView): StageTime[] {
  return reviews
    .filter(({ form }) => form.minutes > 0)
    .map(({ form }) => ({
      ...({ stage: "review", kind: "human", hours: form.minutes / 60 } as const),
      source: `a review of ${study}`,
    }));
}
