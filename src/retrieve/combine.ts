import { diversify } from "./diversify.ts";
import type { Hit } from "./retrieve.ts";

/** Constant of reciprocal rank fusion (G. Cormack, C. Clarke, S. Büttcher, 2009). */
const damping = 60;

/**
 * One list out of those of several searches on one question: first the best passage of each search, in the
 * order of the searches, then the others by reciprocal rank fusion, since scores of two searches cannot be
 * compared. A passage keeps the scores of the first search that found it. One list comes back as it is.
 */
export function combine(searches: readonly (readonly Hit[])[], limit: number): Hit[] {
  const [only] = searches;
  if (searches.length === 1 && only) return only.slice(0, limit);
  const found = new Map<number, { readonly hit: Hit; value: number }>();
  for (const hits of searches) {
    for (const [rank, hit] of hits.entries()) {
      const entry = found.get(hit.row) ?? { hit, value: 0 };
      entry.value += 1 / (damping + rank + 1);
      found.set(hit.row, entry);
    }
  }
  const best = new Set(searches.flatMap(([first]) => (first ? [first.row] : [])));
  const rest = [...found.entries()]
    .filter(([row]) => !best.has(row))
    .sort(([, a], [, b]) => b.value - a.value)
    .map(([, { hit }]) => hit);
  const first = [...best].flatMap((row) => found.get(row)?.hit ?? []);
  return diversify([...first, ...rest], limit);
}
