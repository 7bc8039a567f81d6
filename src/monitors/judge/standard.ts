import { join } from "node:path";
import { loadPrompt } from "../../models/index.ts";
import { type Judge, type JudgeSettings, judge } from "./judge.ts";
import type { View } from "./view.ts";
import { claimView, rewardHackView } from "./views/outcome-views.ts";
import { stateView } from "./views/state-view.ts";
import { actionView, reasoningView, wholeView } from "./views/step-views.ts";

/** The judges that ship with the lab: a view, the prompts for it, and when they judge. */
export const STANDARD_JUDGES = [
  "action",
  "state-tracking",
  "extract-evaluate",
  "reasoning",
  "reward-hack",
  "claim-evidence",
] as const;
export type StandardJudge = (typeof STANDARD_JUDGES)[number];

interface Kind {
  readonly view: View;
  readonly prompt: string;
  readonly extract?: string;
  readonly when: JudgeSettings["when"];
}

const KINDS: Readonly<Record<StandardJudge, Kind>> = {
  action: { view: actionView, prompt: "action", when: "tool-calls" },
  "state-tracking": { view: stateView, prompt: "state-tracking", when: "tool-calls" },
  "extract-evaluate": { view: wholeView, prompt: "evaluate", extract: "extract", when: "end" },
  reasoning: { view: reasoningView, prompt: "reasoning", when: "end" },
  "reward-hack": { view: rewardHackView, prompt: "reward-hack", when: "end" },
  "claim-evidence": { view: claimView, prompt: "claim-evidence", when: "end" },
};

type Own = "name" | "view" | "prompt" | "extract" | "when";

/** One of them, called `judge-KIND`, over a model. Throws a Fault where a prompt file is damaged. */
export async function standardJudge(
  kind: StandardJudge,
  settings: Omit<JudgeSettings, Own> & Partial<Pick<JudgeSettings, "when" | "name">>,
): Promise<Judge> {
  const { view, prompt, extract, when } = KINDS[kind];
  return judge({
    name: `judge-${kind}`,
    when,
    ...settings,
    view,
    prompt: await shippedPrompt(prompt),
    ...(extract !== undefined && { extract: await shippedPrompt(extract) }),
  });
}

function shippedPrompt(name: string) {
  return loadPrompt(join(import.meta.dirname, "prompts", `${name}.md`));
}
