import { cellsOf, delimiter, fence, item, proseExtent, rule, structural, undecided } from "./blocks-lines.ts";
import { citedNumbers, onlyMarks } from "./blocks-marks.ts";
import { type Prose, splitProse } from "./blocks-prose.ts";

export type ClaimKind = "sentence" | "row" | "code";

/** The smallest thing that is verified: a sentence (of a paragraph or list item), a table row, a code block. */
export interface ClaimBlock {
  readonly kind: ClaimKind;
  /** As written, citation marks included; rows: cells joined by " | "; code: without its fence. */
  readonly text: string;
  /** Passages that it cites. */
  readonly cited: readonly number[];
  /** Number of the paragraph, list item, row or code block that it belongs to. */
  readonly group: number;
  /** "- " or "1. " with its indent when it belongs to a list item. */
  readonly marker?: string;
  /** Header cells of its table. */
  readonly header?: readonly string[];
  readonly language?: string;
}

export interface BlockSplitter {
  /** Takes the next piece of the stream and returns the blocks that it completed. */
  push(piece: string): ClaimBlock[];
  /** Ends the text. A text that was cut off (`whole` false) loses what is not surely complete. */
  end(whole?: boolean): ClaimBlock[];
}

/**
 * Splits streamed Markdown into blocks. However the stream is cut, the blocks are the same: a block is
 * given out only when no text that may follow can change it. Headings and rules are left out.
 */
export function blockSplitter(): BlockSplitter {
  let rest = "";
  let group = 0;
  let open: { group: number; marker?: string } | undefined;
  let header: readonly string[] | undefined;
  let pendingRow: string | undefined;
  let pendingCode: ClaimBlock | undefined;
  let lastCited: readonly number[] = [];

  /** Takes the first line off `rest`; undefined when it has not come to its end. */
  const takeLine = (ended: boolean): string | undefined => {
    const at = rest.indexOf("\n");
    if (at < 0 && !ended) return undefined;
    const line = at < 0 ? rest : rest.slice(0, at);
    rest = at < 0 ? "" : rest.slice(at + 1);
    return line;
  };

  const row = (line: string, ended: boolean, complete: boolean): ClaimBlock[] | undefined => {
    if (takeLine(ended) === undefined) return undefined;
    if (!complete) return [];
    if (delimiter.test(line)) {
      if (pendingRow !== undefined) header = cellsOf(pendingRow);
      pendingRow = undefined;
      return [];
    }
    const made = [...flushRow()];
    // The first row may turn out to be the header.
    if (header) made.push(rowBlock(line));
    else pendingRow = line;
    return made;
  };
  const rowBlock = (line: string): ClaimBlock => ({
    kind: "row",
    text: cellsOf(line).join(" | "),
    cited: citedNumbers(line),
    group: ++group,
    ...(header ? { header } : {}),
  });
  const flushRow = (): ClaimBlock[] => {
    const line = pendingRow;
    pendingRow = undefined;
    return line === undefined ? [] : [rowBlock(line)];
  };
  /** A code block without marks of its own rests on what the sentence before it cites. */
  const flushCode = (marks?: string): ClaimBlock[] => {
    const code = pendingCode;
    pendingCode = undefined;
    return code ? [{ ...code, cited: marks ? citedNumbers(marks) : lastCited }] : [];
  };

  const code = (opening: RegExpExecArray, ended: boolean, whole: boolean): ClaimBlock[] | undefined => {
    const [, mark = "```", language = ""] = opening;
    const lines = rest.split("\n").slice(1);
    const close = lines.findIndex(
      (line) => line.trim().startsWith(mark) && line.trim().replace(/[`~]/g, "") === "",
    );
    const closed = close >= 0 && (close < lines.length - 1 || ended);
    if (!closed && !ended) return undefined;
    const body = close < 0 ? lines : lines.slice(0, close);
    rest = close < 0 ? "" : lines.slice(close + 1).join("\n");
    if (!whole && close < 0) return [];
    pendingCode = {
      kind: "code",
      text: body.join("\n"),
      cited: [],
      group: ++group,
      ...(language ? { language } : {}),
    };
    return [];
  };

  const prose = (ended: boolean, whole: boolean): ClaimBlock[] | undefined => {
    const extent = proseExtent(rest, ended);
    const { sentences, taken }: Prose = splitProse(
      rest.slice(0, extent.end),
      extent.closed,
      whole || !ended || extent.end < rest.length,
    );
    const current = open ?? { group: ++group };
    open = extent.closed ? undefined : current;
    rest = rest.slice(extent.closed ? extent.end : taken);
    const blocks = sentences.map((text): ClaimBlock => {
      const cited = citedNumbers(text);
      return {
        kind: "sentence",
        text,
        cited,
        group: current.group,
        ...(current.marker === undefined ? {} : { marker: current.marker }),
      };
    });
    return blocks.length > 0 || extent.closed ? blocks : undefined;
  };

  /** Takes one thing off `rest`; undefined when more text is needed. */
  const step = (ended: boolean, whole: boolean): ClaimBlock[] | undefined => {
    if (rest === "") return undefined;
    if (open) return prose(ended, whole);
    const at = rest.indexOf("\n");
    const line = at < 0 ? rest : rest.slice(0, at);
    const lineEnded = at >= 0 || ended;
    if (line.trim() === "") {
      if (!lineEnded) return undefined;
      takeLine(ended);
      // A row never belongs to a header above an empty line.
      if (pendingRow === undefined && !header) return [];
      const made = flushRow();
      header = undefined;
      return made;
    }
    if (!lineEnded && (undecided.test(line) || structural.test(line))) return undefined;
    if (pendingCode) {
      if (/^\s*[[【]/.test(line)) {
        if (!lineEnded) return undefined;
        if (onlyMarks(line)) {
          takeLine(ended);
          return flushCode(line);
        }
      }
      return flushCode();
    }
    const opening = fence.exec(line);
    if (!/^\s*\|/.test(line) && (pendingRow !== undefined || header)) {
      const made = flushRow();
      header = undefined;
      return made;
    }
    if (opening && lineEnded) return code(opening, ended, whole);
    if (/^\s*\|/.test(line)) return row(line, ended, whole || at >= 0);
    if (lineEnded && rule.test(line)) return takeLine(ended) === undefined ? undefined : [];
    if (/^\s*#{1,6}(?:\s|$)/.test(line)) return takeLine(ended) === undefined ? undefined : [];
    const marked = item.exec(line);
    group++;
    open = marked ? { group, marker: `${marked[1]}${marked[2]} ` } : { group };
    if (marked) rest = rest.slice(marked[0].length);
    return [];
  };

  const run = (ended: boolean, whole: boolean): ClaimBlock[] => {
    const made: ClaimBlock[] = [];
    for (;;) {
      const blocks = step(ended, whole);
      if (!blocks) break;
      for (const block of blocks) {
        if (block.cited.length > 0) lastCited = block.cited;
        made.push(block);
      }
    }
    return made;
  };

  return {
    push(piece) {
      rest += piece.replaceAll("\r", "");
      return run(false, true);
    },
    end(whole = true) {
      const made = run(true, whole);
      return [...made, ...(whole ? flushRow() : []), ...flushCode()];
    },
  };
}
