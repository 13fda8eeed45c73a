export const fence = /^(?: {0,3}|\s*)(```+|~~~+)\s*([\w+#.-]*)[^\n]*$/;
export const item = /^(\s*)([-*+•]|\d{1,3}[.)])\s+(?=\S)/;
export const structural = /^\s*(?:#{1,6}(?:\s|$)|```|~~~|\|)/;
export const rule = /^\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$/;
export const delimiter = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*\|?\s*$/;
/** The beginning of a line whose kind is not yet known. */
export const undecided = /^\s*(?:[-*+•_=]*|\d{1,3}[.)]?|#{1,6}|`{1,2}|~{1,2}|(?:[-*+•]|\d{1,3}[.)])\s+)$/;

/** How far the paragraph or list item at the start of a text reaches, and whether its end was seen. */
export function proseExtent(text: string, ended: boolean): { end: number; closed: boolean } {
  let at = text.indexOf("\n");
  while (at >= 0) {
    const start = at + 1;
    const next = text.indexOf("\n", start);
    const line = next < 0 ? text.slice(start) : text.slice(start, next);
    const lineEnded = next >= 0 || ended;
    if (lineEnded && line.trim() === "") return { end: start, closed: true };
    if (structural.test(line) || item.test(line) || (lineEnded && rule.test(line)))
      return { end: start, closed: true };
    if (!lineEnded && (line.trim() === "" || undecided.test(line))) return { end: start, closed: false };
    at = next;
  }
  return { end: text.length, closed: ended };
}

export function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}
