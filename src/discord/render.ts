import { MessageFlags } from "discord.js";
import type { Answer, Citation, Nearest } from "../knowledge/types.ts";
import { blocksOf, type TextBlock } from "./blocks.ts";
import { codeText, labelText, type MarkWriter, markdownLine, plainLine } from "./inline.ts";
import { maskedLink, safeUrl } from "./links.ts";
import { messageLimit, split } from "./split.ts";
import { tableText } from "./table.ts";

/** One message as it is sent or edited: never a ping, never a preview. */
export interface Payload {
  readonly content: string;
  readonly allowedMentions: { readonly parse: []; readonly repliedUser: false };
  readonly flags: MessageFlags.SuppressEmbeds;
}

export interface RenderOptions {
  /** Shown above the answer where readers do not see what was asked: a slash command's option is hidden. */
  readonly question?: string | undefined;
}

/** Messages of one answer; a longer one is cut at a message's end and says so. */
const mostMessages = 10;
/** Characters of a source's title and section path, and of a question that is shown again. */
const longestLabel = 150;
const longestQuestion = 300;

/** One message with our settings. Throws RangeError on a text that Discord would refuse: a defect of ours. */
export function payload(content: string): Payload {
  if (content.trim() === "" || content.length > messageLimit) {
    throw new RangeError(`A message of ${content.length} characters cannot be sent.`);
  }
  return { content, allowedMentions: { parse: [], repliedUser: false }, flags: MessageFlags.SuppressEmbeds };
}

/** An answer as messages, in order: text, then sources or the nearest sections, then notices. */
export function renderAnswer(answer: Answer, options: RenderOptions = {}): Payload[] {
  // Marks are links, so that a claim's source is one click away. Addresses count towards Discord's limit,
  // though: where linking every mark takes more messages, only the first mark of each number is a link, and none
  // where the answer would be cut otherwise. The list below links every source in any case.
  const linked = messages(answer, options, "all");
  if (linked.length === 1) return linked.map(payload);
  const sparing = messages(answer, options, "first");
  const fewer = sparing.length < linked.length ? sparing : linked;
  return bounded(fewer.length <= mostMessages ? fewer : messages(answer, options, "none")).map(payload);
}

/** The verified text so far, while the answer is still being written. */
export function renderPartial(text: string, options: RenderOptions = {}): Payload[] {
  const body = renderText(text, "generative", () => undefined);
  if (body === "") return [];
  return bounded(split(join([questionLine(options), body, "-# Still writing…"]))).map(payload);
}

/** A sentence of the bot's own. */
export function renderNotice(text: string): Payload {
  return payload(text);
}

/** Which marks are links. */
type LinkedMarks = "all" | "first" | "none";

function messages(answer: Answer, options: RenderOptions, marks: LinkedMarks): string[] {
  const body = renderText(answer.text, answer.mode, markWriter(answer.citations, marks));
  const parts = [
    questionLine(options),
    body === "" ? "I have no text for this answer." : body,
    answer.nearest.map(nearestLine).join("\n"),
    answer.citations.map(sourceLine).join("\n"),
    noticesOf(answer)
      .map((notice) => `-# ${labelText(notice, 300)}`)
      .join("\n"),
  ];
  return split(join(parts));
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

function bounded(chunks: readonly string[]): string[] {
  if (chunks.length <= mostMessages) return [...chunks];
  return [...chunks.slice(0, mostMessages - 1), "-# The rest of this answer is too long to be posted here."];
}

/** Writes marks as links to their sources: every one, the first of each number, or none. */
function markWriter(citations: readonly Citation[], marks: LinkedMarks): MarkWriter {
  const sources = new Map(citations.map(({ n, url }) => [n, safeUrl(url)]));
  const linked = new Set<number>();
  return (n) => {
    const url = sources.get(n);
    if (url === undefined || marks === "none" || (marks === "first" && linked.has(n))) return undefined;
    linked.add(n);
    return maskedLink(`[${n}]`, url);
  };
}

function renderText(text: string, mode: Answer["mode"], mark: MarkWriter): string {
  const line = (one: string) => (mode === "generative" ? markdownLine(one, mark) : plainLine(one, mark));
  const blocks = blocksOf(text, { tables: mode === "generative" });
  return blocks
    .map((block, index) => {
      // A mark below a code block stays right below it.
      const tight =
        blocks[index - 1]?.kind === "code" && block.kind === "prose" && /^\[/.test(block.lines[0] ?? "");
      return `${index === 0 ? "" : tight ? "\n" : "\n\n"}${renderBlock(block, line)}`;
    })
    .join("")
    .trim();
}

function renderBlock(block: TextBlock, line: (text: string) => string): string {
  switch (block.kind) {
    case "code": {
      // Anything else in its place would be shown as the first line of the code.
      const language = /^[\w+#.-]{1,30}/.exec(block.language)?.[0] ?? "";
      return `\`\`\`${language}\n${block.lines.map(codeText).join("\n")}\n\`\`\``;
    }
    case "table":
      return tableText(block, line);
    case "prose":
      return block.lines.map(line).join("\n");
  }
}

function questionLine({ question }: RenderOptions): string {
  return question === undefined ? "" : `> ${labelText(question, longestQuestion)}`;
}

/** "[1] NVLink › Bandwidth · reviewed 2026-07-01" in small print, the place linked; without an address, the file and lines. */
function sourceLine(citation: Citation): string {
  const reviewed = citation.reviewed ? ` · reviewed ${labelText(citation.reviewed, 20)}` : "";
  return `-# \\[${citation.n}\\] ${placeOf(citation)}${reviewed}`;
}

function nearestLine(section: Nearest): string {
  return `- ${placeOf(section)}`;
}

function placeOf({ title, heading, document, lines, url }: Nearest): string {
  const label = labelText(
    [title, ...heading].filter((part) => part.trim() !== "").join(" › ") || document,
    longestLabel,
  );
  const address = safeUrl(url);
  if (address) return maskedLink(label, address);
  return `${label} (${labelText(document, longestLabel)}, lines ${lines[0]}–${lines[1]})`;
}

function noticesOf(answer: Answer): string[] {
  if (answer.status !== "answered") return [];
  const notices = [...answer.notices];
  if (answer.incomplete)
    notices.push("This answer is incomplete: it broke off, and only its checked beginning is shown.");
  if (answer.dropped > 0) {
    const [what, were] = answer.dropped === 1 ? ["statement", "was"] : ["statements", "were"];
    notices.push(
      `${answer.dropped} ${what} ${were} left out because the sources do not support ${answer.dropped === 1 ? "it" : "them"}.`,
    );
  }
  return notices;
}
