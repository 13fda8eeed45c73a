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

/** Share of true values with the 95 % Wilson score interval (E. B. Wilson, 1927), in 0 to 1. */
export function proportion(values: readonly boolean[]): {
  value: number;
  low: number;
  high: number;
  n: number;
} {
  const n = values.length;
  if (n === 0) return { value: 0, low: 0, high: 0, n };
  const z = 1.96;
  const p = values.filter(Boolean).length / n;
  const centre = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const spread = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return { value: p, low: Math.max(0, centre - spread), high: Math.min(1, centre + spread), n };
}

/** The q-th quantile of the values, 0 when there are none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}
