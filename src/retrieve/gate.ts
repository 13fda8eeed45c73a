import { stems } from "./analyze.ts";
import type { Query } from "./query.ts";
import type { Hit } from "./retrieve.ts";

/** What separates answerable from not; the fused score cannot (min–max puts a 1 on every query). */
export interface Evidence {
  /** Share of the question's term weights that the best of the first three passages holds, 0 to 1. */
  readonly coverage: number;
  /** BM25 of the best passage over the sum of the term weights. */
  readonly strength: number;
  /** Cosine similarity of the nearest embedded text, 0 without vectors. */
  readonly similarity: number;
  /** Salient terms of the question that no document holds: names, models, versions. */
  readonly unknown: readonly string[];
}

/** `answer`; `closest`: no answer, but near sections exist; `nothing`. */
export type Band = "answer" | "closest" | "nothing";

const passagesLookedAt = 3;

/** Measures the evidence for a question in what was retrieved. */
export function weigh(query: Query, hits: readonly Hit[]): Evidence {
  const total = query.terms.reduce((sum, { weight }) => sum + weight, 0);
  const top = hits.slice(0, passagesLookedAt);
  const coverages = top.map((hit) => {
    const held = heldBy(hit);
    return query.terms.reduce((sum, { stem, weight }) => sum + (held.has(stem) ? weight : 0), 0);
  });
  return {
    coverage: total === 0 ? 0 : Math.max(0, ...coverages) / total,
    strength: total === 0 ? 0 : Math.max(0, ...top.map(({ lexical }) => lexical)) / total,
    similarity: Math.max(0, ...top.map(({ vector }) => vector)),
    unknown: query.terms.filter((term) => term.passages === 0 && isName(term.surface, query.text)).map(({ surface }) => surface),
  };
}

/** Stems that a passage holds, its document's title and other names included. */
function heldBy({ passage, document }: Hit): ReadonlySet<string> {
  const names = [passage.title, ...passage.heading, ...document.aliases, ...document.tags];
  return new Set(stems(`${names.join("\n")}\n${passage.text}`));
}

/** Whether a word is a name or model: written with a capital inside the question, or with a digit. */
function isName(surface: string, question: string): boolean {
  if (/\p{N}/u.test(surface) && /\p{L}/u.test(surface)) return true;
  const written = question.match(new RegExp(`(?<=\\S\\s)\\p{Lu}\\S*`, "gu")) ?? [];
  return written.some((word) => word.toLowerCase().includes(surface));
}

/** Decides what the evidence allows to be said. */
export function decide(evidence: Evidence, vectorsUsed: boolean): Band {
  const { coverage, strength, similarity, unknown } = evidence;
  const support = vectorsUsed ? 0.6 * coverage + 0.4 * similarity : coverage;
  if (unknown.length === 0 && support >= 0.5 && strength > 0) return "answer";
  return support >= 0.3 ? "closest" : "nothing";
}
