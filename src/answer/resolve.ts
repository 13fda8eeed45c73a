import { isStopWord, words } from "../knowledge/analyze.ts";
import type { Turn } from "../knowledge/types.ts";

/** Openings that continue what was asked before. */
const continues =
  /^\s*(?:and|but|or|so|also|what about|how about|why|why not|how so|how come|then|ok(?:ay)?(?: and| but| so)?|same for|really|which one|for example|like what|more|go on|since when|in what|by how much)\b/i;
/** Words that stand for something said before. */
const pointsBack =
  /\b(?:it|its|it's|that|this|these|those|they|them|their|one|ones|he|his|him|she|her|there|the same|the other|both|former|latter)\b/i;
/** A question of at most this many content words may live on the one before it. */
const shortQuestion = 3;

/**
 * Makes a follow-up readable alone from the conversation: "and on the H200?" after "how much memory does
 * the H100 have?" becomes "how much memory does the H200 have?"; otherwise the earlier question is put
 * before it. Other questions come back unchanged.
 */
export function resolve(question: string, history: readonly Turn[]): string {
  const earlier = standaloneQuestion(history);
  if (!earlier || !isFollowUp(question)) return question;
  return substitute(question, earlier) ?? `${earlier.replace(/[\s?.!]+$/, "")}: ${question}`;
}

function isFollowUp(question: string): boolean {
  const content = contentWords(question);
  if (continues.test(question) && content.length <= 6) return true;
  return pointsBack.test(question) && content.length <= shortQuestion;
}

/** The member's last question, itself resolved when it was a follow-up. */
function standaloneQuestion(history: readonly Turn[]): string | undefined {
  const asked = history.filter(({ role }) => role === "user").map(({ content }) => content);
  const last = asked.at(-1);
  if (last === undefined) return undefined;
  const before = asked.slice(0, -1).slice(-4);
  return isFollowUp(last)
    ? resolve(
        last,
        before.map((content) => ({ role: "user", content })),
      )
    : last;
}

/** Puts the one name of a short follow-up in place of the name of the same sort: models for models. */
function substitute(question: string, earlier: string): string | undefined {
  const names = contentWords(question);
  const [name] = names;
  if (names.length !== 1 || name === undefined) return undefined;
  const pattern = shapeOf(name);
  if (!pattern) return undefined;
  const places = [...earlier.matchAll(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu)].filter(
    ([word]) => shapeOf(word.toLowerCase()) === pattern && word.toLowerCase() !== name,
  );
  const [place] = places;
  if (places.length !== 1 || !place) return undefined;
  const written = question.match(new RegExp(`[\\p{L}\\p{N}-]*${name}`, "iu"))?.[0] ?? name;
  return earlier.slice(0, place.index) + written + earlier.slice(place.index + place[0].length);
}

/** "h100" and "h200" are names of one shape, letters before a number. */
function shapeOf(word: string): string | undefined {
  const match = /^(\p{L}+)\p{N}+\p{L}*$/u.exec(word);
  return match ? "letters-number" : undefined;
}

function contentWords(text: string): string[] {
  return words(text).filter((word) => !isStopWord(word));
}
