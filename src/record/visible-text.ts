/** Characters that show nothing, or change the order in which others are shown. */
export function isHidden(character: string): boolean {
  return (
    character !== "\n" &&
    character !== "\t" &&
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffc]/u.test(
      character,
    )
  );
}

/** Shows a hidden character by its code point, as in "⟨U+202E⟩"; other text is given back as it is. */
export function visible(text: string): string {
  if (!/[^\n\t -~]/.test(text)) return text;
  let shown = "";
  for (const character of text) {
    shown += isHidden(character) ? `⟨${codePoint(character)}⟩` : character;
  }
  return shown;
}

export function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
