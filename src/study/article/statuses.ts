import type { ClaimStatus } from "../claims/claim.ts";

/** From the strongest to the weakest thing the lab says. */
export const statusOrder: readonly ClaimStatus[] = [
  "confirmed",
  "supported",
  "not replicated",
  "not supported",
  "exploratory",
];

/** What each status means, in a reader's words. */
export const statusMeanings: Readonly<Record<ClaimStatus, string>> = {
  confirmed: "planned, tested, and replicated within the plan's tolerance",
  supported: "planned and tested; not yet replicated",
  "not replicated": "the test rejected the null, and a replication disagreed",
  "not supported": "planned and tested; the test did not reject the null",
  exploratory: "not in the plan: described, never tested",
};
