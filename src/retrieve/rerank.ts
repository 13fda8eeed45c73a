import { stemSet, stems } from "../knowledge/analyze.ts";
import { coverage, holding, type Query } from "./query.ts";
import type { Hit } from "./retrieve.ts";
import { weightedSum } from "./weighted-sum.ts";

/** What is compared between the candidates of one question; each 0 to 1. */
interface Signs {
  /** Score of the fusion. */
  readonly fused: number;
  /** Cosine similarity of the passage's nearest sentence. */
  readonly similarity: number;
  /** Cosine similarity of the nearest question that was written for the passage. */
  readonly asked: number;
  /** The same of the second nearest: two people's words for one thing. */
  readonly askedAgain: number;
  /** Balance (F1) of the question's terms and the best of those questions. */
  readonly askedTerms: number;
  /** Share of the question's term weights that the passage's own text holds. */
  readonly text: number;
  /** The same of the title, aliases and tags of its document. */
  readonly names: number;
  /** Balance (F1) of the question's terms and the best single name of the document: the question is about it. */
  readonly subject: number;
  /** The same for the heading of the section. */
  readonly heading: number;
  /** 1 for the passage that opens its document. */
  readonly opening: number;
}

/**
 * Weights of a listwise logistic model (softmax over the candidates of a question, the passages of the right
 * document are right). Fitted on the 1,272 questions of our documents' front matter, with that column left
 * out of the index and the questions of the sections left in. With documents left out in turn, the right one
 * was first for 62.4 instead of 55.1 % (lay words, without the three signs of questions) and for 87.8 instead
 * of 87.6 % (field terms), among three windows for 81.5 instead of 76.0 % and 97.7 instead of 98.3 %.
 */
const weights: Record<keyof Signs, number> = {
  fused: 3.53,
  similarity: 2.19,
  asked: 4.68,
  askedAgain: 3.33,
  askedTerms: 2.33,
  text: 2.36,
  names: 1.53,
  subject: 0.73,
  heading: 1.13,
  opening: 0.58,
};

/**
 * Orders candidates by how well they and their documents fit the whole question, which the search, column
 * by column and sentence by sentence, cannot see. `relevance` is the likelihood relative to the best, 0 to 1.
 */
export function rerank(query: Query, hits: readonly Hit[]): Hit[] {
  const values = hits.map((hit) => weightedSum(weights, signsOf(query, hit)));
  const best = Math.max(...values);
  return hits
    .map((hit, index) => ({ ...hit, relevance: Math.exp((values[index] ?? best) - best) }))
    .sort((a, b) => b.relevance - a.relevance || a.row - b.row);
}

function signsOf(query: Query, { passage, document, score, vector, asked, similar }: Hit): Signs {
  const names = [document.title, ...document.aliases];
  const text = coverage(query.terms, stemSet(passage.text));
  const questions = passage.questions ?? [];
  const likely = expected(vector, text);
  return {
    fused: score,
    similarity: vector,
    asked: questions.length > 0 && similar.size > 0 ? asked[0] : likely.asked,
    askedAgain: questions.length > 1 && similar.size > 0 ? asked[1] : likely.askedAgain,
    askedTerms:
      questions.length > 0
        ? Math.max(...questions.map((question) => balance(query, question)))
        : likely.askedTerms,
    text,
    names: coverage(query.terms, stemSet([...names, ...document.tags].join("\n"))),
    subject: Math.max(0, ...names.map((name) => balance(query, name))),
    heading: balance(query, passage.heading.at(-1) ?? ""),
    opening: passage.position === 0 ? 1 : 0,
  };
}

/**
 * What the questions of a passage would say, had somebody written them: least squares over the candidates of
 * the same questions, so that a document without them is not pushed behind those that have them.
 */
function expected(similarity: number, text: number): Pick<Signs, "asked" | "askedAgain" | "askedTerms"> {
  return {
    asked: 0.3 + 0.35 * similarity + 0.04 * text,
    askedAgain: 0.15 + 0.43 * similarity + 0.02 * text,
    askedTerms: 0.14 + 0.13 * similarity + 0.27 * text,
  };
}

/** Harmonic mean of the share of the question's terms in a name and of the name's stems in the question. */
export function balance({ terms }: Query, name: string): number {
  const held = new Set(stems(name));
  const common = terms.reduce((sum, term) => sum + holding(term, held), 0);
  return common === 0 ? 0 : (2 * common) / (held.size + terms.length);
}
