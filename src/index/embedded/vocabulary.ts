import type Database from "better-sqlite3";
import { distance } from "fastest-levenshtein";
import { stem } from "../../knowledge/analyze.ts";

/** Known stems with the number of passages that hold them. */
export interface Vocabulary {
  readonly passages: ReadonlyMap<string, number>;
  readonly byFirstLetter: ReadonlyMap<string, readonly string[]>;
}

/** A stem that stands in one passage only may itself be a typing error. */
const fewestPassages = 2;
/** Shortest words in which each sort of error is corrected: a short word is soon another word. */
const shortest = { swap: 4, letterMore: 5, letterLess: 5, otherLetter: 6, twoErrors: 8 } as const;
const letters = [..."abcdefghijklmnopqrstuvwxyz"];

/** Reads all stems that a correction may lead to. */
export function readVocabulary(database: Database.Database): Vocabulary {
  const rows = database
    .prepare("select term as stem, doc as passages from vocabulary where doc >= ?")
    .all(fewestPassages) as { stem: string; passages: number }[];
  const passages = new Map<string, number>();
  const byFirstLetter = new Map<string, string[]>();
  for (const row of rows) {
    if (!/^\p{L}{3,}$/u.test(row.stem)) continue;
    passages.set(row.stem, row.passages);
    const first = row.stem.charAt(0);
    const known = byFirstLetter.get(first);
    if (known) known.push(row.stem);
    else byFirstLetter.set(first, [row.stem]);
  }
  return { passages, byFirstLetter };
}

/**
 * The commonest known stem of a word that is one typing error away (P. Norvig, "How to write a spelling
 * corrector", 2007), in long words two. Null when there is none. Names with digits are never changed; the
 * first letter, which people rarely mistype, only changes places.
 */
export function correct(word: string, { passages, byFirstLetter }: Vocabulary): string | null {
  if (!/^\p{L}{4,24}$/u.test(word)) return null;
  const known = [...new Set(oneErrorAway(word).map(stem))].filter((one) => passages.has(one));
  const twoAway = () => {
    const typed = stem(word);
    const near = byFirstLetter.get(word.charAt(0)) ?? [];
    return near.filter((one) => Math.abs(one.length - typed.length) <= 2 && distance(one, typed) <= 2);
  };
  const found = known.length > 0 || word.length < shortest.twoErrors ? known : twoAway();
  const commonest = found.sort((a, b) => (passages.get(b) ?? 0) - (passages.get(a) ?? 0));
  return commonest[0] ?? null;
}

/** Every word that could have been meant, were there one error in this one. */
function oneErrorAway(word: string): string[] {
  const places = Array.from({ length: word.length }, (_, at) => at).slice(1);
  const cut = (at: number, put: string, skip: number) => word.slice(0, at) + put + word.slice(at + skip);
  const enough = (least: number) => word.length >= least;
  return [
    ...(enough(shortest.swap)
      ? [0, ...places.slice(0, -1)].map((at) => cut(at, word.charAt(at + 1) + word.charAt(at), 2))
      : []),
    ...(enough(shortest.letterMore) ? places.map((at) => cut(at, "", 1)) : []),
    ...(enough(shortest.letterLess)
      ? [...places, word.length].flatMap((at) => letters.map((letter) => cut(at, letter, 0)))
      : []),
    ...(enough(shortest.otherLetter)
      ? places.flatMap((at) => letters.map((letter) => cut(at, letter, 1)))
      : []),
  ];
}
