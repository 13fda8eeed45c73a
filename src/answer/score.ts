import { sentenceText } from "../knowledge/sentence-text.ts";
import type { Block, Unit } from "../knowledge/types.ts";
import { stems } from "../retrieve/analyze.ts";
import type { Query } from "../retrieve/query.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import type { QuestionKind } from "./question-kind.ts";

/** A unit in its place, with how well it answers the question. */
export interface ScoredUnit {
  readonly block: Block;
  readonly unit: Unit;
  readonly score: number;
}

/** How much each sign counts; words and meaning carry the score, the form of the sentence tips it. */
const weights = { words: 0.5, meaning: 0.35, form: 0.15 } as const;

/** A figure with something behind it: "80 GB", "1.8 TB/s", "35 PB", "2,000", "92 %". */
const figure = /\d[\d,.]*\s*(?:[kKMGTPE]?i?B(?:\/s)?|[KMGTP]?(?:FLOPS|FLOP\/s)|[kMG]?W|[kMGT]?b(?:it)?\/s|GT\/s|[KMG]?Hz|%|°C|ms|µs|°|GPUs?|nodes?|\w+)/;
const date = /\b(19|20)\d\d\b/;

/** Scores every unit of a passage for a question, between 0 and 1. */
export function scoreUnits(hit: Hit, query: Query, kind: QuestionKind): ScoredUnit[] {
  const total = query.terms.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const context = new Set(stems([hit.passage.title, ...hit.passage.heading].join("\n")));
  return hit.passage.blocks.flatMap((block, blockPosition) =>
    block.units.map((unit, unitPosition): ScoredUnit => {
      const own = new Set(stems(unit.text));
      const table = block.header ? new Set(stems(block.header.join("\n"))) : undefined;
      const words = query.terms.reduce((sum, { stem, weight }) => {
        if (own.has(stem)) return sum + weight;
        // The header names what the cells of every row are; the heading says what the whole section is about.
        if (table?.has(stem)) return sum + 0.8 * weight;
        return context.has(stem) ? sum + 0.5 * weight : sum;
      }, 0);
      const sentence = sentenceText(block, unit);
      const meaning = Math.max(0, (sentence && hit.similar.get(sentence)) || 0);
      const opening = hit.passage.position === 0 && blockPosition === 0 && unitPosition === 0;
      const score =
        weights.words * (words / total) + weights.meaning * meaning + weights.form * form(block, unit, kind, opening);
      return { block, unit, score };
    }),
  );
}

/** Whether a unit has the form of an answer to this kind of question, 0 to 1. */
function form(block: Block, unit: Unit, kind: QuestionKind, opening: boolean): number {
  switch (kind) {
    case "definition":
      return opening ? 1 : /^[\p{Lu}\d][^.]{0,80}?\b(is|are|means|stands for)\b/u.test(unit.text) ? 0.6 : 0;
    case "person":
      return opening ? 1 : /\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u.test(unit.text) ? 0.5 : 0;
    case "quantity":
      return figure.test(unit.text) ? 1 : date.test(unit.text) ? 0.5 : 0;
    case "procedure":
      return block.kind === "code" ? 0.8 : block.kind === "list" ? 0.5 : /`|--\w|\b(set|run|use|add)\b/i.test(unit.text) ? 0.6 : 0;
    case "comparison":
      return block.kind === "table" ? 0.5 : /\b(than|while|whereas|unlike|both|instead)\b/i.test(unit.text) ? 1 : 0;
    case "reason":
      return /\b(because|since|so that|therefore|due to|reason)\b/i.test(unit.text) ? 1 : 0;
    case "other":
      return 0;
  }
}
