import type { Band, Evidence } from "../retrieve/gate.ts";
import type { Reading } from "./reading.ts";
import type { Rewriting } from "./widen.ts";

/** How an answer came about, for the maintainer who asks why. */
export interface Trace {
  /** The question as it was searched for, completed from the conversation. */
  readonly asked: string;
  readonly terms: readonly TracedTerm[];
  readonly unknownNames: readonly string[];
  readonly candidates: readonly TracedCandidate[];
  readonly evidence: Evidence;
  /** Log-odds that the evidence answers the question. */
  readonly confidence: number;
  readonly band: Band;
  /** Whether the extract held the amount, year or name asked for; undefined when there was no extract. */
  readonly holdsWhatIsAsked: boolean | undefined;
  /** What the chat model made of the question before the search; undefined without one. */
  readonly rewriting: Rewriting | undefined;
}

export interface TracedTerm {
  readonly term: string;
  /** What the member typed, when it was corrected. */
  readonly typed: string | undefined;
  readonly weight: number;
  readonly passages: number;
  readonly alternatives: readonly string[];
}

export interface TracedCandidate {
  readonly document: string;
  readonly heading: readonly string[];
  readonly lexical: number;
  readonly vector: number;
  /** Similarity of the nearest question that was written for the section. */
  readonly asked: number;
  readonly fused: number;
  readonly relevance: number;
}

/** Collects what the retrieval and the gate saw. */
export function traceOf(
  asked: string,
  { found, evidence, odds, band, holds }: Reading,
  rewriting: Rewriting | undefined,
): Trace {
  const { query, hits } = found;
  return {
    asked,
    terms: query.terms.map(({ surface, typed, weight, passages, alternatives }) => ({
      term: surface,
      typed,
      weight,
      passages,
      alternatives,
    })),
    unknownNames: query.unknownNames,
    candidates: hits.map(({ passage, lexical, vector, asked, score, relevance }) => ({
      document: passage.document,
      heading: passage.heading,
      lexical,
      vector,
      asked: asked[0],
      fused: score,
      relevance,
    })),
    evidence,
    confidence: odds,
    band,
    holdsWhatIsAsked: holds,
    rewriting,
  };
}
