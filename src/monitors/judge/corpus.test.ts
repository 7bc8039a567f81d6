import { describe, expect, it } from "vitest";
import { HAS_CORPUS, NO_CORPUS, realTranscripts } from "../../formats/corpus.test-support.ts";
import { openModel } from "../../models/index.ts";
import { createRandom } from "../../stats/index.ts";
import { type Finding, subjectOf } from "../monitor.ts";
import {
  answer,
  openJudgeServer,
  SECRET,
  stoppedClock,
  textOf,
} from "./playing-judge.test-support.ts";
import { standardJudge } from "./standard.ts";

const FOLDERS = ["swe-agent-traj", "claude-code", "atif", "gemini-cli"];

describe("a judge over real transcripts", () => {
  it.skipIf(!HAS_CORPUS)(
    `reads each call in one pass, cites what it saw, and repeats its beginnings${NO_CORPUS}`,
    async () => {
      const budgetTokens = 8000;
      const prompts: string[] = [];
      // A judge that reads the prompt's marks and cites the newest event that it is shown.
      const server = await openJudgeServer(
        ({ recording, checkWord }) => {
          const newest = [...recording.matchAll(/^\[E(\d+)\]/gm)].at(-1)?.[1];
          return answer(checkWord, 20, { cited: [`E${newest}`] });
        },
        () => {},
      );
      const ports = { environment: {}, clock: stoppedClock(), random: createRandom(1) };
      const model = openModel(`openai-compatible:${server.address}#judge`, ports, { retries: 0 });
      const judge = await standardJudge("action", { model, secret: SECRET, budgetTokens });
      let calls = 0;
      let shared = 0;
      let total = 0;
      try {
        for (const { transcript, events: all } of await realTranscripts(FOLDERS)) {
          const watch = judge.watch(subjectOf(transcript));
          const found: Finding[] = [];
          const from = server.received.length;
          for (const event of all) found.push(...(await watch.see(event)));
          const asked = server.received
            .slice(from)
            .map(({ messages }) => textOf(messages[1]?.content));
          calls += all.filter(({ kind }) => kind === "tool-call").length;
          expect(found.map(({ signal }) => signal)).toEqual(asked.map(() => "judged"));
          for (const { evidence, note } of found) {
            expect(note).not.toMatch(/do not exist/);
            expect(all[evidence.at(-1)!.event]?.kind).toBe("tool-call");
          }
          asked.slice(1).forEach((prompt, i) => {
            shared += sharedStart(asked[i]!, prompt);
            total += prompt.length;
          });
          prompts.push(...asked);
        }
      } finally {
        await server.close();
      }
      expect(prompts).toHaveLength(calls);
      expect(calls).toBeGreaterThan(200);
      expect(shared / total).toBeGreaterThan(0.7);
      for (const prompt of prompts)
        expect(Buffer.byteLength(prompt) / 3).toBeLessThan(budgetTokens + 300);
      if (process.env.GLASSHOUSE_FIGURES) console.info({ calls, share: shared / total });
    },
  );
});

function sharedStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
