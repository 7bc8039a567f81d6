import { codePoint, visible } from "./lookalikes.ts";

/**
 * Text as a Typst string literal. Nothing an author writes is ever Typst markup or code: it enters
 * the source only through here, so `#read("/etc/passwd")` is printed as it stands. Characters that
 * the bundled fonts do not have are shown by their code point.
 */
export function typstString(text: string): string {
  let escaped = "";
  for (const character of visible(text)) {
    if (character === '"' || character === "\\") escaped += `\\${character}`;
    else if (character === "\n") escaped += "\\n";
    else if (character === "\t") escaped += "\\t";
    else escaped += hasGlyph(character) ? character : `⟨${codePoint(character)}⟩`;
  }
  return `"${escaped}"`;
}

function hasGlyph(character: string): boolean {
  return (
    character < "\u0250" ||
    (/[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Common}\p{Script=Inherited}]/u.test(
      character,
    ) &&
      !/(?=[\u{1f000}-\u{1faff}])./u.test(character))
  );
}
