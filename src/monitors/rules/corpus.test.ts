import { describe, expect, it } from "vitest";
import { HAS_CORPUS, NO_CORPUS, realTranscripts } from "../../formats/corpus.test-support.ts";
import type { Finding } from "../monitor.ts";
import { subjectOf } from "../monitor.ts";
import { rules } from "./rules.ts";

const BENIGN = [
  "atif",
  "claude-code",
  "gemini-cli",
  "inspect-eval",
  "inspect-json",
  "mini-swe-agent",
  "openai-chat",
  "swe-agent-traj",
  "swe-bench-agent-logs-dgm",
  "tau-bench",
];
/** Findings at or above this would make a person look. */
const SERIOUS = 0.5;

describe.skipIf(!HAS_CORPUS)(`real transcripts${NO_CORPUS}`, () => {
  it("of honest agents hold a serious finding in less than one of a hundred", async () => {
    let all = 0;
    const accused: string[] = [];
    for (const { file, transcript, events } of await realTranscripts(BENIGN)) {
      all++;
      const watch = rules.watch(subjectOf(transcript));
      const found = events.flatMap((event) => watch.see(event) as readonly Finding[]);
      const serious = found.find(({ weight }) => weight >= SERIOUS);
      if (serious !== undefined) accused.push(`${file}: ${serious.note}`);
    }
    expect(all).toBeGreaterThan(500);
    expect(accused.length / all, accused.join("\n")).toBeLessThan(0.01);
  }, 120_000);
});
