import type { Citation, Claim } from "../knowledge/types.ts";
import type { Composed } from "./extract.ts";

/** Characters of a question that stands above its answer. */
const longestLabel = 120;

/** A question as it stands above its answer among several. */
export function questionLabel(question: string): string {
  const line = question.replace(/\s+/g, " ").trim();
  return line.length <= longestLabel ? line : `${line.slice(0, longestLabel - 1).trimEnd()}…`;
}

/** Puts extracts one after the other; citations are numbered on, and equal ones are one. */
export function merge(extracts: readonly (Composed & { readonly label?: string })[]): Composed {
  const citations: Citation[] = [];
  const claims: Claim[] = [];
  const texts: string[] = [];
  for (const { label, text, claims: own, citations: cited } of extracts) {
    const numbers = new Map(cited.map((citation) => [citation.n, numberOf(citation, citations)]));
    const renumbered = (n: number) => numbers.get(n) ?? n;
    claims.push(...own.map((claim) => ({ ...claim, citations: claim.citations.map(renumbered) })));
    const body = text.replace(/\[(\d+)\]/g, (mark, n) =>
      numbers.has(Number(n)) ? `[${renumbered(Number(n))}]` : mark,
    );
    texts.push(label ? `**${label}**\n${body}` : body);
  }
  return { text: texts.join("\n\n"), claims, citations };
}

/** The number of an equal citation, or a new one. */
function numberOf(citation: Citation, known: Citation[]): number {
  const equal = known.find(
    ({ document, lines, quote }) =>
      document === citation.document &&
      lines[0] === citation.lines[0] &&
      lines[1] === citation.lines[1] &&
      quote === citation.quote,
  );
  if (equal) return equal.n;
  const n = known.length + 1;
  known.push({ ...citation, n });
  return n;
}
