import type { MathNode } from "./math.ts";
import { typstString } from "./typst-text.ts";

/** A formula as a Typst expression in code mode. Every text in it is a string literal. */
export function mathToTypst(node: MathNode, display: boolean): string {
  return `math.equation(block: ${display}, ${expression(node)})`;
}

function expression(node: MathNode): string {
  const parts = node.children.map(expression);
  const [first = "none", second = "none", third = "none"] = parts;
  switch (node.tag) {
    case "mi":
      return identifier(node);
    case "mn":
      return `mathtext(${typstString(node.text)})`;
    case "mo":
      return node.text.replace(/[\u2061-\u2064]/g, "") === "" ? "none" : letters(node.text);
    case "mtext":
    case "ms":
      return `mathtext(${typstString(node.text.replaceAll("\u00a0", " "))})`;
    case "mspace":
      return `h(${emWidth(node.attributes.width)}em)`;
    case "mfrac":
      return node.attributes.linethickness === undefined
        ? `math.frac(${first}, ${second})`
        : `math.mat(delim: none, (${first},), (${second},))`;
    case "msup":
      return `math.attach(${first}, t: ${second})`;
    case "msub":
      return `math.attach(${first}, b: ${second})`;
    case "msubsup":
      return `math.attach(${first}, b: ${second}, t: ${third})`;
    case "munder":
      return over(node, first, second, "b");
    case "mover":
      return over(node, first, second, "t");
    case "munderover":
      return `math.attach(math.limits(${first}), b: ${second}, t: ${third})`;
    case "msqrt":
      return `math.sqrt(${join(parts)})`;
    case "mroot":
      return `math.root(${second}, ${first})`;
    case "mtable":
      return `math.mat(delim: none, ${node.children.map(row).join(", ")})`;
    case "mphantom":
      return `hide(${join(parts)})`;
    case "mstyle":
      return node.attributes.displaystyle === "true" ? `math.display(${join(parts)})` : join(parts);
    default:
      return isFenced(node) ? `math.lr(${join(parts)})` : join(parts);
  }
}

function identifier(node: MathNode): string {
  if ([...node.text].length > 1) return `math.op(${typstString(node.text.trim())})`;
  if (node.attributes.mathvariant === "normal") return `math.upright(${letters(node.text)})`;
  return letters(node.text);
}

/** Each character as a symbol of its own, so that Typst gives it its class and spacing. */
function letters(value: string): string {
  return join([...value].map((letter) => `mathsymbol(${typstString(letter)})`));
}

function join(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : `{${parts.map((part) => `${part}; `).join("")}}`;
}

function row(node: MathNode): string {
  return `(${node.children.map((cell) => `${join(cell.children.map(expression))}, `).join("")})`;
}

function over(node: MathNode, base: string, mark: string, side: "b" | "t"): string {
  const sign = node.children[1]?.text ?? "";
  const accent = accents[sign];
  if (side === "t" && accent !== undefined) return `math.accent(${base}, "${accent}")`;
  if (sign === "‾" || sign === "¯")
    return `math.${side === "t" ? "overline" : "underline"}(${base})`;
  if (sign === "⏞" || sign === "⏟")
    return `math.${side === "t" ? "overbrace" : "underbrace"}(${base})`;
  return `math.attach(math.limits(${base}), ${side}: ${mark})`;
}

const accents: Readonly<Record<string, string>> = {
  "^": "\\u{302}",
  ˆ: "\\u{302}",
  "~": "\\u{303}",
  "˜": "\\u{303}",
  ˉ: "\\u{304}",
  "˘": "\\u{306}",
  "˙": "\\u{307}",
  "¨": "\\u{308}",
  ˇ: "\\u{30c}",
  "→": "\\u{20d7}",
  "⃗": "\\u{20d7}",
  ˊ: "\\u{301}",
  ˋ: "\\u{300}",
};

function isFenced(node: MathNode): boolean {
  const fence = (child: MathNode | undefined) =>
    child?.tag === "mo" && child.attributes.fence === "true";
  return node.children.length > 1 && fence(node.children[0]) && fence(node.children.at(-1));
}

function emWidth(width: string | undefined): number {
  const value = Number.parseFloat(width ?? "0");
  return Number.isFinite(value) ? value : 0;
}
