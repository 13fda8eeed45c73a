import type { Nodes, PhrasingContent } from "mdast";

/** Plain text of inline Markdown, with the source line of every character and the footnotes it refers to. */
export interface InlineText {
  readonly text: string;
  /** Source line of each UTF-16 unit of `text`. */
  readonly lines: readonly number[];
  /** Footnote ids with the offset in `text` at which they stood. */
  readonly notes: readonly { readonly id: string; readonly offset: number }[];
}

/** `[^id]` as written; our own documents define footnotes in the front matter, so that Markdown leaves it as text. */
const footnoteMark = /\[\^([^\]\s]+)\]/g;
/** Template calls of site generators (Hugo, Jekyll) that mean nothing to a reader. */
const shortcode = /\{\{[<%][^}]*[%>]\}\}|\{%[^%]*%\}/g;

/** Flattens inline nodes to plain text: emphasis, links and code keep their words; footnotes, HTML and images do not stay. */
export function inlineText(nodes: readonly PhrasingContent[]): InlineText {
  let text = "";
  const lines: number[] = [];
  const notes: { id: string; offset: number }[] = [];

  const add = (piece: string, startLine: number) => {
    let line = startLine;
    for (const character of piece) {
      const plain = /\s/.test(character) ? " " : character;
      const repeated = plain === " " && (text === "" || text.endsWith(" "));
      if (!repeated) {
        text += plain;
        for (let unit = 0; unit < plain.length; unit++) lines.push(line);
      }
      if (character === "\n") line++;
    }
  };

  const addWithNotes = (piece: string, startLine: number) => {
    let line = startLine;
    let rest = 0;
    for (const mark of piece.matchAll(footnoteMark)) {
      const before = piece.slice(rest, mark.index);
      add(before, line);
      line += before.split("\n").length - 1;
      notes.push({ id: String(mark[1]), offset: text.trimEnd().length });
      rest = mark.index + mark[0].length;
    }
    add(piece.slice(rest), line);
  };

  const visit = (node: Nodes) => {
    const line = node.position?.start.line ?? 1;
    switch (node.type) {
      case "text":
        addWithNotes(node.value.replace(shortcode, ""), line);
        break;
      case "inlineCode":
        add(node.value, line);
        break;
      case "break":
        add(" ", line);
        break;
      case "image":
      case "imageReference":
        break;
      case "html":
        if (/^<(br|p|li|td)\b/i.test(node.value)) add(" ", line);
        break;
      case "footnoteReference":
        notes.push({ id: node.label ?? node.identifier, offset: text.trimEnd().length });
        break;
      default:
        if ("children" in node) for (const child of node.children) visit(child);
    }
  };
  for (const node of nodes) visit(node);

  const trimmed = text.trimEnd();
  return { text: trimmed, lines: lines.slice(0, trimmed.length), notes };
}
