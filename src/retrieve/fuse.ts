/** A candidate passage with what each side says of it; a side that did not find it says 0. */
export interface Candidate {
  readonly row: number;
  readonly score: number;
  /** BM25 score. */
  readonly lexical: number;
  /** Cosine similarity of the best embedded text. */
  readonly vector: number;
}

interface Scored {
  readonly row: number;
  readonly value: number;
}

/**
 * Convex fusion after min–max scaling of both sides: `score = (1 − weight) · lexical + weight · vector`.
 * With one side empty the other decides alone. Best first; equal scores in order of row.
 */
export function fuse(lexical: readonly Scored[], vector: readonly Scored[], weight: number): Candidate[] {
  const vectorWeight = vector.length === 0 ? 0 : lexical.length === 0 ? 1 : weight;
  const scaledLexical = minMax(lexical);
  const scaledVector = minMax(vector);
  const raw = { lexical: byRow(lexical), vector: byRow(vector) };
  const rows = new Set([...raw.lexical.keys(), ...raw.vector.keys()]);
  return [...rows]
    .map((row) => ({
      row,
      score: (1 - vectorWeight) * (scaledLexical.get(row) ?? 0) + vectorWeight * (scaledVector.get(row) ?? 0),
      lexical: raw.lexical.get(row) ?? 0,
      vector: raw.vector.get(row) ?? 0,
    }))
    .sort((a, b) => b.score - a.score || a.row - b.row);
}

function byRow(scored: readonly Scored[]): Map<number, number> {
  return new Map(scored.map(({ row, value }) => [row, value]));
}

function minMax(scored: readonly Scored[]): Map<number, number> {
  const values = scored.map(({ value }) => value);
  const least = Math.min(...values);
  const range = Math.max(...values) - least;
  return new Map(scored.map(({ row, value }) => [row, range === 0 ? 1 : (value - least) / range]));
}
