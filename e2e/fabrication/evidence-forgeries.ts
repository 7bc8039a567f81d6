import type { Json } from "../../src/record/index.ts";
import type { Random } from "../../src/stats/index.ts";
import type { Claim, PlanDocument, RunRecord, RunRole } from "../../src/study/index.ts";
import {
  covers,
  type ForgedLab,
  listObjects,
  objectPath,
  pick,
  readObject,
  refile,
  replaceFile,
  rewriteLedger,
  viewOf,
} from "./forged-lab.ts";
import { type ForgeryKind, flipBit, forgeNumber, leaves, valueAt, withValue } from "./forgery.ts";

const measures = ["score", "heads"] as const;

/** What numbers rest on: artifacts, and which run they belong to. */
export const artifactForgeries: readonly ForgeryKind[] = [
  {
    name: "a bit of any object",
    async forge(lab, random) {
      const hash = pick(random, await listObjects(lab), "object");
      await replaceFile(objectPath(lab, hash), flipBit(await readObject(lab, hash), random));
      return { what: hash.slice(0, 12), names: [`object ${hash.slice(0, 12)}`] };
    },
  },
  {
    name: "a measured number in its artifact",
    async forge(lab, random) {
      const run = pick(random, resultsOf(lab), "run");
      const artifact = pick(random, Object.keys(run.artifacts), "artifact");
      const hash = run.artifacts[artifact]!;
      const result = JSON.parse((await readObject(lab, hash)).toString("utf8")) as Json;
      const path = pick(random, leaves(result), "number");
      const value = forgeNumber(valueAt(result, path) as number, random);
      await replaceFile(objectPath(lab, hash), JSON.stringify(withValue(result, path, value)));
      return {
        what: `${run.id} ${artifact} /${path.join("/")}`,
        names: [`run ${run.id}, artifact ${artifact}`],
      };
    },
  },
  {
    name: "a measured number, filed anew",
    async forge(lab, random) {
      const cover = pick(random, covers, "cover");
      const run = pick(random, resultsOf(lab), "run");
      const measure = run.study === lab.failing ? "score" : pick(random, measures, "measure");
      const hash = run.artifacts["result.json"]!;
      const result = JSON.parse((await readObject(lab, hash)).toString("utf8")) as Json;
      const value = forgeNumber(valueAt(result, [measure]) as number, random);
      const changed = `${JSON.stringify(withValue(result, [measure], value))}\n`;
      const places = await refile(lab, hash, changed, cover);
      return {
        what: `${run.id} ${measure}, ${cover}`,
        names: [...places, ...claimPlaces(lab, run, measure)],
      };
    },
  },
  {
    name: "a result given to another run",
    async forge(lab, random) {
      const cover = pick(random, covers, "cover");
      const study = viewOf(lab, lab.coins);
      const one = pick(random, resultsOf(lab, lab.coins), "run");
      const other = pick(
        random,
        resultsOf(lab, lab.coins).filter((run) => run.role === one.role && run.id !== one.id),
        "other run",
      );
      const events = lab.events.map((event) => {
        const run = event.kind === "run.finished" && event.study === study.study;
        if (!run || (event.seq !== one.events.at(-1) && event.seq !== other.events.at(-1)))
          return event;
        const from = event.seq === one.events.at(-1) ? other : one;
        return { ...event, body: { ...(event.body as object), artifacts: from.artifacts } };
      });
      const places = await rewriteLedger(lab, events, cover);
      return {
        what: `${one.id} and ${other.id}, ${cover}`,
        names: [...places, ...claimPlaces(lab, one, "score"), ...claimPlaces(lab, other, "score")],
      };
    },
  },
];

