import type { StudyDefinition } from "./definition.ts";

/** The power that a study's sample has for a hypothesis's smallest effect of interest. */
export interface PlannedPower {
  readonly hypothesis: string;
  readonly seeds: number;
  readonly power: number;
  readonly wanted: number;
}
export function planPower(definition: StudyDefinition): readonly PlannedPower[] {
  return definition.hypotheses.map((h) => ({
    hypothesis: h.id,
    seeds: definition.seeds.original,
    power: 1,
    wanted: h.planning.power,
  }));
}
