import { codeText } from "./inline.ts";

/** Columns of a monospaced table that a phone shows without wrapping. */
const phoneWidth = 44;
const marks = /\s*\[(\d{1,3})\]/g;

export interface TableText {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A table as Discord can show it, which knows none: aligned in a code block when it is narrow and its rows
 * rest on the same sources (a code block cannot link marks, so they follow below it); otherwise a list, each
 * cell with the name of its column. `line` renders a line of Markdown.
 */
export function tableText({ header, rows }: TableText, line: (text: string) => string): string {
  const plain = [header, ...rows].map((row) => row.map(plainCell));
  const widths = header.map((_, column) => Math.max(...plain.map((row) => lengthOf(row[column] ?? ""))));
  const width = widths.reduce((sum, one) => sum + one + 2, -2);
  const sources = new Set(rows.map((row) => marksOf(row).join("")));
  if (width > phoneWidth || sources.size > 1)
    return rows.map((row) => line(listItem(header, row))).join("\n");
  const [head = [], ...body] = plain.map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((one) => "─".repeat(one)).join("  ");
  const code = codeText([head, rule, ...body].join("\n"));
  const below = line(marksOf(rows[0] ?? []).join(""));
  return `\`\`\`\n${code}\n\`\`\`${below ? `\n${below}` : ""}`;
}

/** "- H100 SXM — Memory: 80 GB · Bandwidth: 3.35 TB/s". */
function listItem(header: readonly string[], [first = "", ...cells]: readonly string[]): string {
  const rest = cells.flatMap((cell, index) => {
    const name = header[index + 1] ?? "";
    return cell === "" ? [] : [name === "" ? cell : `${name}: ${cell}`];
  });
  const title = first === "" ? (header[0] ?? "") : first;
  return `- ${[title, rest.join(" · ")].filter((part) => part !== "").join(" — ")}`;
}

function marksOf(row: readonly string[]): string[] {
  return [...new Set(row.flatMap((cell) => cell.match(marks) ?? []).map((mark) => mark.trim()))];
}

/** A cell without Markdown and marks. */
function plainCell(cell: string): string {
  return cell
    .replace(marks, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\*\*|__|~~|`/g, "")
    .replace(/<br\s*\/?>/gi, " ")
    .trim();
}

function lengthOf(text: string): number {
  return [...text].length;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - lengthOf(text)));
}
