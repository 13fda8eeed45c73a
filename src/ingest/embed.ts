import { terms } from "../knowledge/analyze.ts";
import { sentenceText } from "../knowledge/sentence-text.ts";
import type { Block, Document, Passage } from "../knowledge/types.ts";
import type { EmbeddedUnit } from "../models/types.ts";

/** A text to embed for a passage, addressed by its position in the list of passages. */
export interface EmbeddedText {
  readonly passage: number;
  readonly text: string;
}

/**
 * What is embedded for each passage: the whole passage under its title and heading path, or each of its
 * sentences, items and rows. A document's `questions` stand for the passage that answers them best.
 */
export function embeddedTexts(
  documents: readonly Pick<Document, "id" | "questions">[],
  passages: readonly Passage[],
  unit: EmbeddedUnit,
): EmbeddedText[] {
  const texts = passages.flatMap((passage, index) =>
    (unit === "passage" ? [wholePassage(passage)] : passage.blocks.flatMap(sentenceTexts)).map((text) => ({
      passage: index,
      text,
    })),
  );
  return [...texts, ...questionTexts(documents, passages)];
}

function wholePassage(passage: Passage): string {
  return `${[passage.title, ...passage.heading].join(" > ")}\n${passage.text}`;
}

function sentenceTexts(block: Block): string[] {
  return block.units.flatMap((unit) => sentenceText(block, unit) ?? []);
}

function questionTexts(
  documents: readonly Pick<Document, "id" | "questions">[],
  passages: readonly Passage[],
): EmbeddedText[] {
  const rows = new Map<string, number[]>();
  for (const [index, { document }] of passages.entries()) {
    rows.set(document, [...(rows.get(document) ?? []), index]);
  }
  return documents.flatMap(({ id, questions }) => {
    const own = rows.get(id) ?? [];
    if (questions.length === 0 || own.length === 0) return [];
    const known = own.map((index) => stemSet(passages[index]));
    return questions.map((question) => ({ passage: own[bestMatch(question, known)] ?? 0, text: question }));
  });
}

function stemSet(passage: Passage | undefined): ReadonlySet<string> {
  return new Set(terms(`${passage?.heading.join(" ")} ${passage?.text}`).map(({ stem }) => stem));
}

/** Position of the passage that holds most of the question's terms; the rarer a term in the document, the more it counts. */
function bestMatch(question: string, known: readonly ReadonlySet<string>[]): number {
  const asked = terms(question).map(({ stem }) => {
    const count = known.filter((stems) => stems.has(stem)).length;
    return { stem, weight: Math.log(1 + known.length / (1 + count)) };
  });
  const scores = known.map((stems) =>
    asked.reduce((sum, { stem, weight }) => sum + (stems.has(stem) ? weight : 0), 0),
  );
  return scores.indexOf(Math.max(...scores));
}
