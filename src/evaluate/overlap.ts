import type { KnowledgeIndex } from "../index/types.ts";
import { stems } from "../knowledge/analyze.ts";
import type { Passage } from "../knowledge/types.ts";
import { mean } from "./intervals.ts";
import { normalize } from "./measures.ts";
import type { EvalQuestion } from "./questions.ts";

/** Greatest share of a lay question's content words that may be the handbook's own. */
export const mostShared = 0.25;

/**
 * How much of a question's wording the corpus shares: the largest share of its content-word stems that stand
 * in the passage that holds the key, or in one of the `questions` of its document. Undefined when no passage
 * of the question's documents holds a key.
 */
export function sharedWording(
  { question, documents, keys }: EvalQuestion,
  passages: readonly Passage[],
  questionsOf: (document: string) => readonly string[],
): number | undefined {
  const asked = stemsOf(question);
  if (asked.size === 0) return undefined;
  const holding = passages.filter(
    ({ document, text }) =>
      documents.includes(document) &&
      keys.some((alternatives) => alternatives.some((key) => normalize(text).includes(normalize(key)))),
  );
  if (holding.length === 0) return undefined;
  const share = (text: string) => {
    const held = stemsOf(text);
    return [...asked].filter((stem) => held.has(stem)).length / asked.size;
  };
  // Any passage with the key answers: the one in the most different words tells how hard the question is.
  const inPassage = Math.min(...holding.map(({ heading, text }) => share(`${heading.join("\n")}\n${text}`)));
  const inQuestions = Math.max(0, ...documents.flatMap(questionsOf).map(share));
  return Math.max(inPassage, inQuestions);
}

function stemsOf(text: string): Set<string> {
  return new Set(stems(text));
}

/** Wording of the lay questions that the corpus shares, so that nobody need take "lay" on trust. */
export interface Overlap {
  readonly n: number;
  /** Mean of the largest share of each question. */
  readonly mean: number;
  /** Questions above `mostShared`, which are no lay questions in the strict sense. */
  readonly above: readonly string[];
}

/** Measures the shared wording of the lay questions against an index. */
export async function measureOverlap(
  questions: readonly EvalQuestion[],
  index: KnowledgeIndex,
): Promise<Overlap> {
  const lay = questions.filter(({ kind }) => kind === "lay");
  const known = new Map((await index.documents()).map(({ id, questions }) => [id, questions]));
  const rows = Array.from({ length: index.manifest.passages }, (_, row) => row);
  const passages = lay.length === 0 ? [] : (await index.passages(rows)).map(({ passage }) => passage);
  const shares = lay.flatMap((question) => {
    const share = sharedWording(question, passages, (document) => known.get(document) ?? []);
    return share === undefined ? [] : [{ id: question.id, share }];
  });
  return {
    n: shares.length,
    mean: mean(shares.map(({ share }) => share)),
    above: shares.filter(({ share }) => share > mostShared).map(({ id }) => id),
  };
}
