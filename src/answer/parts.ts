import { terms } from "../knowledge/analyze.ts";

/** More questions in one message are a list to be asked one by one. */
const mostParts = 3;
const asking = "what|whats|how|why|when|where|who|which|does|do|did|is|are|can|could|should|will|would";
/** Where one question ends and the next begins: after a question mark, or at "and how". */
const boundary = new RegExp(
  `\\?+\\s+(?=\\S)|[,;]?\\s+(?:and|also|plus|and also)\\s+(?=(?:${asking})\\b)`,
  "i",
);

/**
 * The questions of one message: "what is the tdp of an H100 and does it need liquid cooling?" asks two.
 * A part that asks for nothing by itself ("thanks!") is left out. The whole, when it is one question.
 */
export function partsOf(message: string): string[] {
  const parts = message
    .split(boundary)
    .map((part) => part.trim().replace(/^(?:and|also|plus)\s+/i, ""))
    .filter((part) => part !== "");
  const questions = parts.filter(
    (part) => new RegExp(`\\b(?:${asking})\\b`, "i").test(part) && terms(part).length > 0,
  );
  return questions.length > 1 && questions.length === parts.length && questions.length <= mostParts
    ? questions
    : [message];
}

const versus =
  /^(?:.*?\b(?:between|compare|comparing|difference of|is|are|should i (?:use|buy|choose|take|pick|rent)|do i (?:use|take|want))\s+)?(.+?)\s+(?:vs\.?|versus|or|compared (?:to|with)|against|and)\s+(.+?)(?:\s+(?:for|in|on|when|if|to)\b.*)?[?.!\s]*$/i;

/** The two sides of a comparison; undefined when the question does not put two short names side by side. */
export function sidesOf(question: string): readonly [string, string] | undefined {
  const [, left = "", right = ""] = versus.exec(question) ?? [];
  const short = (side: string) => {
    const count = terms(side).length;
    return count >= 1 && count <= 4;
  };
  return short(left) && short(right) ? [left, right] : undefined;
}
