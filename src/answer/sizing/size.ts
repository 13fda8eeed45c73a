import type { Citation } from "../../knowledge/types.ts";
import { type CitationTarget, citeWindow } from "../cite.ts";
import type { Composed } from "../extract.ts";
import { calculate } from "./calculations.ts";
import type { Evidence, Library } from "./constants.ts";
import { quantitiesIn } from "./quantities.ts";

/**
 * For a sizing question the corpus's formula, filled in by code from the member's figures and cited constants.
 * The sentences and rows that it rests on are claims with citations; the result is ours and says so. Undefined
 * when the question is none, or a figure or the formula is missing.
 */
export async function sizing(
  question: string,
  library: Library,
  target: CitationTarget,
): Promise<Composed | undefined> {
  const given = quantitiesIn(question);
  if (given.parameters === undefined && given.context === undefined && given.bytes === undefined)
    return undefined;
  const made = await calculate(question, given, library);
  if (!made) return undefined;
  const citations: Citation[] = [];
  const numberOf = ({ hit, unit }: Evidence): number => {
    const citation = citeWindow({ hit, units: [unit], score: 0 }, citations.length + 1, target);
    const equal = citations.find(
      ({ document, quote }) => document === citation.document && quote === citation.quote,
    );
    if (!equal) citations.push(citation);
    return (equal ?? citation).n;
  };
  const lines = made.steps.map(({ text, from }) => {
    const marks = [...new Set(from.map(numberOf))].map((n) => `[${n}]`).join(" ");
    return `- ${text} ${marks}`.trimEnd();
  });
  return {
    text: `Calculated by this bot from the formulas and figures cited:\n${lines.join("\n")}`,
    claims: citations.map(({ n, quote }) => ({ text: quote, citations: [n] })),
    citations,
  };
}
