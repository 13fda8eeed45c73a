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
  // Nodes that remark-gfm makes afterwards (addresses written out) have no position: they stand where the last one ended.
  let line = nodes[0]?.position?.start.line ?? 1;
  let lastLine = line;
  /** Name of the script or style element whose content is being passed over. */
  let unread: string | undefined;

  const add = (piece: string) => {
    for (const character of piece) {
      const plain = /\s/.test(character) ? " " : character;
      const repeated = plain === " " && (text === "" || text.endsWith(" "));
      if (!repeated) {
        text += plain;
        for (let unit = 0; unit < plain.length; unit++) lines.push(line);
      }
      // A line end written as a character reference (&#10;) is no line of the file.
      if (character === "\n" && line < lastLine) line++;
    }
  };

  const addWithNotes = (piece: string) => {
    let rest = 0;
    for (const mark of piece.matchAll(footnoteMark)) {
      add(piece.slice(rest, mark.index));
      notes.push({ id: String(mark[1]), offset: text.trimEnd().length });
      rest = mark.index + mark[0].length;
    }
    add(piece.slice(rest));
  };

  const visit = (node: Nodes) => {
    line = node.position?.start.line ?? line;
    lastLine = node.position?.end.line ?? lastLine;
    if (node.type === "html") {
      const [, end, name] = /^<(\/?)(script|style)\b/i.exec(node.value) ?? [];
      if (name) unread = end ? undefined : name;
      if (/^<(br|p|li|td)\b/i.test(node.value)) add(" ");
      return;
    }
    if (unread) return;
    switch (node.type) {
      case "text":
        addWithNotes(node.value.replace(shortcode, (call) => call.replace(/[^\n]/g, "")));
        break;
      case "inlineCode":
        add(node.value);
        break;
      case "break":
        add(" ");
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
