import { blocksOf } from "./blocks.ts";

/** Discord's limit of characters in one message; its unit is at most ours (UTF-16 code units). */
export const messageLimit = 2_000;

/** A break is made at a sentence's end when that leaves at least this share of the message filled. */
const sentenceShare = 0.6;
/** Prose that does not fit goes on in the open message when at least this share of it is free. */
const worthFilling = 0.4;
/** A line shorter than this share of a message (a list item, a source) is not broken, nor is a quotation. */
const shortLine = 0.25;
/** Characters looked at beyond the room: longer than any link that we write. */
const lookAhead = 1_200;

/** A link, an address, a code span or bold words stay in one piece, and so does any run without a space. */
const piece =
  /(?:\[(?:\\.|\[[^\][\n]*\]|[^\][\\\n])*\]\(<[^>\n]*>\)|<https?:[^>\s]*>|(`+)(?!`)[^\n]*?[^`]\1(?!`)|\*\*[^*\n]{1,300}\*\*|\\.|[^\s])+/g;
/** A citation mark does not begin a message: it belongs to the words before it. */
const onlyMark = /^(?:\[\[\d+\]\]\(<[^>]*>\)|\\\[\d+\\\])[.,;:]?$/;

/**
 * Splits rendered Discord Markdown into messages of at most `limit` characters. No word, link or code span is
 * cut unless it alone is longer than a message; a code block stays whole when it fits into one message and is
 * otherwise closed and opened again with its language. No text is lost but white space at the breaks.
 */
export function split(text: string, limit: number = messageLimit): string[] {
  const chunks: string[] = [];
  let open = "";
  const flush = () => {
    if (open.trim() !== "") chunks.push(open.trimEnd());
    open = "";
  };
  const room = (separator: string) => limit - open.length - (open === "" ? 0 : separator.length);
  const append = (part: string, separator: string) => {
    if (part.length > room(separator)) flush();
    open += (open === "" ? "" : separator) + part;
  };

  let after = "";
  for (const block of segments(text)) {
    const separator = block.tight ? "\n" : after;
    after = "\n\n";
    if (block.kind === "code") {
      const whole = fenced(block.language, block.lines);
      const parts = whole.length <= limit ? [whole] : codeParts(block.language, block.lines, limit);
      for (const part of parts) append(part, separator);
      continue;
    }
    const whole = block.lines.join("\n");
    if (whole.length <= room(separator)) append(whole, separator);
    else if (whole.length <= limit && room(separator) < limit * worthFilling) append(whole, separator);
    else for (const [index, line] of block.lines.entries()) appendLine(line, index === 0 ? separator : "\n");
  }
  flush();
  return chunks;

  function appendLine(line: string, separator: string): void {
    const prefix = /^(?:> |-# )/.exec(line)?.[0] ?? "";
    let rest = line;
    let between = separator;
    while (rest.length > room(between)) {
      const short = prefix !== "" || rest.length < limit * shortLine || room(between) < limit * worthFilling;
      const whole = rest.length <= limit && short && open !== "";
      const end = whole ? 0 : breakAt(rest, room(between));
      if (end <= prefix.length && open !== "") {
        flush();
        continue;
      }
      const cut = end > prefix.length ? end : hardBreak(rest, limit);
      append(rest.slice(0, cut).trimEnd(), between);
      flush();
      rest = prefix + rest.slice(cut).trimStart();
      between = "\n";
    }
    if (rest.trim() !== "") append(rest, between);
  }
}

type Segment =
  | {
      readonly kind: "code";
      readonly language: string;
      readonly lines: readonly string[];
      readonly tight: boolean;
    }
  | { readonly kind: "prose"; readonly lines: readonly string[]; readonly tight: boolean };

/** Blocks of a text; a line of marks right below a code block stays there. */
function segments(text: string): Segment[] {
  return blocksOf(text, { tables: false }).flatMap((block, index, all): Segment[] => {
    if (block.kind === "table") return [];
    const marksBelow = all[index - 1]?.kind === "code" && /^(?:\\?\[)/.test(block.lines[0] ?? "");
    return [{ ...block, tight: block.kind === "prose" && marksBelow }];
  });
}

function fenced(language: string, lines: readonly string[]): string {
  return `\`\`\`${language}\n${lines.join("\n")}\n\`\`\``;
}

/** A code block longer than a message, in blocks that are not. */
function codeParts(language: string, lines: readonly string[], limit: number): string[] {
  const room = limit - fenced(language, [""]).length;
  const parts: string[] = [];
  let part: string[] = [];
  let length = 0;
  for (const line of lines.flatMap((one) => codeLines(one, room))) {
    if (part.length > 0 && length + 1 + line.length > room) {
      parts.push(fenced(language, part));
      part = [];
      length = 0;
    }
    length += line.length + (part.length > 0 ? 1 : 0);
    part.push(line);
  }
  if (part.length > 0) parts.push(fenced(language, part));
  return parts;
}

function codeLines(line: string, room: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > room) {
    const space = rest.lastIndexOf(" ", room - 1) + 1;
    const cut = space > 0 ? space : hardBreak(rest, room);
    lines.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...lines, rest];
}

/** Where a line is best broken within `room` characters; 0 when its first piece is longer. */
function breakAt(line: string, room: number): number {
  const pieces = [...line.slice(0, room + lookAhead).matchAll(piece)];
  let best = 0;
  let sentence = 0;
  for (const [index, { 0: found, index: start }] of pieces.entries()) {
    const end = start + found.length;
    if (end > room) break;
    const next = pieces[index + 1]?.[0];
    if (next !== undefined && onlyMark.test(next)) continue;
    best = end;
    if (/[.!?…][)"'”’]?$/.test(found) || onlyMark.test(found)) sentence = end;
  }
  return sentence >= room * sentenceShare ? sentence : best;
}

/** Where a piece that is longer than a message is cut: not inside a character, nor after an escaping backslash. */
function hardBreak(text: string, room: number): number {
  let cut = Math.min(room, text.length);
  if (/[\uD800-\uDBFF]/.test(text.charAt(cut - 1)) && cut > 1) cut--;
  if (text.charAt(cut - 1) === "\\" && text.charAt(cut - 2) !== "\\" && cut > 1) cut--;
  return cut;
}
