import pc from "picocolors";
import type { Answer, Citation, Nearest } from "../knowledge/types.ts";

/** An answer as the terminal shows it: text, numbered sources, notices. Colours follow NO_COLOR. */
export function renderAnswer(answer: Answer): string {
  const parts = [answer.text.replace(/\[(\d+)\]/g, (mark) => pc.cyan(mark))];
  if (answer.citations.length > 0) parts.push(answer.citations.map(sourceLine).join("\n"));
  if (answer.nearest.length > 0) parts.push(answer.nearest.map(nearestLine).join("\n"));
  if (answer.status === "answered") {
    const notices = [...answer.notices];
    if (answer.incomplete) notices.push("This answer is incomplete: the model broke off.");
    if (notices.length > 0) parts.push(notices.map((notice) => pc.yellow(notice)).join("\n"));
  }
  return parts.join("\n\n");
}

/** One source as a line: number, title, section, lines, address. */
export function sourceLine({ n, url, ...place }: Citation): string {
  return `${pc.cyan(`[${n}]`)} ${placeOf(place)}${url ? `\n    ${pc.dim(url)}` : ""}`;
}

function nearestLine({ url, ...place }: Nearest): string {
  return `  ${placeOf(place)}${url ? `\n    ${pc.dim(url)}` : ""}`;
}

function placeOf({ title, heading, document, lines }: Omit<Nearest, "url">): string {
  const path = [title, ...heading].join(" › ");
  return `${path} ${pc.dim(`(${document}, lines ${lines[0]}–${lines[1]})`)}`;
}
