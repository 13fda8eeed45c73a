import type { ChatBody, Replier } from "./chat.ts";

/**
 * A stand-in for a chat model that composes instead of understanding, for runs that need no real one. It
 * - answers with up to three sentences of the given passages that share most words with the question, each with
 *   the number of its passage, or NO_EVIDENCE when none shares two words; of a question that `rewordings` lists it
 *   also knows those words;
 * - plants a fault in every fourth sentence: in turn a changed figure, a wrong citation, an invented addition;
 * - writes every sixth answer as chatter without citations;
 * - repairs every first refused sentence with the passage's own, and drops every second and what no passage is near;
 * - rewords only what `rewordings` lists, by a stretch of the question, and breaks the form in every third reply.
 * The same requests in the same order bring the same replies.
 */
export function composingReplier(rewordings: Readonly<Record<string, string>> = {}): Replier {
  const plant = plantFaults();
  let answers = 0;
  let rewrites = 0;
  return (body) => {
    const [system = "", user = ""] = [body.messages[0]?.content, body.messages.at(-1)?.content];
    if (system.startsWith("You prepare searches")) return reword(user, rewordings, ++rewrites);
    if (user.includes("Rewrite each so that")) return repair(body);
    if (++answers % 6 === 0) return "Good question! In general it depends on many things, so plan with care.";
    const chosen = choose(user, rewordings);
    return chosen.length === 0 ? "NO_EVIDENCE" : chosen.map(plant).join(" ");
  };
}

interface Sentence {
  readonly text: string;
  readonly passage: number;
}

const changes: readonly ((sentence: Sentence) => string)[] = [
  ({ text, passage }) =>
    written(
      text.replace(/\d+/, (digits) => String(Number(digits) + 7)),
      passage,
    ),
  ({ text, passage }) => written(text, passage + 20),
  ({ text, passage }) => `${written(text, passage)} ${written("It was paid for with 4,999 zlotys", passage)}`,
];

function plantFaults(): (sentence: Sentence) => string {
  let sentences = 0;
  let planted = 0;
  return (sentence) => {
    const change = ++sentences % 4 === 0 ? changes[planted++ % changes.length] : undefined;
    return change ? change(sentence) : written(sentence.text, sentence.passage);
  };
}

function written(text: string, passage: number): string {
  return `${text.replace(/[.!?]$/, "")} [${passage}].`;
}

function choose(user: string, rewordings: Readonly<Record<string, string>>): Sentence[] {
  const [, question = ""] = /Question: ([^\n]*)/.exec(user) ?? [];
  const asked = content(`${question} ${known(question, rewordings) ?? ""}`);
  return sentencesIn(user)
    .map((sentence) => ({ sentence, shared: shared(content(sentence.text), asked) }))
    .filter(({ shared }) => shared > 1)
    .sort((a, b) => b.shared - a.shared)
    .slice(0, 3)
    .map(({ sentence }) => sentence);
}

/** The sentences between the tags, each with the number of its passage; headings are left out. */
function sentencesIn(user: string): Sentence[] {
  const [, passages = ""] = /<passages>\n([\s\S]*?)\n<\/passages>/.exec(user) ?? [];
  return passages.split(/\n\n(?=\[\d+\])/).flatMap((part) => {
    const [head = "", ...lines] = part.split("\n");
    const passage = Number(/^\[(\d+)\]/.exec(head)?.[1]);
    return lines
      .join(" ")
      .split(/(?<=[.!?])\s+/)
      .filter((text) => text !== "")
      .map((text) => ({ text, passage }));
  });
}

function repair({ messages }: ChatBody): string {
  const user = messages.at(-1)?.content ?? "";
  const refused = [...user.matchAll(/^(\d+)\. (.*)\n {3}Problem:/gm)];
  return refused
    .map(([, number, text = ""], position) => {
      const words = content(text);
      const [best] = sentencesIn(user).sort(
        (a, b) => shared(content(b.text), words) - shared(content(a.text), words),
      );
      const kept = position % 2 === 0 && best !== undefined && shared(content(best.text), words) > 1;
      return kept ? `${number}. ${written(best.text, best.passage)}` : `${number}. DROP`;
    })
    .join("\n");
}

function reword(user: string, rewordings: Readonly<Record<string, string>>, calls: number): string {
  if (calls % 3 === 0) return "Sure! What exactly would you like to know?";
  const reworded = known(user, rewordings);
  return reworded === undefined ? "SAME" : `REWORD: ${reworded}`;
}

function known(text: string, rewordings: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(rewordings).find(([stretch]) => text.includes(stretch))?.[1];
}

function content(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[\p{L}\p{N}.]+/gu) ?? []).filter((word) => word.length > 3));
}

function shared(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  return [...one].filter((word) => other.has(word)).length;
}
