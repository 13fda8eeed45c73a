import type Database from "better-sqlite3";
import { distance } from "fastest-levenshtein";

/** Words as the corpus writes them, each with the number of passages that hold its stem. */
export interface Vocabulary {
  readonly passages: ReadonlyMap<string, number>;
  readonly byFirstLetter: ReadonlyMap<string, readonly string[]>;
}

/** A stem that stands in one passage only may itself be a typing error. */
const fewestPassages = 2;
/** Shortest words in which each sort of error is corrected: a short word is soon another word. */
const shortest = { swap: 4, letterMore: 5, letterLess: 4, otherLetter: 6, twoErrors: 8 } as const;
const letters = [..."abcdefghijklmnopqrstuvwxyz"];

/** Whether a word consists of so many letters that a correction may lead to it. */
export function isCorrectable(word: string): boolean {
  return /^\p{L}{3,24}$/u.test(word);
}

/** Reads all words that a correction may lead to. */
export function readVocabulary(database: Database.Database): Vocabulary {
  const stems = new Map(
    database.prepare("select term, doc from vocabulary where doc >= ?").raw().all(fewestPassages) as [
      string,
      number,
    ][],
  );
  const words = database.prepare("select word, stem from words").raw().all() as [string, string][];
  // SQLite joins a virtual table row by row, which takes seconds.
  const passages = new Map(
    words.flatMap(([word, stem]) => {
      const known = stems.get(stem);
      return known === undefined ? [] : [[word, known] as const];
    }),
  );
  const byFirstLetter = new Map<string, string[]>();
  for (const word of passages.keys()) {
    const first = word.charAt(0);
    const known = byFirstLetter.get(first);
    if (known) known.push(word);
    else byFirstLetter.set(first, [word]);
  }
  return { passages, byFirstLetter };
}

/**
 * The commonest known word that is one typing error away from this one (P. Norvig, "How to write a spelling
 * corrector", 2007), in long words two. Null when there is none. Names with digits are never changed; the
 * first letter, which people rarely mistype, only changes places.
 */
export function correct(word: string, { passages, byFirstLetter }: Vocabulary): string | null {
  if (!/^\p{L}{4,24}$/u.test(word)) return null;
  const known = [...new Set(oneErrorAway(word))].filter((one) => passages.has(one));
  const twoAway = () => {
    const near = byFirstLetter.get(word.charAt(0)) ?? [];
    return near.filter((one) => Math.abs(one.length - word.length) <= 2 && distance(one, word) <= 2);
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
