import type { Passage } from "../knowledge/types.ts";

/** More than two passages of one neighbourhood repeat each other and push other documents out. */
const mostOfOneNeighbourhood = 2;

/**
 * Keeps the order and leaves out what would be the third passage of one section neighbourhood: the same
 * document under the same first heading.
 */
export function diversify<T extends { readonly passage: Passage }>(hits: readonly T[], limit: number): T[] {
  const seen = new Map<string, number>();
  const kept: T[] = [];
  for (const hit of hits) {
    if (kept.length === limit) break;
    const key = JSON.stringify([hit.passage.document, hit.passage.heading[0] ?? ""]);
    const count = seen.get(key) ?? 0;
    if (count === mostOfOneNeighbourhood) continue;
    seen.set(key, count + 1);
    kept.push(hit);
  }
  return kept;
}
