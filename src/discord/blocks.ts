/** A stretch of an answer's Markdown: a code block, a GFM table, or lines of anything else. */
export type TextBlock =
  | { readonly kind: "code"; readonly language: string; readonly lines: readonly string[] }
  | {
      readonly kind: "table";
      readonly header: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: "prose"; readonly lines: readonly string[] };

const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$/;
const delimiterRow = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * Cuts Markdown into blocks. Prose blocks end at blank lines; a code block that is never closed (a text that
 * is still arriving) ends with the text. Tables are looked for only when asked: plain text has none.
 */
export function blocksOf(text: string, { tables }: { readonly tables: boolean }): TextBlock[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: TextBlock[] = [];
  let prose: string[] = [];
  const endProse = () => {
    if (prose.length > 0) blocks.push({ kind: "prose", lines: prose });
    prose = [];
  };
  for (let position = 0; position < lines.length; position++) {
    const line = lines[position] ?? "";
    const opened = fence.exec(line);
    if (opened) {
      endProse();
      const end = closingFence(lines, position + 1, opened[1] ?? "```");
      const indent = /^ */.exec(line)?.[0].length ?? 0;
      const code = lines.slice(position + 1, end).map((one) => outdented(one, indent));
      if (code.some((one) => one.trim() !== ""))
        blocks.push({ kind: "code", language: (opened[2] ?? "").trim(), lines: code });
      position = end;
    } else if (line.trim() === "") {
      endProse();
    } else if (tables && line.includes("|") && isTable(line, lines[position + 1])) {
      endProse();
      const end = endOfTable(lines, position + 2);
      const header = cellsOf(line);
      const rows = lines.slice(position + 2, end).map((row) => sized(cellsOf(row), header.length));
      blocks.push({ kind: "table", header, rows });
      position = end - 1;
    } else {
      prose.push(line);
    }
  }
  endProse();
  return blocks;
}

/** The line that closes a code block: the same mark, at least as long as the opening one; else the text's end. */
function closingFence(lines: readonly string[], from: number, opening: string): number {
  for (let position = from; position < lines.length; position++) {
    const line = (lines[position] ?? "").trim();
    if (line.length >= opening.length && line === (opening[0] ?? "`").repeat(line.length)) return position;
  }
  return lines.length;
}

function outdented(line: string, indent: number): string {
  const own = /^ */.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(own, indent));
}

function isTable(header: string, delimiter: string | undefined): boolean {
  if (delimiter === undefined || !delimiter.includes("-") || !delimiterRow.test(delimiter)) return false;
  return delimiter.includes("|") && cellsOf(header).length === cellsOf(delimiter).length;
}

function endOfTable(lines: readonly string[], from: number): number {
  let position = from;
  while (position < lines.length && (lines[position] ?? "").includes("|")) position++;
  return position;
}

/** The cells of a row: bars that are escaped or inside a code span do not part cells. */
function cellsOf(row: string): string[] {
  const inner = row
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  const cells = inner.match(/(?:`[^`]*`|\\.|[^|])+|(?<=\|)(?=\|)|^(?=\|)|(?<=\|)$/g) ?? [inner];
  return cells.map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function sized(cells: readonly string[], columns: number): string[] {
  return Array.from({ length: columns }, (_, index) => cells[index] ?? "");
}
