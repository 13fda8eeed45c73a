import { sentenceText } from "../knowledge/sentence-text.ts";
import type { Block, Passage } from "../knowledge/types.ts";
import type { EmbeddedUnit } from "../models/types.ts";

/** A text to embed for a passage, addressed by its position in the list of passages. */
export interface EmbeddedText {
  readonly passage: number;
  readonly text: string;
}

/**
 * What is embedded for each passage: the whole passage under its title and heading path, or each of its
 * sentences, items and rows; and each question that the passage answers.
 */
export function embeddedTexts(passages: readonly Passage[], unit: EmbeddedUnit): EmbeddedText[] {
  return passages.flatMap((passage, index) => {
    const texts = unit === "passage" ? [wholePassage(passage)] : passage.blocks.flatMap(sentenceTexts);
    return [...texts, ...(passage.questions ?? [])].map((text) => ({ passage: index, text }));
  });
}

function wholePassage(passage: Passage): string {
  return `${[passage.title, ...passage.heading].join(" > ")}\n${passage.text}`;
}

function sentenceTexts(block: Block): string[] {
  return block.units.flatMap((unit) => sentenceText(block, unit) ?? []);
}
