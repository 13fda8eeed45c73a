import type { Answer } from "../knowledge/types.ts";
import { placeOf, renderSources } from "./render.ts";

const help = `:full        the last question again, with whole sections
:sources     the sources of the last answer
:quote N     what source N says, word for word
:help        this list
:quit        leave`;

/** Carries out a command of the terminal chat on the last answer; "quit" ends the chat. */
export function runCommand(line: string, last: Answer | undefined): string {
  const [name, parameter] = line.slice(1).trim().split(/\s+/);
  switch (name) {
    case "quit":
    case "q":
    case "exit":
      return "quit";
    case "help":
      return help;
    case "full":
      return "Ask something first.";
    case "sources":
      return last ? renderSources(last) || "The last answer has no sources." : "Ask something first.";
    case "quote":
      return quote(Number(parameter), last);
    default:
      return `There is no command :${name}.\n${help}`;
  }
}

function quote(n: number, last: Answer | undefined): string {
  if (!last || last.citations.length === 0) return "The last answer has no sources to quote.";
  const citation = last.citations.find((one) => one.n === n);
  if (!citation)
    return `Which one? The last answer has sources ${last.citations.map((one) => one.n).join(", ")}.`;
  return `${placeOf(citation)}\n\n${citation.quote.replace(/^/gm, "  ")}`;
}
