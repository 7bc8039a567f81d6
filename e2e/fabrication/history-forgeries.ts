import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, hashBytes, type Json, type LedgerEvent } from "../../src/record/index.ts";
import type { Random } from "../../src/stats/index.ts";
import {
  type Cover,
  covers,
  type ForgedLab,
  ledgerLine,
  pick,
  replaceFile,
  rewriteLedger,
  viewOf,
} from "./forged-lab.ts";
import {
  type Forgery,
  type ForgeryKind,
  forgeLeaf,
  forgeNumber,
  leaves,
  valueAt,
  withValue,
} from "./forgery.ts";

/** Lines of the history, as a forger finds them who does not care what they say. */
export const ledgerForgeries: readonly ForgeryKind[] = [
  {
    name: "any field of a ledger line",
    async forge(lab, random) {
      const index = random.integer(lab.events.length);
      const event = lab.events[index]! as unknown as Json;
      const path = pick(random, leaves(event), "field");
      const changed = withValue(event, path, forgeLeaf(valueAt(event, path), random));
      const events = lab.events.with(index, changed as unknown as LedgerEvent);
      await rewriteLedger(lab, events, "bare");
      return { what: `line ${index + 1} /${path.join("/")}`, names: [ledgerLine(index)] };
    },
  },
  {
    name: "a byte of the ledger",
    async forge(lab, random) {
      const path = join(lab.folder, "ledger.jsonl");
      const bytes = Buffer.from(await readFile(path));
      const at = random.integer(bytes.length);
      const line = bytes.subarray(0, at).toString("latin1").split("\n").length - 1;
      bytes[at] = bytes[at]! ^ (1 << random.integer(7));
      await replaceFile(path, bytes);
      return { what: `line ${line + 1}`, names: [ledgerLine(line)] };
    },
  },
  {
    name: "a signature taken off a ledger line",
    async forge(lab, random) {
      const signed = lab.events.slice(0, -1).filter((event) => event.signature !== undefined);
      const { seq } = pick(random, signed, "signed line");
      const { signature: _, ...bare } = lab.events[seq]!;
      await rewriteLedger(lab, lab.events.with(seq, bare), "bare");
      return { what: `line ${seq + 1}`, names: [ledgerLine(seq)] };
    },
  },
  {
    name: "two ledger lines exchanged",
    async forge(lab, random) {
      const [low, high] = random.sample([...lab.events.keys()], 2).sort((a, b) => a - b) as [
        number,
        number,
      ];
      const events = lab.events.with(low, lab.events[high]!).with(high, lab.events[low]!);
      return covered(lab, random, events, `lines ${low + 1} and ${high + 1}`);
    },
  },
  {
    name: "a ledger line twice",
    async forge(lab, random) {
      const index = random.integer(lab.events.length);
      const events = lab.events.toSpliced(index + 1, 0, lab.events[index]!);
      return covered(lab, random, events, `line ${index + 1}`);
    },
  },
  {
    name: "a ledger line taken out",
    async forge(lab, random) {
      const index = random.integer(lab.events.length - 1);
      return covered(lab, random, lab.events.toSpliced(index, 1), `line ${index + 1}`);
    },
  },
  {
    name: "a ledger line put in",
    async forge(lab, random) {
      const index = 1 + random.integer(lab.events.length - 1);
      const before = lab.events[index - 1]!;
      const fields = {
        seq: index,
        time: before.time,
        key: `review.submitted ${lab.coins} reviewer-2`,
        kind: "review.submitted",
        study: lab.coins,
        body: reviewOf(lab, { verdict: "accept", overall: 9 }),
        prev: before.hash,
      };
      const forged = { ...fields, hash: hashBytes(canonicalJson(fields)) };
      const events = lab.events.toSpliced(index, 0, forged);
      const { what, names } = await covered(lab, random, events, `line ${index + 1}`);
      // Put in without touching what follows, the line itself holds: the next one does not.
      const held = names.includes(ledgerLine(index)) && what.endsWith("bare");
      return { what, names: held ? [ledgerLine(index + 1)] : names };
    },
  },
  {
    name: "the last ledger lines cut off",
    async forge(lab, random) {
      const count = 1 + random.integer(Math.floor(lab.events.length / 2));
      await rewriteLedger(lab, lab.events.slice(0, -count), "bare");
      return { what: `${count} lines`, names: ["ledger.jsonl"] };
    },
  },
  {
    name: "the lab's key or id",
    async forge(lab, random) {
      const path = join(lab.folder, "lab.json");
      const settings = JSON.parse(await readFile(path, "utf8")) as Record<string, Json>;
      const what = pick(random, ["publicKey", "lab"], "setting");
      const key = lab.events[0]!.hash;
      await replaceFile(
        path,
        JSON.stringify({ ...settings, [what]: what === "lab" ? randomUUID() : key }),
      );
      return { what, names: ["lab.json"] };
    },
  },
];