/** How numbers follow: derivations, and claims as a whole. */
export const claimForgeries: readonly ForgeryKind[] = [
  claimForgery("a derivation's transform", (claim, random) => {
    const other = ["mean-t", "paired-t", "welch-t", "one-sample-t", "ratio", "difference", "mean"];
    const transform = pick(
      random,
      other.filter((name) => name !== claim.derivation.transform),
      "transform",
    );
    return { ...claim, derivation: { ...claim.derivation, transform } };
  }),
  claimForgery("a derivation's parameter", (claim, random) => {
    const parameters = claim.derivation.parameters as Json;
    const path = pick(random, leaves(parameters), "parameter");
    const old = valueAt(parameters, path);
    const value =
      typeof old === "number" ? forgeNumber(old, random) : old === "greater" ? "less" : "greater";
    return {
      ...claim,
      derivation: {
        ...claim.derivation,
        parameters: withValue(parameters, path, value) as Claim["derivation"]["parameters"],
      },
    };
  }),
  claimForgery("a derivation's pointer", (claim, random) =>
    changeInput(claim, random, (input) =>
      input.from === "claim"
        ? { ...input, claim: "score/fair" }
        : { ...input, pointer: input.pointer === "/score" ? "/heads" : "/score" },
    ),
  ),
  claimForgery("a derivation's input left out", (claim, random) =>
    changeInput(claim, random, () => null),
  ),
  claimForgery("a derivation's input taken from another run", (claim, random, lab, role) =>
    changeInput(claim, random, (input) => {
      if (input.from === "claim") return { ...input, claim: "heads/fair" };
      const others = resultsOf(lab, lab.coins).filter(
        (run) => run.role === role && run.id !== input.run,
      );
      const { id, seed, artifacts } = pick(random, others, "other run");
      return { ...input, run: id, seed, artifact: artifacts["result.json"]! };
    }),
  ),
  claimForgery("a claim's value", (claim, random) => {
    const part = pick(random, Object.keys(claim.value), "part");
    const old = claim.value[part as keyof Claim["value"]]!;
    return { ...claim, value: { ...claim.value, [part]: forgeNumber(old, random) } };
  }),
  claimForgery("a claim's words", (claim, random) =>
    pick(
      random,
      [
        { ...claim, title: `${claim.title}, always` },
        { ...claim, unit: claim.unit === "proportion" ? "number" : "proportion" },
        { ...claim, hypothesis: claim.hypothesis === null ? "H1" : null },
        { ...claim, kind: claim.kind === "cell" ? "contrast" : "cell" },
      ] as const,
      "word",
    ),
  ),
  claimForgery("a claim left out", () => null),
  {
    name: "a claim invented",
    forge: (lab, random) =>
      forgeClaims(lab, random, (claims) => {
        const model = pick(random, claims, "claim");
        const id = `${model.id}-too`;
        return { claims: [...claims, { ...model, id }], changed: [id] };
      }),
  },
  {
    name: "two claims' values exchanged",
    forge: (lab, random) =>
      forgeClaims(lab, random, (claims) => {
        const [one, other] = random.sample(claims, 2) as [Claim, Claim];
        return {
          claims: claims.map((claim) =>
            claim === one
              ? { ...claim, value: other.value }
              : claim === other
                ? { ...claim, value: one.value }
                : claim,
          ),
          changed: [one.id, other.id],
        };
      }),
  },
  {
    name: "two claims' ids exchanged",
    forge: (lab, random) =>
      forgeClaims(lab, random, (claims) => {
        const [one, other] = random.sample(claims, 2) as [Claim, Claim];
        return {
          claims: claims.map((claim) =>
            claim === one
              ? { ...claim, id: other.id }
              : claim === other
                ? { ...claim, id: one.id }
                : claim,
          ),
          changed: [one.id, other.id],
        };
      }),
  },
  {
    name: "the claims in place",
    async forge(lab, random) {
      const role = pick(random, [...viewOf(lab, lab.coins).claims.keys()], "role");
      const { object } = viewOf(lab, lab.coins).claims.get(role)!;
      const claims = await readClaims(lab, role);
      const claim = pick(random, claims, "claim");
      const value = { ...claim.value, estimate: forgeNumber(claim.value.estimate, random) };
      await replaceFile(
        objectPath(lab, object),
        JSON.stringify(claims.map((item) => (item === claim ? { ...item, value } : item))),
      );
      return { what: `${claim.id} of ${role}`, names: [`claims of ${role}`] };
    },
  },
];

/** What was decided before the data: the plan, its code and its sources. */
export const planForgeries: readonly ForgeryKind[] = [
  {
    name: "the plan in place",
    async forge(lab, random) {
      const study = pick(random, [lab.coins, lab.failing], "study");
      const { hash, document } = await readPlan(lab, study);
      const { plan, what } = changePlan(document, random);
      await replaceFile(objectPath(lab, hash), JSON.stringify(plan));
      return { what: `${study} ${what}`, names: [`plan of ${study}`] };
    },
  },
  {
    name: "the plan, filed anew",
    async forge(lab, random) {
      const study = pick(random, [lab.coins, lab.failing], "study");
      const cover = pick(random, covers, "cover");
      const { hash, document } = await readPlan(lab, study);
      const { plan, what } = changePlan(document, random);
      const places = await refile(lab, hash, JSON.stringify(plan), cover);
      return { what: `${study} ${what}, ${cover}`, names: [`study ${study}`, ...places] };
    },
  },
  {
    name: "the plan's code or sources in place",
    async forge(lab, random) {
      const { document } = await readPlan(lab, lab.coins);
      const [what, hash] = pick(
        random,
        [
          ["code", document.code] as const,
          ...Object.entries(document.sources).map(
            ([name, source]) => [`source ${name}`, source] as const,
          ),
        ],
        "file",
      );
      await replaceFile(objectPath(lab, hash), flipBit(await readObject(lab, hash), random));
      return { what, names: [`${what} of ${lab.coins}`] };
    },
  },
];

