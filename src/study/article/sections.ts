import type { Root, RootContent } from "./markdown.ts";

/** Sections in which numbers of the design and of others' work may stand. Results never may. */
export const exemptSections = ["Background", "Related work", "Methods", "Limitations"] as const;

/** A block at the top level of the article, and whether numerals may stand in it. */
export interface PlacedBlock {
  readonly block: RootContent;
  readonly exempt: boolean;
  /** The section's name as written, at the shallowest level; null before the first. */
  readonly section: string | null;
  /** For a heading: 1 for a section, 2 for a subsection, without gaps. */
  readonly level: number;
  /** The article's own title, which the lab prints instead. */
  readonly isTitle: boolean;
}

/**
 * Tells of each block in which section it stands. Only a section at the shallowest level can be
 * exempt, so that "Methods" inside "Results" is not; its subsections inherit.
 */
export function placeBlocks(root: Root): readonly PlacedBlock[] {
  const title = titleOf(root);
  const depths = root.children.flatMap((block) =>
    block.type === "heading" && block !== title ? [block.depth] : [],
  );
  const top = Math.min(...depths);
  let section: string | null = null;
  let open: number[] = [];
  return root.children.map((block) => {
    let level = 0;
    if (block.type === "heading" && block !== title) {
      open = [...open.filter((depth) => depth < block.depth), block.depth];
      level = open.length;
      if (block.depth === top) section = plainText(block);
    }
    return { block, section, level, exempt: isExempt(section), isTitle: block === title };
  });
}

/** Whether a section's name is one of the exempt ones; case does not matter. */
function isExempt(section: string | null): boolean {
  const name = section?.trim().toLowerCase();
  return exemptSections.some((exempt) => exempt.toLowerCase() === name);
}

/** A single shallowest heading at the very start, above all others, is the article's title. */
function titleOf(root: Root): RootContent | null {
  const first = root.children[0];
  if (first?.type !== "heading") return null;
  const others = root.children.flatMap((block) =>
    block.type === "heading" && block !== first ? [block.depth] : [],
  );
  return others.length > 0 && others.every((depth) => depth > first.depth) ? first : null;
}

/** The text of a heading that holds nothing but text; anything else is no section name. */
export function plainText(block: RootContent): string | null {
  if (block.type !== "heading") return null;
  if (!block.children.every((child) => child.type === "text")) return null;
  return block.children.map((child) => (child.type === "text" ? child.value : "")).join("");
}
