import type { Decision, Protocol, Ruling, Spending } from "./decision.ts";

/** The most that a run may use of each; what is not named has no limit. */
export type Budget = Partial<Readonly<Record<Exclude<keyof Spending, "occasions">, number>>>;

export const nothingSpent: Spending = {
  occasions: 0,
  audits: 0,
  draws: 0,
  resamples: 0,
  deferrals: 0,
  edits: 0,
  questions: 0,
  blocks: 0,
};

/** What has been spent once a ruling is carried out. */
export function spend(spent: Spending, { decision, audit }: Ruling): Spending {
  const settles = decision.kind !== "resample" && decision.kind !== "block";
  const is = (kind: Decision["kind"]) => (decision.kind === kind ? 1 : 0);
  return {
    occasions: spent.occasions + (settles ? 1 : 0),
    audits: spent.audits + (audit ? 1 : 0),
    draws: spent.draws + (decision.kind === "resample" ? decision.draws : 0),
    resamples: spent.resamples + is("resample"),
    deferrals: spent.deferrals + is("defer"),
    edits: spent.edits + is("modify"),
    questions: spent.questions + is("ask"),
    blocks: spent.blocks + is("block"),
  };
}

/**
 * The protocol within a budget. A ruling that would go beyond it is not carried out in part: the run
 * stops, since an agent that can use up the budget could else act unwatched afterwards. `forgo`
 * allows what the agent wanted without the audit or the rest, which is what a budget of so many
 * audits for a stream of work means.
 */
export function withinBudget(
  protocol: Protocol,
  budget: Budget,
  beyond: "stop" | "forgo" = "stop",
): Protocol {
  return (occasion, spent) => {
    const ruling = protocol(occasion, spent);
    const after = spend(spent, ruling);
    const over = (Object.keys(budget) as (keyof Budget)[]).filter(
      (what) => after[what] > spent[what] && after[what] > budget[what]!,
    );
    if (over.length === 0) return ruling;
    if (beyond === "stop") return { ...ruling, decision: { kind: "stop" }, audit: false };
    const onlyAudit = over.every((what) => what === "audits");
    const decision = onlyAudit ? ruling.decision : ({ kind: "allow", candidate: 0 } as const);
    return { ...ruling, decision, audit: ruling.audit && !over.includes("audits") };
  };
}
