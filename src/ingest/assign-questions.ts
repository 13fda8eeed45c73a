import { stems } from "../knowledge/analyze.ts";
import type { Document, Passage } from "../knowledge/types.ts";

/**
 * Gives each passage the questions that it answers: those written for its section, and those of the whole
 * document that hold most of its words. A heading that the document does not have counts as the document.
 */
export function assignQuestions(
  { questions, sectionQuestions = [] }: Pick<Document, "questions" | "sectionQuestions">,
  passages: readonly Passage[],
): Passage[] {
  if (passages.length === 0 || (questions.length === 0 && sectionQuestions.length === 0))
    return [...passages];
  const assigned = passages.map((): string[] => []);
  const held = passages.map(stemsOf);
  const give = (asked: readonly string[], positions: readonly number[]) => {
    const known = positions.map((position) => held[position] ?? new Set<string>());
    for (const question of asked) assigned[positions[bestMatch(question, known)] ?? 0]?.push(question);
  };
  const all = passages.map((_, position) => position);
  for (const { heading, questions } of sectionQuestions) {
    const own = all.filter((position) => (passages[position]?.heading.at(-1) ?? "") === heading);
    give(questions, own.length > 0 ? own : all);
  }
  give(questions, all);
  return passages.map((passage, position) => {
    const questions = [...new Set(assigned[position])];
    return questions.length > 0 ? { ...passage, questions } : passage;
  });
}

function stemsOf({ heading, text }: Passage): ReadonlySet<string> {
  return new Set(stems(`${heading.join(" ")} ${text}`));
}

/** Position of the passage that holds most of the question's terms; the rarer a term in the document, the more it counts. */
function bestMatch(question: string, known: readonly ReadonlySet<string>[]): number {
  if (known.length === 1) return 0;
  const asked = [...new Set(stems(question))].map((stem) => {
    const count = known.filter((held) => held.has(stem)).length;
    return { stem, weight: Math.log(1 + known.length / (1 + count)) };
  });
  const scores = known.map((held) =>
    asked.reduce((sum, { stem, weight }) => sum + (held.has(stem) ? weight : 0), 0),
  );
  return scores.indexOf(Math.max(...scores));
}
