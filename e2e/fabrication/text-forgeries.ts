import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlanDocument } from "../../src/study/index.ts";
import {
  covers,
  type ForgedLab,
  objectPath,
  pick,
  readObject,
  refile,
  replaceFile,
  rewriteLedger,
  viewOf,
} from "./forged-lab.ts";
import { type ForgeryKind, flipBit, forgeDigit } from "./forgery.ts";

const editions = ["draft", "final"] as const;
const forms = ["html", "text", "pdf", "blind"] as const;

/** Numbers in what people read: the articles, their copies and the text they were made from. */
export const textForgeries: readonly ForgeryKind[] = [
  {
    name: "a number in the article that people open",
    async forge(lab, random) {
      const path = copyOf(lab, "html");
      await replaceFile(path, forgeDigit(await readFile(path, "utf8"), random));
      return { what: "article.html", names: [`articles/${lab.coins}/article.html`] };
    },
  },
  {
    name: "a byte of the PDF that people open",
    async forge(lab, random) {
      const path = copyOf(lab, "pdf");
      await replaceFile(path, flipBit(await readFile(path), random));
      return { what: "article.pdf", names: [`articles/${lab.coins}/article.pdf`] };
    },
  },
  {
    name: "a number in a stored article",
    async forge(lab, random) {
      const edition = pick(random, editions, "edition");
      const form = pick(random, forms, "form");
      const hash = viewOf(lab, lab.coins).articles[edition]![form];
      const bytes = await readObject(lab, hash);
      await replaceFile(
        objectPath(lab, hash),
        form === "pdf" ? flipBit(bytes, random) : forgeDigit(bytes.toString("utf8"), random),
      );
      return { what: `${edition} ${form}`, names: [`${edition} article (${form})`] };
    },
  },
  {
    name: "a number in a stored article, filed anew",
    async forge(lab, random) {
      const edition = pick(random, editions, "edition");
      const form = pick(random, forms, "form");
      const cover = pick(random, covers, "cover");
      const hash = viewOf(lab, lab.coins).articles[edition]![form];
      const bytes = await readObject(lab, hash);
      const places = await refile(
        lab,
        hash,
        form === "pdf" ? flipBit(bytes, random) : forgeDigit(bytes.toString("utf8"), random),
        cover,
      );
      return {
        what: `${edition} ${form}, ${cover}`,
        names: [`${edition} article (${form})`, ...places],
      };
    },
  },
  {
    name: "an article in the place of another edition",
    async forge(lab, random) {
      const form = pick(random, forms, "form");
      const cover = pick(random, covers, "cover");
      const { draft, final } = viewOf(lab, lab.coins).articles;
      const events = lab.events.map((event) => {
        if (event.kind !== "article.compiled" || event.study !== lab.coins) return event;
        const other = event.seq === draft!.seq ? final! : draft!;
        return { ...event, body: { ...(event.body as object), [form]: other[form] } };
      });
      const places = await rewriteLedger(lab, events, cover);
      return {
        what: `${form}, ${cover}`,
        names: [`draft article (${form})`, `final article (${form})`, ...places],
      };
    },
  },
  {
    name: "the draft in the place of the article that people open",
    async forge(lab, random) {
      const form = pick(random, ["html", "pdf"] as const, "form");
      const draft = await readObject(lab, viewOf(lab, lab.coins).articles.draft![form]);
      await replaceFile(copyOf(lab, form), draft);
      return { what: form, names: [`articles/${lab.coins}/article.${form}`] };
    },
  },
  {
    name: "a number in the article's source",
    async forge(lab, random) {
      const { hash, text } = await markdownOf(lab);
      await replaceFile(objectPath(lab, hash), typeNumber(text, random).text);
      return { what: "in place", names: [`article of ${lab.coins}`] };
    },
  },
  {
    name: "a number in the article's source, filed anew",
    async forge(lab, random) {
      const cover = pick(random, covers, "cover");
      const { hash, text } = await markdownOf(lab);
      const typed = typeNumber(text, random);
      const places = await refile(lab, hash, typed.text, cover);
      return {
        what: `line ${typed.line}, ${cover}`,
        names: [`article.md:${typed.line}`, `study ${lab.coins}`, ...places],
      };
    },
  },
];

function copyOf(lab: ForgedLab, form: "html" | "pdf"): string {
  return join(lab.folder, "articles", lab.coins, `article.${form}`);
}

async function markdownOf(lab: ForgedLab): Promise<{ hash: string; text: string }> {
  const plan = await readObject(lab, viewOf(lab, lab.coins).plan!.hash);
  const hash = (JSON.parse(plan.toString("utf8")) as PlanDocument).article;
  return { hash, text: (await readObject(lab, hash)).toString("utf8") };
}

/** Types a number where a reference to a claim stands. */
function typeNumber(
  text: string,
  random: Parameters<ForgeryKind["forge"]>[1],
): { text: string; line: number } {
  const references = [...text.matchAll(/\{\{claim:[^}]+\}\}/g)];
  const { index, 0: reference } = pick(random, references, "reference");
  const number = (random.float() * 2).toFixed(3);
  return {
    text: text.slice(0, index) + number + text.slice(index + reference.length),
    line: text.slice(0, index).split("\n").length,
  };
}
