import { stemSet } from "../knowledge/analyze.ts";
import { sentenceText } from "../knowledge/sentence-text.ts";
import type { Block, Unit } from "../knowledge/types.ts";
import { holding, type Query } from "../retrieve/query.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { figureFit, type QuestionKind } from "./question-kind.ts";

/** A unit in its place, with how well it answers the question. */
export interface ScoredUnit {
  readonly block: Block;
  readonly unit: Unit;
  /** 0 to 1. */
  readonly score: number;
  /** Of each question term how far the unit holds it: 1 itself, less through header or heading. */
  readonly holds: ReadonlyMap<string, number>;
}

/** How much each sign counts; words and meaning carry the score, the form of the sentence tips it. */
const weights = { words: 0.5, meaning: 0.3, form: 0.2 } as const;
/** The header names what the cells of every row are; the heading says what the whole section is about. */
const heldBy = { header: 0.8, heading: 0.4 } as const;

/** What a code block is worth where nobody asked how to do something. */
const codeElsewhere = 0.5;

/** Scores every unit of a passage for a question. */
export function scoreUnits(hit: Hit, query: Query, kind: QuestionKind): ScoredUnit[] {
  const total = query.terms.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const context = stemSet([hit.passage.title, ...hit.passage.heading].join("\n"));
  return hit.passage.blocks.flatMap((block, blockPosition) => {
    const header = stemSet((block.header ?? []).join("\n"));
    return block.units.map((unit, unitPosition): ScoredUnit => {
      const own = stemSet(unit.text);
      const holds = new Map(
        query.terms.map((term) => {
          const inHeader = heldBy.header * holding(term, header);
          const inHeading = heldBy.heading * holding(term, context);
          return [term.stem, Math.max(holding(term, own), inHeader, inHeading)];
        }),
      );
      const held = query.terms.reduce((sum, { stem, weight }) => sum + weight * (holds.get(stem) ?? 0), 0);
      const sentence = sentenceText(block, unit);
      const meaning = Math.max(0, (sentence && hit.similar.get(sentence)) || 0);
      const opening = hit.passage.position === 0 && blockPosition === 0 && unitPosition === 0;
      const fits = form(block, unit, kind, query, opening);
      const score = weights.words * (held / total) + weights.meaning * meaning + weights.form * fits;
      // A page of commands holds many words without saying anything about them.
      return {
        block,
        unit,
        holds,
        score: block.kind === "code" && kind !== "procedure" ? score * codeElsewhere : score,
      };
    });
  });
}

/** Whether a unit has the form of an answer to this kind of question, 0 to 1. */
function form(block: Block, unit: Unit, kind: QuestionKind, query: Query, opening: boolean): number {
  const { text } = unit;
  switch (kind) {
    case "definition":
      return defines(text, query)
        ? 1
        : opening
          ? 0.7
          : /\b(?:is|are|means|stands for)\b/.test(text.slice(0, 80))
            ? 0.3
            : 0;
    case "person":
      return opening ? 1 : /\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u.test(text) ? 0.5 : 0;
    case "quantity":
      return figureFit(query.focus, block.header ? `${block.header.join(" ")} ${text}` : text);
    case "procedure":
      return block.kind === "code"
        ? 0.8
        : block.kind === "list"
          ? 0.5
          : /`|--\w|\b(?:set|run|use|add)\b/i.test(text)
            ? 0.6
            : 0;
    case "comparison":
      return block.kind === "table"
        ? 0.5
        : /\b(?:than|while|whereas|unlike|both|instead)\b/i.test(text)
          ? 1
          : 0;
    case "reason":
      return /\b(?:because|since|so that|therefore|due to|reason)\b/i.test(text) ? 1 : 0;
    case "other":
      return 0;
  }
}

/** "A CDU is …", "a coolant distribution unit (CDU) …", "CDU (coolant distribution unit)" for a term that was asked. */
function defines(text: string, query: Query): boolean {
  const plain = text.toLowerCase();
  return query.terms.some(({ surface }) => {
    const name = surface.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const expands = new RegExp(`\\(${name}s?[,;)]|\\b${name}s? \\([\\p{L}]`, "u");
    const opens = new RegExp(
      `^(?:an?|the)?\\s*(?:[\\p{L}\\p{N}'-]+\\s+){0,2}${name}s?\\s*(?:\\([^)]*\\)\\s*)?(?:is|are|means|stands for|was)\\b`,
      "u",
    );
    return expands.test(plain) || opens.test(plain);
  });
}
