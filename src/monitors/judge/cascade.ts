import { hashJson, type TranscriptEvent } from "../../record/index.ts";
import { type Finding, type Findings, type Monitor, suspicionFrom } from "../monitor.ts";
import { isUnjudged } from "./findings.ts";
import type { Judge } from "./judge.ts";

export interface CascadeSettings {
  readonly name: string;
  /** A monitor that computes, as the embedded ones, or a cheap judge. */
  readonly cheap: Monitor;
  readonly dear: Judge;
  /** From this suspicion of the cheap one on, the dear one is asked. */
  readonly threshold: number;
  /**
   * At each step that the cheap one suspects, or once at the end if it suspects the whole. At the end
   * the cheap one's findings are held back until then.
   */
  readonly asked: "steps" | "end";
}

/**
 * A cheap monitor looks at all, a dear judge only at what it suspects; then the dear one's verdict
 * takes the place of the cheap one's findings. What the dear one could not judge keeps both. What the
 * cheap one could not judge is suspect by its weight, as any finding.
 */
export function cascade({ name, cheap, dear, threshold, asked }: CascadeSettings): Monitor {
  const suspects = (findings: readonly Finding[]) =>
    suspicionFrom(cheap.name, findings).score >= threshold;
  const parts = [cheap, dear].map((monitor) => `${monitor.name} ${monitor.version}`);
  return {
    name,
    version: hashJson({ parts, threshold, asked }).slice(0, 12),
    watch(subject) {
      const [first, second] = [cheap.watch(subject), dear.watch(subject)];
      const held: Findings[] = [];
      const look = (
        findings: Findings,
        question: () => () => Promise<readonly Finding[]>,
      ): Findings => {
        if (!isPromise(findings)) {
          return suspects(findings) ? settle(findings, question()()) : findings;
        }
        // What the dear one would be asked is fixed now: later events must not slip into it.
        const judge = question();
        return findings.then((known) => (suspects(known) ? settle(known, judge()) : known));
      };
      return {
        see(event: TranscriptEvent) {
          const findings = first.see(event);
          second.note(event);
          if (asked === "steps") return look(findings, second.question);
          held.push(findings);
          return [];
        },
        end() {
          if (asked === "steps") return look(first.end(), () => second.conclude);
          held.push(first.end());
          const all = Promise.all(held).then((found) => found.flat());
          return look(all, () => second.conclude);
        },
      };
    },
  };
}

async function settle(
  cheap: readonly Finding[],
  asking: Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const dear = await asking;
  const judged = dear.some((finding) => !isUnjudged(finding));
  return judged ? [...cheap.filter((finding) => finding.good), ...dear] : [...cheap, ...dear];
}

function isPromise(findings: Findings): findings is Promise<readonly Finding[]> {
  return "then" in findings;
}
