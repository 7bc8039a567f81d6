import { createPrivateKey, sign } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabVerification, verifyLab } from "../src/lab/index.ts";
import type { LedgerEvent } from "../src/record/index.ts";
import { openSandbox } from "../src/sandbox/index.ts";
import { createRandom } from "../src/stats/index.ts";
import { type Ended, glasshouse } from "./bad-input/command-line.ts";
import {
  artifactForgeries,
  claimForgeries,
  planForgeries,
} from "./fabrication/evidence-forgeries.ts";
import { chain, copyLab, format, ledgerLine, replaceFile } from "./fabrication/forged-lab.ts";
import type { Forgery } from "./fabrication/forgery.ts";
import { ledgerForgeries, verdictForgeries } from "./fabrication/history-forgeries.ts";
import {
  type BaseLab,
  lyingSandbox,
  makeBaseLab,
  makeVariantLab,
  newFolder,
} from "./fabrication/labs.ts";
import { textForgeries } from "./fabrication/text-forgeries.ts";

const full = process.env.GLASSHOUSE_FULL === "1";
const seed = Number(process.env.GLASSHOUSE_SEED ?? Date.now() % 2 ** 32);
const kinds = [
  ...textForgeries,
  ...artifactForgeries,
  ...claimForgeries,
  ...planForgeries,
  ...ledgerForgeries,
  ...verdictForgeries,
];
const forgeries = full ? 500 : kinds.length;
// With the base lab and the liar's, which hold too, five different labs in the normal run.
const cleanLabs = full ? 100 : 3;

const sandbox = await openSandbox();
const holds = sandbox.name === "bubblewrap";
if (!holds) console.warn("The studies of this test need bubblewrap: see `glasshouse doctor`.");

let scratch: string;
let base: BaseLab;

beforeAll(async () => {
  scratch = await newFolder("fabrication");
  // The lab's key and the newest head it acknowledged lie here, outside every lab's folder.
  process.env.GLASSHOUSE_STATE = join(scratch, "state");
  if (holds) base = await makeBaseLab(join(scratch, "base"), sandbox);
}, 600_000);

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe.skipIf(!holds)("nothing in a lab can be made up", () => {
  it("has a base lab with everything in it that could be forged, and all of it holds", async () => {
    const { findings, studies, articles } = await verifyLab({ folder: base.folder }, {});
    expect(findings).toEqual([]);
    expect({ studies, articles }).toEqual({ studies: 2, articles: 2 });
    expect(await verifyElsewhere(base.folder)).toMatchObject({ code: 0, stderr: "" });
  });

  it(`finds every one of ${forgeries} forgeries of ${kinds.length} kinds, and names the spot (seed ${seed})`, async () => {
    const random = createRandom(seed);
    const tally = new Map(kinds.map((kind) => [kind.name, { made: 0, caught: 0 }]));
    const escaped: string[] = [];
    for (let index = 0; index < forgeries; index++) {
      const kind = kinds[index % kinds.length]!;
      const folder = join(scratch, `forged-${index}`);
      const lab = await copyLab(base, folder);
      const forgery = await kind.forge(lab, random.fork(`${kind.name} ${index}`));
      const missed = unnamed(forgery, await verifyLab({ folder }, {}));
      const row = tally.get(kind.name)!;
      row.made++;
      if (missed.length === 0) row.caught++;
      else escaped.push(`${index} ${kind.name} (${forgery.what}): no finding names ${missed}`);
      await rm(folder, { recursive: true });
    }
    console.log(tableOf(tally));
    expect(escaped).toEqual([]);
  }, 3_600_000);

  it(`finds nothing in ${cleanLabs} labs that are as they were made`, async () => {
    const random = createRandom(seed).fork("clean labs");
    for (let number = 1; number <= cleanLabs; number++) {
      const folder = join(scratch, `clean-${number}`);
      const shift = 0.5 + 2 * random.float();
      const seeds = 2 + (full ? random.integer(3) : 0);
      const variant = { name: `coins-${number}`, shift, seeds };
      await makeVariantLab(folder, variant, join(base.folder, "database"), sandbox);
      const { findings, articles } = await verifyLab({ folder: join(folder, "lab") }, {});
      expect(findings, `lab ${number} with shift ${shift}`).toEqual([]);
      expect(articles).toBe(2);
      await rm(folder, { recursive: true });
    }
  }, 3_600_000);
});

