import { type Monitor, suspicionFrom } from "../../monitors/index.ts";
import type { TranscriptEvent } from "../../record/index.ts";
import type { FoundBy, IncidentEvidence } from "./evidence.ts";

/** What a monitor would have said at the moment of an incident, knowing what came before. */
export interface SecondOpinion {
  readonly monitor: string;
  readonly version: string;
  /** Of what was decided on; null where the monitor failed. */
  readonly score: number | null;
  readonly findings: readonly FoundBy[];
  readonly problem?: string;
}

/** Replays the moment against monitors, which see the frozen events from the first one on. */
export async function secondOpinions(
  evidence: IncidentEvidence,
  events: readonly TranscriptEvent[],
  monitors: readonly Monitor[],
): Promise<readonly SecondOpinion[]> {
  const last = Math.max(-1, ...evidence.proposed);
  const seen = events.filter(({ index }) => index <= last);
  const { models, agent } = evidence.traits;
  const subject = { models, task: {}, ...(agent === undefined ? {} : { agent: { name: agent } }) };
  return Promise.all(
    monitors.map(async (monitor): Promise<SecondOpinion> => {
      const { name, version } = monitor;
      try {
        const watch = monitor.watch(subject);
        const findings: FoundBy[] = [];
        for (const event of seen) {
          for (const finding of await watch.see(event)) {
            if (evidence.proposed.includes(event.index)) {
              findings.push({ monitor: name, version, ...finding });
            }
          }
        }
        return { monitor: name, version, score: suspicionFrom(name, findings).score, findings };
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return { monitor: name, version, score: null, findings: [], problem };
      }
    }),
  );
}