/** What the record says happened: runs that failed, decisions, verdicts, reviews. */
export const verdictForgeries: readonly ForgeryKind[] = [
  {
    name: "a failed run taken out",
    async forge(lab, random) {
      const failed = viewOf(lab, lab.failing).runs.filter((run) => run.status === "failed");
      const run = pick(random, failed, "failed run");
      const events = lab.events.filter((event) => !run.events.includes(event.seq));
      return covered(lab, random, events, `run ${run.id}`);
    },
  },
  {
    name: "a failed run called ok",
    async forge(lab, random) {
      const failed = viewOf(lab, lab.failing).runs.filter((run) => run.status === "failed");
      const run = pick(random, failed, "failed run");
      return changeBody(lab, random, run.events.at(-1)!, `run ${run.id}`, (body) => ({
        ...body,
        status: "ok",
        reason: "",
      }));
    },
  },
  {
    name: "an interrupted attempt taken out",
    async forge(lab, random) {
      const cut = viewOf(lab, lab.coins).runs.filter((run) => run.status === "interrupted");
      const run = pick(random, cut, "interrupted attempt");
      const events = lab.events.filter((event) => !run.events.includes(event.seq));
      const forgery = await covered(lab, random, events, `run ${run.id}#${run.attempt}`);
      return { ...forgery, names: [...forgery.names, "check unreported-runs"] };
    },
  },
  {
    name: "an interrupted attempt called ok",
    async forge(lab, random) {
      const cut = viewOf(lab, lab.coins).runs.filter((run) => run.status === "interrupted");
      const run = pick(random, cut, "interrupted attempt");
      return changeBody(
        lab,
        random,
        run.events.at(-1)!,
        `run ${run.id}#${run.attempt}`,
        (body) => ({ ...body, status: "ok", reason: "" }),
        [`run ${run.id}`],
      );
    },
  },
  {
    name: "a run's seed, condition or use of time",
    async forge(lab, random) {
      const run = pick(random, viewOf(lab, lab.coins).runs, "run");
      const first = random.integer(2) === 0;
      return changeBody(lab, random, run.events.at(first ? 0 : -1)!, `run ${run.id}`, (body) =>
        first
          ? pick(
              random,
              [
                { ...body, seed: (body.seed as number) + 1 },
                { ...body, condition: body.condition === "fair" ? "shifted" : "fair" },
                { ...body, isolation: "none" },
              ],
              "field",
            )
          : { ...body, usage: { cpuSeconds: 1, wallSeconds: 1, peakMemoryMb: 1 } },
      );
    },
  },
  {
    name: "a decision on a hypothesis",
    async forge(lab, random) {
      const decision = pick(random, viewOf(lab, lab.coins).decisions, "decision");
      return changeBody(
        lab,
        random,
        decision.seq,
        decision.hypothesis,
        (body) =>
          pick(
            random,
            [
              { ...body, level: forgeNumber(decision.level, random) },
              { ...body, level: decision.level * 1.5 },
              { ...body, p: forgeNumber(decision.p, random) },
              { ...body, rejected: !decision.rejected },
            ],
            "part",
          ),
        [`decision on ${decision.hypothesis}`],
      );
    },
  },
  {
    name: "a verdict of a replication",
    async forge(lab, random) {
      const round = pick(random, viewOf(lab, lab.coins).replications, "replication");
      const verdict = pick(random, round.verdicts, "verdict");
      const { value } = verdict;
      const changed = pick(
        random,
        [
          { ...verdict, agrees: !verdict.agrees },
          { ...verdict, reason: "it agrees in every respect" },
          { ...verdict, value: { ...value, estimate: forgeNumber(value.estimate, random) } },
          { ...verdict, value: { ...value, n: value.n + 1 } },
        ],
        "part",
      );
      return changeBody(
        lab,
        random,
        round.seq,
        `${round.role} of ${verdict.hypothesis}`,
        (body) => ({
          ...body,
          verdicts: round.verdicts.map((item) => (item === verdict ? changed : item)),
        }),
        [`${round.role} of ${verdict.hypothesis}`],
      );
    },
  },
  {
    name: "a verdict of an automated check",
    async forge(lab, random) {
      const { gates } = viewOf(lab, lab.coins);
      const gate = pick(random, gates, "check");
      const verdict = pick(
        random,
        (["pass", "warn", "fail", "blocked"] as const).filter((item) => item !== gate.verdict),
        "verdict",
      );
      const changed = random.integer(3) === 0 ? [] : [{ ...gate, verdict }];
      return changeBody(
        lab,
        random,
        seqOf(lab, "study.assessed"),
        changed.length === 0 ? `${gate.id} left out` : gate.id,
        (body) => ({
          ...body,
          gates: gates.flatMap((item) => (item === gate ? changed : [item])),
        }),
        [`check ${gate.id}`],
      );
    },
  },
  {
    name: "the evidence of an automated check",
    async forge(lab, random) {
      const { gates } = viewOf(lab, lab.coins);
      const gate = pick(random, gates, "check");
      return changeBody(
        lab,
        random,
        seqOf(lab, "study.assessed"),
        gate.id,
        (body) => ({
          ...body,
          gates: gates.map((item) =>
            item === gate ? { ...gate, evidence: ["nothing was found"] } : item,
          ),
        }),
        [`check ${gate.id}`],
      );
    },
  },
  {
    name: "a reviewer's form",
    async forge(lab, random) {
      const form = viewOf(lab, lab.coins).reviews[0]!.form as unknown as Json;
      const path = pick(random, leaves(form), "field");
      const value = path[0] === "verdict" ? "accept" : forgeLeaf(valueAt(form, path), random);
      return changeBody(lab, random, seqOf(lab, "review.submitted"), path.join("/"), (body) => ({
        ...body,
        form: withValue(form, path, value),
      }));
    },
  },
  {
    name: "the article that was reviewed",
    async forge(lab, random) {
      const kind = pick(random, ["review.queued", "review.submitted"], "kind");
      const draft = viewOf(lab, lab.coins).articles.draft!.blind;
      return changeBody(
        lab,
        random,
        seqOf(lab, kind),
        kind,
        (body) => ({ ...body, article: draft }),
        [kind === "review.queued" ? `queue of ${lab.coins}` : `review of ${lab.coins}`],
      );
    },
  },
  {
    name: "what an article says it was made from",
    async forge(lab, random) {
      const { final } = viewOf(lab, lab.coins).articles;
      return changeBody(lab, random, final!.seq, "final article", (body) =>
        pick(
          random,
          [
            { ...body, claims: final!.claims.slice(1) },
            { ...body, asOf: final!.asOf - 1 },
            { ...body, compiler: "0.0.0" },
          ],
          "part",
        ),
      );
    },
  },
];

/** Writes a forged history under a random cover. */
async function covered(
  lab: ForgedLab,
  random: Random,
  events: readonly LedgerEvent[],
  what: string,
): Promise<Forgery> {
  const cover: Cover = pick(random, covers, "cover");
  const names = await rewriteLedger(lab, events, cover);
  return { what: `${what}, ${cover}`, names };
}

async function changeBody(
  lab: ForgedLab,
  random: Random,
  seq: number,
  what: string,
  change: (body: Record<string, Json>) => unknown,
  places: readonly string[] = [],
): Promise<Forgery> {
  const event = lab.events[seq]!;
  const body = change(event.body as Record<string, Json>) as Json;
  const forgery = await covered(lab, random, lab.events.with(seq, { ...event, body }), what);
  return { ...forgery, names: [...forgery.names, ...places] };
}

function seqOf(lab: ForgedLab, kind: string): number {
  return lab.events.find((event) => event.kind === kind && event.study === lab.coins)!.seq;
}

function reviewOf(lab: ForgedLab, change: Record<string, Json>): Json {
  const event = lab.events[seqOf(lab, "review.submitted")]!;
  const body = event.body as { form: Record<string, Json> };
  return { ...body, reviewer: "reviewer-2", form: { ...body.form, ...change } };
}
