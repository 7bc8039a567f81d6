import type { ArticleDocument } from "./document.ts";

/**
 * Takes out of an article for blind review what would tell whose it is: the lab's name wherever it
 * stands, and paths and hosts of machines. Links keep their addresses, since an author chose them.
 */
export function blindArticle(article: ArticleDocument, labName: string): ArticleDocument {
  const name =
    labName.trim().length < 3
      ? null
      : new RegExp(
          `(?<![\\p{L}\\p{N}])${labName.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`,
          "giu",
        );
  const blind = (text: string) =>
    (name === null ? text : text.replace(name, "[lab]")).replace(machinePath, "[path]");
  return mapText(article, blind) as ArticleDocument;
}

const machinePath =
  /(?<![\p{L}\p{N}:/.])\/(?:home|Users|root|tmp|var|mnt|work|srv|opt|data)\/[^\s"',;)\]]+/gu;

/** Applies a change to every printed text of a document, leaving ids and addresses alone. */
function mapText(value: unknown, change: (text: string) => string, key = ""): unknown {
  if (typeof value === "string") return printed.has(key) ? change(value) : value;
  if (Array.isArray(value)) return value.map((item) => mapText(item, change, key));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, mapText(child, change, name)]),
  );
}

const printed = new Set([
  "text",
  "title",
  "question",
  "label",
  "description",
  "rest",
  "foot",
  "svg",
]);
