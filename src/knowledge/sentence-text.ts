import type { Block, Unit } from "./types.ts";

/** A fragment below this many words says nothing that a vector could hold. */
const fewestWords = 4;

/**
 * A unit as a sentence of its own, as it is embedded: list items without their mark, table rows with their
 * header. Undefined for code and for fragments.
 */
export function sentenceText(block: Block, unit: Unit): string | undefined {
  if (block.kind === "code") return undefined;
  const text = block.header ? rowSentence(block.header, unit.text) : itemText(unit.text);
  return text.split(/\s+/).length < fewestWords ? undefined : text;
}

/** A list item without its indent and mark. */
export function itemText(text: string): string {
  return text.replace(/^\s*(?:-|\d+\.)\s/, "");
}

/** "H100 SXM: memory 80 GB, bandwidth 3.35 TB/s", since bare cells mean little. */
function rowSentence(header: readonly string[], row: string): string {
  const [first, ...rest] = row.split(" | ");
  return `${first}: ${rest.map((cell, index) => `${header[index + 1] ?? ""} ${cell}`.trim()).join(", ")}`;
}