describe.skipIf(!holds)("what a lab cannot show by itself", () => {
  it("is a history rewritten by who holds its key: the published head shows it", async () => {
    const folder = join(scratch, "rewritten");
    const lab = await copyLab(base, folder);
    const { lab: id } = JSON.parse(await readFile(join(folder, "lab.json"), "utf8")) as {
      lab: string;
    };
    const state = join(scratch, "state", id);
    const published = await readFile(join(state, "head"), "utf8");
    const key = createPrivateKey(await readFile(join(state, "key.pem"), "utf8"));
    const last = lab.events.at(-1)!;
    const body = last.body as { form: object };
    const reviewed = { ...last, body: { ...body, form: { ...body.form, verdict: "accept" } } };
    const events = chain(lab.events.with(-1, reviewed as LedgerEvent), last.seq, (hash) =>
      sign(null, Buffer.from(hash, "hex"), key).toString("base64"),
    );
    await replaceFile(join(folder, "ledger.jsonl"), format(events));
    const head = `${String(last.seq).padStart(12, "0")} ${events.at(-1)!.hash}\n`;
    try {
      await writeFile(join(state, "head"), head);
      expect((await verifyLab({ folder }, {})).findings).toEqual([]);
    } finally {
      await writeFile(join(state, "head"), published);
    }
    const { findings } = await verifyLab({ folder }, {});
    expect(findings.map((finding) => finding.place)).toEqual([join(folder, ledgerLine(last.seq))]);
  });

  it("is what was made up before it was recorded: making the runs again shows it", async () => {
    const folder = join(scratch, "lied");
    const database = join(base.folder, "database");
    await makeVariantLab(folder, { seeds: 2, shift: 0 }, database, lyingSandbox(sandbox));
    const options = { folder: join(folder, "lab") };
    expect((await verifyLab(options, {})).findings).toEqual([]);
    const { findings, reruns } = await verifyLab(options, {
      rerun: 2,
      seed: 1,
      sandbox: async () => sandbox,
    });
    expect(reruns.map((rerun) => rerun.same)).toEqual([false, false]);
    expect(findings.map((finding) => finding.place)).toEqual(
      reruns.map((rerun) => `run ${rerun.run}, artifact result.json`),
    );

    // Put in the place of a lab that this machine wrote, it is known for another.
    await rename(base.folder, `${base.folder}-aside`);
    try {
      await rename(options.folder, base.folder);
      const { findings: replaced } = await verifyLab({ folder: base.folder }, {});
      expect(replaced.map((finding) => finding.place)).toEqual([join(base.folder, "lab.json")]);
    } finally {
      await rename(base.folder, options.folder);
      await rename(`${base.folder}-aside`, base.folder);
    }
  });
});

/** Verifies a lab in a process of its own, which shares nothing with the one that made it. */
function verifyElsewhere(folder: string): Promise<Ended> {
  return glasshouse(scratch, ["--lab", folder, "verify"]);
}

/** The places that a forgery must be found at and was not. */
function unnamed({ names }: Forgery, { findings }: LabVerification): readonly string[] {
  return names.filter((name) => {
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const whole = new RegExp(`(^|[^\\w-])${escaped}($|[^\\w-])`);
    return !findings.some(({ place }) => whole.test(place));
  });
}

function tableOf(tally: ReadonlyMap<string, { readonly made: number; readonly caught: number }>) {
  const rows = [...tally].map(([kind, { made, caught }]) => `${kind.padEnd(58)} ${caught}/${made}`);
  const made = [...tally.values()].reduce((sum, row) => sum + row.made, 0);
  const caught = [...tally.values()].reduce((sum, row) => sum + row.caught, 0);
  return [`forgeries caught (seed ${seed})`, ...rows, `${"all".padEnd(58)} ${caught}/${made}`].join(
    "\n",
  );
}
