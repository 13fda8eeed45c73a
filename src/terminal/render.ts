import pc from "picocolors";
import type { Answer, Citation, Nearest } from "../knowledge/types.ts";

/** An answer as the terminal shows it: text, numbered sources, notices. Colours follow NO_COLOR. */
export function renderAnswer(answer: Answer): string {
  return [answer.text.replace(/\[(\d+)\]/g, (mark) => pc.cyan(mark)), renderSources(answer)]
    .filter(Boolean)
    .join("\n\n");
}

/** What follows the text: numbered sources, or the closest sections, and notices. */
export function renderSources(answer: Answer): string {
  const parts = [answer.citations.map(sourceLine).join("\n"), answer.nearest.map(nearestLine).join("\n")];
  if (answer.status === "answered") {
    if (answer.incomplete) parts.push(pc.yellow("This answer is incomplete: the model broke off."));
    parts.push(...answer.notices.map((notice) => pc.yellow(notice)));
  }
  return parts.filter(Boolean).join("\n\n");
}

function sourceLine(citation: Citation): string {
  return `${pc.cyan(`[${citation.n}]`)} ${placeOf(citation)}${addressLine(citation.url)}`;
}

function nearestLine(near: Nearest): string {
  return `  ${placeOf(near)}${addressLine(near.url)}`;
}

function addressLine(url: string | null): string {
  return url ? `\n    ${pc.dim(url)}` : "";
}

/** Title, headings, file and lines of a place in the corpus. */
export function placeOf({ title, heading, document, lines }: Omit<Nearest, "url">): string {
  const path = [title, ...heading].join(" › ");
  return `${path} ${pc.dim(`(${document}, lines ${lines[0]}–${lines[1]})`)}`;
}
