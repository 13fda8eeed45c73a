import type Database from "better-sqlite3";
import { distance } from "fastest-levenshtein";

/** Known stems with the number of passages that hold them, by first letter. */
export type Vocabulary = ReadonlyMap<string, readonly { readonly stem: string; readonly passages: number }[]>;

/** A stem that stands in one passage only may itself be a typing error. */
const fewestPassages = 2;

/** Reads all stems that a correction may lead to. */
export function readVocabulary(database: Database.Database): Vocabulary {
  const rows = database
    .prepare("select term as stem, doc as passages from vocabulary where doc >= ?")
    .all(fewestPassages) as { stem: string; passages: number }[];
  const byLetter = new Map<string, { stem: string; passages: number }[]>();
  for (const row of rows) {
    if (!/^\p{L}{4,}$/u.test(row.stem)) continue;
    const letter = row.stem.charAt(0);
    const known = byLetter.get(letter);
    if (known) known.push(row);
    else byLetter.set(letter, [row]);
  }
  return byLetter;
}

/**
 * The nearest known stem: one edit away for words of five letters or more, two from eight on, never for
 * names with digits; the commoner one of equals. People rarely mistype the first letter, so it is kept.
 */
export function correct(stem: string, vocabulary: Vocabulary): string | null {
  const most = stem.length >= 8 ? 2 : stem.length >= 5 ? 1 : 0;
  if (most === 0 || !/^\p{L}+$/u.test(stem)) return null;
  let best: { stem: string; edits: number; passages: number } | undefined;
  for (const candidate of vocabulary.get(stem.charAt(0)) ?? []) {
    if (Math.abs(candidate.stem.length - stem.length) > most) continue;
    const edits = typingErrors(stem, candidate.stem);
    if (edits > most) continue;
    if (!best || edits < best.edits || (edits === best.edits && candidate.passages > best.passages)) {
      best = { ...candidate, edits };
    }
  }
  return best?.stem ?? null;
}

/** Levenshtein distance in which two neighbouring letters swapped count as one error. */
function typingErrors(a: string, b: string): number {
  if (a.length === b.length) {
    const first = [...a].findIndex((letter, index) => letter !== b[index]);
    const swapped = a.slice(0, first) + a.charAt(first + 1) + a.charAt(first) + a.slice(first + 2);
    if (first >= 0 && swapped === b) return 1;
  }
  return distance(a, b);
}
