import type {
  BlockContent,
  DefinitionContent,
  List,
  ListItem,
  Root,
  RootContent,
  Table,
  TableRow,
} from "mdast";
import { sentenceSpans } from "../../knowledge/sentences.ts";
import type { Block, Lines, Unit } from "../../knowledge/types.ts";
import { type InlineText, inlineText } from "./inline.ts";

/** Turns a Markdown tree into the blocks that can be retrieved and quoted, in reading order. */
export function toBlocks(root: Root): Block[] {
  return root.children.flatMap((node) => blocksOf(node));
}

function blocksOf(node: RootContent | BlockContent | DefinitionContent): Block[] {
  const lines = linesOf(node);
  switch (node.type) {
    case "heading": {
      const { text } = inlineText(node.children);
      return text ? [{ kind: "heading", text, lines, depth: node.depth, notes: [], units: [] }] : [];
    }
    case "paragraph":
      return proseBlock("paragraph", inlineText(node.children), lines);
    case "blockquote":
      return node.children.flatMap((child) => blocksOf(child)).map((block) => quoteOf(block));
    case "list":
      return listBlock(node);
    case "table":
      return tableBlock(node);
    case "code":
      return codeBlock(node.value, node.lang ?? undefined, lines);
    case "html":
      return htmlBlock(node.value, lines);
    default:
      return [];
  }
}

function linesOf(node: { position?: { start: { line: number }; end: { line: number } } | undefined }): Lines {
  return [node.position?.start.line ?? 1, node.position?.end.line ?? 1];
}

function proseBlock(kind: "paragraph" | "list", inline: InlineText, lines: Lines): Block[] {
  // Directive fences of site generators (":::note") are marks, not prose.
  if (/^:::\s*\w*$/.test(inline.text) || inline.text === "") return [];
  const units = sentenceSpans(inline.text).map(({ start, end }): Unit => {
    const notes = inline.notes.filter(({ offset }) => offset > start && offset <= end).map(({ id }) => id);
    return {
      text: inline.text.slice(start, end),
      lines: [inline.lines[start] ?? lines[0], inline.lines[end - 1] ?? lines[1]],
      notes,
    };
  });
  return [{ kind, text: inline.text, lines, notes: inline.notes.map(({ id }) => id), units }];
}

function quoteOf(block: Block): Block {
  return block.kind === "paragraph" ? { ...block, kind: "quote" } : block;
}

/** A list is one block and each item one unit; code, tables and paragraphs inside an item stay with it. */
function listBlock(list: List): Block[] {
  const units = list.children.flatMap((item, index) => itemUnits(item, marker(list, index), 0));
  if (units.length === 0) return [];
  return [
    {
      kind: "list",
      text: units.map(({ text }) => text).join("\n"),
      lines: linesOf(list),
      notes: units.flatMap(({ notes }) => notes),
      units,
    },
  ];
}

/** An item, then the items nested in it; what an item says after its nested list is a unit after those. */
function itemUnits(item: ListItem, mark: string, depth: number): Unit[] {
  const units: Unit[] = [];
  let own: Block[] = [];
  const lead = `${"  ".repeat(depth)}${mark} `;
  const close = () => {
    if (own.length === 0) return;
    const first = units.length === 0;
    units.push({
      text: `${first ? lead : " ".repeat(lead.length)}${own.map(({ text }) => text).join("\n")}`,
      lines: [first ? linesOf(item)[0] : (own[0]?.lines[0] ?? 1), own.at(-1)?.lines[1] ?? 1],
      notes: own.flatMap(({ notes }) => notes),
    });
    own = [];
  };
  for (const child of item.children) {
    if (child.type === "list") {
      close();
      units.push(
        ...child.children.flatMap((inner, index) => itemUnits(inner, marker(child, index), depth + 1)),
      );
    } else {
      own.push(...blocksOf(child));
    }
  }
  close();
  return units;
}

function marker(list: List, index: number): string {
  return list.ordered ? `${(list.start ?? 1) + index}.` : "-";
}

function tableBlock(table: Table): Block[] {
  const [head, ...body] = table.children;
  if (!head) return [];
  const header = cells(head).map(({ text }) => text);
  const units = body.map((row): Unit => {
    const inlines = cells(row);
    return {
      text: rowText(inlines),
      lines: linesOf(row),
      notes: inlines.flatMap(({ notes }) => notes.map(({ id }) => id)),
    };
  });
  return [
    {
      kind: "table",
      text: [header.join(" | "), ...units.map(({ text }) => text)].join("\n"),
      lines: linesOf(table),
      notes: units.flatMap(({ notes }) => notes),
      units,
      header,
    },
  ];
}

/** Cells joined by bars; a last cell that held only a footnote leaves nothing. */
function rowText(inlines: readonly InlineText[]): string {
  return inlines
    .map(({ text }) => text)
    .join(" | ")
    .replace(/(\s*\|\s*)+$/, "");
}

function cells(row: TableRow): InlineText[] {
  return row.children.map((cell) => inlineText(cell.children));
}

function codeBlock(value: string, language: string | undefined, lines: Lines): Block[] {
  if (value.trim() === "") return [];
  const unit: Unit = { text: value, lines, notes: [] };
  return [{ kind: "code", text: value, lines, notes: [], units: [unit], ...(language ? { language } : {}) }];
}

/** Text between HTML tags is prose; comments, scripts and styles are not shown to readers and so not read. */
function htmlBlock(value: string, lines: Lines): Block[] {
  const text = value
    .replace(/<!--[\s\S]*?(-->|$)/g, " ")
    .replace(/<(script|style)\b[\s\S]*?(<\/\1\s*>|$)/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (text === "") return [];
  const units = sentenceSpans(text).map(
    ({ start, end }): Unit => ({ text: text.slice(start, end), lines, notes: [] }),
  );
  return [{ kind: "paragraph", text, lines, notes: [], units }];
}
