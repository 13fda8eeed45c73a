import type { Answer } from "../knowledge/types.ts";
import type { EvalQuestion } from "./questions.ts";

/** What is measured of one answer to an answerable question. */
export interface Scored {
  readonly id: string;
  readonly kind: string;
  readonly status: Answer["status"];
  /** A right document is among the citations. */
  readonly cited: boolean;
  /** The first citation is of a right document. */
  readonly citedFirst: boolean;
  /** Every key is in the answer's text. */
  readonly key: boolean;
  /** Refused, but a right document is among the nearest. */
  readonly inNearest: boolean;
  /** Claims without a citation, or with a figure that no cited quote holds; must be 0. */
  readonly unsupported: number;
  readonly latencyMs: number;
}

export function score({ id, kind, documents, keys }: EvalQuestion, answer: Answer): Scored {
  const text = normalize(`${answer.text}\n${answer.claims.map((claim) => claim.text).join("\n")}`);
  return {
    id,
    kind,
    status: answer.status,
    cited: answer.citations.some(({ document }) => documents.includes(document)),
    citedFirst: documents.includes(answer.citations[0]?.document ?? ""),
    key:
      answer.status === "answered" &&
      keys.every((alternatives) => alternatives.some((key) => text.includes(normalize(key)))),
    inNearest: answer.nearest.some(({ document }) => documents.includes(document)),
    unsupported: unsupportedClaims(answer),
    latencyMs: answer.latencyMs,
  };
}

/** Claims that cite nothing known, or hold a number that none of their quotes holds. */
export function unsupportedClaims({ claims, citations }: Answer): number {
  return claims.filter((claim) => {
    const quotes = citations.filter(({ n }) => claim.citations.includes(n)).map(({ quote }) => quote);
    if (quotes.length === 0 || claim.citations.some((n) => !citations.some((one) => one.n === n)))
      return true;
    const held = new Set(quotes.flatMap(numbers));
    return numbers(claim.text).some((number) => !held.has(number));
  }).length;
}

function numbers(text: string): string[] {
  return text.replace(/(\d),(?=\d{3})/g, "$1").match(/\d+(?:\.\d+)?/g) ?? [];
}

/** Lower case, Markdown marks and thousands separators removed, white space folded. */
export function normalize(text: string): string {
  return text
    .toLowerCase()
    .replace(/\[\d+\]/g, "")
    .replace(/[*`\\]/g, "")
    .replace(/(\d),(?=\d{3})/g, "$1")
    .replace(/[\u00a0\u202f]/g, " ")
    .replace(/[–—]/g, "-")
    .replace(/\s+/g, " ");
}
