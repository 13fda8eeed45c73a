import { sentenceSpans } from "../knowledge/sentences.ts";
import { maskMarks } from "./blocks-marks.ts";

export interface Prose {
  /** Complete sentences, citation marks after their full stop included. */
  readonly sentences: readonly string[];
  /** Characters that the complete sentences take up. */
  readonly taken: number;
}

/** A label that stands before its sentence: "**Recompilation.**" */
const label = /^\s*\*\*[^*]{1,60}\*\*[:.]?\s*$/;

/**
 * Splits the text of one paragraph or list item. Of an open one only sentences are given that no further
 * text can change; of a closed one all, the last only when the text is `whole`.
 */
export function splitProse(text: string, closed: boolean, whole: boolean): Prose {
  const plain = masked(text);
  const starts = sentenceSpans(plain).map(({ start }) => start);
  // Marks and labels at the very start belong to the first sentence.
  if (starts.length > 0) starts[0] = 0;
  const pieces = starts.map((start, position) => ({ start, end: starts[position + 1] ?? text.length }));
  const sentences: string[] = [];
  let taken = 0;
  let from: number | undefined;
  for (const { start, end } of pieces) {
    from ??= start;
    const last = end === text.length;
    if (last ? !closed || !whole : !closed && !settled(text, plain, end)) break;
    if (!last && label.test(text.slice(from, end))) continue;
    const sentence = text
      .slice(from, end)
      .replace(/^\s*>\s?/gm, "")
      .replace(/\s+/g, " ")
      .trim();
    from = undefined;
    taken = end;
    // A label without a sentence is a heading.
    if (sentence !== "" && !label.test(sentence)) sentences.push(sentence);
  }
  return { sentences, taken };
}

/** Whether a sentence end stays one whatever follows: a letter has come after it, and nothing is left open. */
function settled(text: string, plain: string, end: number): boolean {
  const balanced = (text.match(/`/g) ?? []).length % 2 === 0;
  return balanced && /\p{L}\P{L}/u.test(plain.slice(end)) && !/[[【][^\]】]*$/.test(text.slice(end));
}

/** Same length; code and citation marks hide their full stops, line ends and emphasis are no boundaries. */
function masked(text: string): string {
  return (
    maskMarks(text)
      .replace(/`[^`]*`/g, (code) => "X".repeat(code.length))
      .replace(/(^|\n)[ \t]*>[ \t]?/g, (quote) => " ".repeat(quote.length))
      .replace(/\s/g, " ")
      // "700 W." ends a sentence, though a lone capital before a full stop reads as an initial.
      .replace(/(\d) (?=\p{Lu}\.)/gu, "$1x")
      .replace(/\*/g, "\u2060")
  );
}