interface Result extends RunRecord {
  readonly study: string;
}

function resultsOf(lab: ForgedLab, study?: string): Result[] {
  return (study === undefined ? [lab.coins, lab.failing] : [study]).flatMap((id) =>
    viewOf(lab, id)
      .runs.filter((run) => run.status === "ok")
      .map((run) => ({ ...run, study: id })),
  );
}

/** Where a forged measure of a run must show: in its cell, where the study has got to claims. */
function claimPlaces(lab: ForgedLab, run: Result, measure: string): string[] {
  const derived = viewOf(lab, run.study).claims.has(run.role);
  return derived ? [`claim ${measure}/${run.condition} (${run.role})`] : [];
}

async function readClaims(lab: ForgedLab, role: RunRole): Promise<Claim[]> {
  const { object } = viewOf(lab, lab.coins).claims.get(role)!;
  return JSON.parse((await readObject(lab, object)).toString("utf8")) as Claim[];
}

/** Forges one claim, or leaves it out where the change gives null. */
function claimForgery(
  name: string,
  change: (claim: Claim, random: Random, lab: ForgedLab, role: RunRole) => Claim | null,
): ForgeryKind {
  return {
    name,
    forge: (lab, random) =>
      forgeClaims(lab, random, (claims, role) => {
        const claim = pick(random, claims, "claim");
        const changed = change(claim, random, lab, role);
        return {
          claims: claims.flatMap((item) => (item !== claim ? [item] : changed ? [changed] : [])),
          changed: [claim.id],
        };
      }),
  };
}

async function forgeClaims(
  lab: ForgedLab,
  random: Random,
  change: (claims: Claim[], role: RunRole) => { claims: Claim[]; changed: string[] },
): ReturnType<ForgeryKind["forge"]> {
  const role = pick(random, [...viewOf(lab, lab.coins).claims.keys()], "role");
  const cover = pick(random, covers, "cover");
  const { object } = viewOf(lab, lab.coins).claims.get(role)!;
  const { claims, changed } = change(await readClaims(lab, role), role);
  const places = await refile(lab, object, JSON.stringify(claims), cover);
  return {
    what: `${changed.join(" and ")} of ${role}, ${cover}`,
    names: [...changed.map((id) => `claim ${id} (${role})`), ...places],
  };
}

type Input = Claim["derivation"]["inputs"][number];

function changeInput(claim: Claim, random: Random, change: (input: Input) => Input | null): Claim {
  const { inputs } = claim.derivation;
  const chosen = pick(random, inputs, "input");
  const changed = inputs.flatMap((input) => (input === chosen ? (change(input) ?? []) : [input]));
  return { ...claim, derivation: { ...claim.derivation, inputs: changed } };
}

async function readPlan(
  lab: ForgedLab,
  study: string,
): Promise<{ hash: string; document: PlanDocument }> {
  const { hash } = viewOf(lab, study).plan!;
  return { hash, document: JSON.parse((await readObject(lab, hash)).toString("utf8")) };
}

/** Changes something in a plan that would suit a forger: what was expected, how much was to be done. */
function changePlan(document: PlanDocument, random: Random): { plan: Json; what: string } {
  const plan = document as unknown as Json;
  const suits =
    /^(code|article)$|definition (seeds .*|hypotheses \d+ (direction|null|tolerance|analysis|smallestEffect|statement)|conditions \d+ (parameters .*|description)|measures \d+ (pointer|range \d|description)|limits .*)$/;
  const path = pick(
    random,
    leaves(plan).filter((candidate) => suits.test(candidate.join(" "))),
    "part of the plan",
  );
  const old = valueAt(plan, path);
  const value: Json =
    typeof old === "number"
      ? Number.isInteger(old)
        ? old + 1
        : forgeNumber(old, random)
      : old === "greater"
        ? "less"
        : old === "less"
          ? "greater"
          : path[0] === "code" || path[0] === "article"
            ? (Object.values(document.sources)[0] as string)
            : `${String(old)} `;
  return { plan: withValue(plan, path, value), what: `/${path.join("/")}` };
}
