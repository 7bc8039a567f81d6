import type { ClaimStatus } from "../claims/claim.ts";
import type { StudyDefinition } from "../definition.ts";
import type { LegendEntry } from "./document.ts";

/** From the strongest to the weakest thing the lab says. */
const statusOrder: readonly ClaimStatus[] = [
  "confirmed",
  "supported",
  "not replicated",
  "not supported",
  "exploratory",
];

/** What each status means, in a reader's words, where seeds are the evidence. */
const statusMeanings: Readonly<Record<ClaimStatus, string>> = {
  confirmed: "planned, tested, and replicated within the plan's tolerance",
  supported: "planned and tested; not yet replicated",
  "not replicated": "the test rejected the null, and a replication disagreed",
  "not supported": "planned and tested; the test did not reject the null",
  exploratory: "not in the plan: described, never tested",
};

/** The same where all runs work on one body of evidence: nothing there is evidence anew. */
const resampleMeanings: Readonly<Record<ClaimStatus, string>> = {
  ...statusMeanings,
  confirmed:
    "planned, tested on draws from the evidence, and computed again within the plan's tolerance; the evidence itself was not gathered anew",
  supported: "planned and tested on draws; not yet computed again",
  "not replicated": "the test rejected the null, and computing it again disagreed",
};

export function legendOf(unit: StudyDefinition["unit"]): readonly LegendEntry[] {
  const meanings = unit === "resample" ? resampleMeanings : statusMeanings;
  return statusOrder.map((status) => ({ status, meaning: meanings[status] }));
}
