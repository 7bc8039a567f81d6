import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabVerification, verifyLab } from "../src/lab/index.ts";
import { openSandbox, type Sandbox } from "../src/sandbox/index.ts";
import { createRandom } from "../src/stats/index.ts";
import {
  artifactForgeries,
  claimForgeries,
  planForgeries,
} from "./fabrication/evidence-forgeries.ts";
import { copyLab } from "./fabrication/forged-lab.ts";
import type { Forgery } from "./fabrication/forgery.ts";
import { ledgerForgeries, verdictForgeries } from "./fabrication/history-forgeries.ts";
import { type BaseLab, makeBaseLab, makeVariantLab, newFolder } from "./fabrication/labs.ts";
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
const cleanLabs = full ? 100 : 5;

let scratch: string;
let sandbox: Sandbox;
let base: BaseLab;

beforeAll(async () => {
  scratch = await newFolder("fabrication");
  // The lab's key and the newest head it acknowledged lie here, outside every lab's folder.
  process.env.GLASSHOUSE_STATE = join(scratch, "state");
  sandbox = await openSandbox();
  base = await makeBaseLab(join(scratch, "base"), sandbox);
}, 600_000);

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe("nothing in a lab can be made up", () => {
  it("has a base lab with everything in it that could be forged, and all of it holds", async () => {
    const { findings, studies, articles } = await verifyLab({ folder: base.folder }, {});
    expect(findings).toEqual([]);
    expect({ studies, articles }).toEqual({ studies: 2, articles: 2 });
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
