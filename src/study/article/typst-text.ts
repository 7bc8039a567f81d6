import { codePoint, visible } from "../../record/index.ts";

/**
 * Text as a Typst string literal. Nothing an author writes is ever Typst markup or code: it enters
 * the source only through here, so `#read("/etc/passwd")` is printed as it stands. Characters that
 * the bundled fonts do not have are shown by their code point.
 */
export function typstString(text: string): string {
  const escaped = showMissing(text)
    .replace(/["\\]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

/** Text with the characters shown by code point that no font inside the compiler can draw. */
export function showMissing(text: string): string {
  if (!/[^\n\t -~]/.test(text)) return text;
  return [...visible(text)]
    .map((character) => (hasGlyph(character) ? character : `⟨${codePoint(character)}⟩`))
    .join("");
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
