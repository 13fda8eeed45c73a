import type { Nodes, Paragraph, PhrasingContent, Root, TableRow } from "mdast";
import { visit } from "unist-util-visit";
import { type InlineText, inlineText } from "../ingest/read/inline.ts";
import { type Span, sentenceSpans } from "../knowledge/sentences.ts";

/** A sentence, or a row of a table, with the footnotes that stand in it or directly after it. */
export interface Statement {
  readonly text: string;
  readonly line: number;
  readonly notes: readonly string[];
  readonly kind: "sentence" | "row";
  /** Of our own making and marked as such, in this sentence or earlier in its paragraph. */
  readonly commentary: boolean;
}

/** Every sentence of the paragraphs and items and every row of the tables below their headers, code left out. */
export function statements(root: Root): Statement[] {
  const found: Statement[] = [];
  visit(root, (node) => {
    if (node.type === "paragraph") found.push(...sentencesOf(node));
    if (node.type === "table") for (const row of node.children.slice(1)) found.push(rowOf(row));
  });
  return found;
}

function sentencesOf(paragraph: Paragraph): Statement[] {
  const { text, lines, notes } = inlineText(withoutCode(paragraph.children));
  let commentary = false;
  return joinLabel(sentenceSpans(text), labelOf(paragraph)).map(({ start, end }) => {
    const sentence = text.slice(start, end);
    commentary ||= /\bCommentary\b/.test(sentence);
    return {
      text: sentence,
      line: lines[start] ?? paragraph.position?.start.line ?? 1,
      notes: notes.filter(({ offset }) => offset > start && offset <= end).map(({ id }) => id),
      kind: "sentence",
      commentary,
    };
  });
}

/** The bold words that open a paragraph or item and name what it is about. */
function labelOf(paragraph: Paragraph): string {
  const [first] = paragraph.children;
  return first?.type === "strong" ? inlineText(first.children).text : "";
}

/** A label that ends like a sentence belongs to the sentence after it. */
function joinLabel(spans: readonly Span[], label: string): readonly Span[] {
  const [first, second, ...rest] = spans;
  const isLabel = first && second && label !== "" && first.end - first.start <= label.length;
  return isLabel ? [{ start: first.start, end: second.end }, ...rest] : spans;
}

function rowOf(row: TableRow): Statement {
  const cells = row.children.map((cell): InlineText => inlineText(withoutCode(cell.children)));
  const text = cells.map((cell) => cell.text).join(" | ");
  return {
    text,
    line: row.position?.start.line ?? 1,
    notes: cells.flatMap(({ notes }) => notes.map(({ id }) => id)),
    kind: "row",
    commentary: /\bCommentary\b/.test(text),
  };
}

/** What stands in code is typed, not claimed: its digits and capitals are no figures and no acronyms. */
function withoutCode(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  const blank = <T extends Nodes>(node: T): T => {
    if (node.type === "inlineCode") return { ...node, value: "code" };
    return "children" in node ? { ...node, children: node.children.map(blank) } : node;
  };
  return nodes.map(blank);
}
