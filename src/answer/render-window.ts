import type { Block } from "../knowledge/types.ts";
import type { ScoredUnit } from "./score.ts";
import type { Window } from "./window.ts";

/** A window as Markdown, its citation mark after each paragraph, list, table row or code block. */
export function renderWindow({ units }: Pick<Window, "units">, n: number): string {
  const blocks = [...new Set(units.map(({ block }) => block))];
  return blocks
    .map((block) =>
      renderBlock(
        block,
        units.filter((scored) => scored.block === block).map(({ unit }) => unit.text),
        n,
      ),
    )
    .join("\n");
}

function renderBlock(block: Block, units: readonly string[], n: number): string {
  switch (block.kind) {
    case "code":
      return `\`\`\`${block.language ?? ""}\n${units.join("\n")}\n\`\`\`\n[${n}]`;
    case "list":
      return `${units.join("\n")} [${n}]`;
    case "table":
      return units.map((row) => `- ${renderRow(block.header ?? [], row)} [${n}]`).join("\n");
    default:
      return `${units.join(" ")} [${n}]`;
  }
}

/** A table row with its header, readable on a phone: "H100 SXM — Memory: 80 GB · Bandwidth: 3.35 TB/s". */
function renderRow(header: readonly string[], row: string): string {
  const [first, ...cells] = row.split(" | ");
  const rest = cells.flatMap((cell, index) => (cell === "" ? [] : [`${header[index + 1] ?? ""}: ${cell}`]));
  return rest.length === 0 ? (first ?? "") : `${first} — ${rest.join(" · ")}`;
}

/** A mark of two digits with the space before it. */
const markLength = " [10]".length;

/**
 * Characters that each unit takes when it is shown, and those that come on top with the first unit of a block
 * in a window. Their sum is never less than the length of what `renderWindow` writes with a mark of two digits.
 */
export function shownLengths(
  scored: readonly ScoredUnit[],
): readonly { readonly own: number; readonly opening: number }[] {
  return scored.map(({ block, unit }) => {
    if (block.kind === "table")
      return {
        own: "- ".length + renderRow(block.header ?? [], unit.text).length + markLength + 1,
        opening: 0,
      };
    const fence = block.kind === "code" ? `\`\`\`${block.language ?? ""}\n\`\`\`\n`.length : 0;
    return { own: unit.text.length + 1, opening: fence + markLength };
  });
}
