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
 * The nearest known stem: two neighbouring letters swapped in a word of four letters or more, another single
 * error from six letters on, two from nine on; the commoner stem of equals. Names with digits are never
 * changed, nor is the first letter, which people rarely mistype.
 */
export function correct(stem: string, vocabulary: Vocabulary): string | null {
  if (!/^\p{L}{4,}$/u.test(stem)) return null;
  const most = stem.length >= 9 ? 2 : stem.length >= 6 ? 1 : 0;
  let best: { stem: string; errors: number; passages: number } | undefined;
  for (const candidate of vocabulary.get(stem.charAt(0)) ?? []) {
    if (Math.abs(candidate.stem.length - stem.length) > 2) continue;
    const errors = isSwap(stem, candidate.stem) ? 1 : distance(stem, candidate.stem);
    if (errors > most && !isSwap(stem, candidate.stem)) continue;
    if (!best || errors < best.errors || (errors === best.errors && candidate.passages > best.passages)) {
      best = { ...candidate, errors };
    }
  }
  return best?.stem ?? null;
}

/** Whether two words differ by two neighbouring letters swapped. */
function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const first = [...a].findIndex((letter, index) => letter !== b[index]);
  return first >= 0 && b === a.slice(0, first) + a.charAt(first + 1) + a.charAt(first) + a.slice(first + 2);
}
