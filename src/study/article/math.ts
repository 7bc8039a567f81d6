import katex from "katex";
import { parseHTML } from "linkedom";
import { mathLetter } from "./math-letters.ts";

/** A formula as MathML's tree; leaves have text. */
export interface MathNode {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly MathNode[];
}

/** What is wrong with a formula; `position` is an offset in its TeX. */
export interface MathProblem {
  readonly message: string;
  readonly position: number;
}

/** Parses TeX as KaTeX does, without its commands for links, images and HTML. */
export function parseMath(tex: string, display: boolean): MathNode | MathProblem {
  let markup: string;
  try {
    markup = katex.renderToString(tex, {
      output: "mathml",
      displayMode: display,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxExpand: 200,
    });
  } catch (error) {
    if (!(error instanceof katex.ParseError)) throw error;
    const message = error.message
      .replace(/^KaTeX parse error:\s*/, "")
      .replace(/ at (?:position \d+|end of input):.*$/s, "");
    return { message, position: error.position ?? 0 };
  }
  const { document } = parseHTML(`<html><body>${markup}</body></html>`);
  const content = document.querySelector("semantics")?.children[0];
  return content ? treeOf(content) : { tag: "mrow", attributes: {}, text: "", children: [] };
}

export function isMathProblem(parsed: MathNode | MathProblem): parsed is MathProblem {
  return "message" in parsed;
}

/** The formula on one line, as a terminal shows it: "a/b", "x_i^n", "√(x)". */
export function mathToText(node: MathNode): string {
  const parts = node.children.map(mathToText);
  const [first = "", second = "", third = ""] = parts;
  switch (node.tag) {
    case "mo":
      return /^[=<>≤≥≈≠∈∉→⇒∼≔]$/.test(node.text) ? ` ${node.text} ` : node.text;
    case "mi":
    case "mn":
    case "mtext":
    case "ms":
      return node.text;
    case "mspace":
      return " ";
    case "mfrac":
      return `${bracket(first)}/${bracket(second)}`;
    case "msup":
    case "mover":
      return `${first}^${bracket(second)}`;
    case "msub":
    case "munder":
      return `${first}_${bracket(second)}`;
    case "msubsup":
    case "munderover":
      return `${first}_${bracket(second)}^${bracket(third)}`;
    case "msqrt":
      return `√(${parts.join("")})`;
    case "mroot":
      return `${second}√(${first})`;
    case "mtr":
      return parts.join(" ");
    case "mtable":
      return parts.join("; ");
    default:
      return parts.join("");
  }
}

/** The formula as presentation MathML without any style of its own. */
export function mathToMarkup(node: MathNode, display: boolean): string {
  return `<math xmlns="http://www.w3.org/1998/Math/MathML"${display ? ' display="block"' : ""}>${element(node)}</math>`;
}

function element(node: MathNode): string {
  const attributes = Object.entries(node.attributes)
    .filter(([name]) => keptAttributes.has(name))
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join("");
  const tag = /^m[a-z]+$/.test(node.tag) ? node.tag : "mrow";
  return `<${tag}${attributes}>${escapeXml(node.text)}${node.children.map(element).join("")}</${tag}>`;
}

const keptAttributes = new Set([
  "accent",
  "accentunder",
  "columnalign",
  "displaystyle",
  "fence",
  "linethickness",
  "lspace",
  "mathvariant",
  "maxsize",
  "minsize",
  "rspace",
  "scriptlevel",
  "separator",
  "stretchy",
  "width",
]);

function treeOf(source: Element): MathNode {
  const children = Array.from(source.children).map(treeOf);
  const attributes = Object.fromEntries(
    Array.from(source.attributes).map((attribute) => [attribute.name, attribute.value]),
  );
  const text = children.length === 0 ? (source.textContent ?? "") : "";
  const { mathvariant: variant = "", ...rest } = attributes;
  const letters = [...text].map((letter) => mathLetter(letter, variant)).join("");
  return {
    tag: source.localName,
    attributes: variant === "normal" ? attributes : rest,
    text: letters,
    children,
  };
}

function bracket(text: string): string {
  return [...text].length > 1 && !/^\(.*\)$/.test(text) ? `(${text})` : text;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
