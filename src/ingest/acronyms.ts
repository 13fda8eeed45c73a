import type { VocabularyEntry } from "../index/types.ts";
import type { Passage } from "../knowledge/types.ts";

/** "long form (ACRONYM)" as authors introduce it. */
const introduced = /([\p{L}\p{N}][\p{L}\p{N}\s/-]{2,80}?)\s\((\p{Lu}[\p{L}\p{N}]{1,8}?)s?\)/gu;
/** An acronym explained in more ways than this is no name of one thing. */
const mostMeanings = 3;

/**
 * Acronyms that the corpus itself explains, both ways: who says "IB" may mean "InfiniBand" and the other
 * way round. The long form is found as A. S. Schwartz and M. A. Hearst describe ("A simple algorithm for
 * identifying abbreviation definitions in biomedical text", 2003).
 */
export function acronyms(passages: readonly Passage[]): VocabularyEntry[] {
  const meanings = new Map<string, Set<string>>();
  for (const { text } of passages) {
    for (const [, before = "", acronym = ""] of text.matchAll(introduced)) {
      const long = longForm(acronym, before);
      if (!long) continue;
      const known = meanings.get(acronym) ?? new Set();
      meanings.set(acronym, known.add(long.toLowerCase()));
    }
  }
  return [...meanings]
    .filter(([, long]) => long.size <= mostMeanings)
    .flatMap(([acronym, long]) => [
      { say: [acronym.toLowerCase()], mean: [...long] },
      { say: [...long], mean: [acronym] },
    ]);
}

/** The shortest end of a text whose letters hold the acronym in order, its first letter opening a word. */
function longForm(acronym: string, before: string): string | undefined {
  const letters = acronym.toLowerCase();
  const text = before.toLowerCase();
  let position = text.length - 1;
  for (let index = letters.length - 1; index >= 0; index--) {
    const letter = letters[index];
    const opensWord = (at: number) => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "");
    while (position >= 0 && (text[position] !== letter || (index === 0 && !opensWord(position)))) position--;
    if (position < 0) return undefined;
    position--;
  }
  const long = before.slice(position + 1).trim();
  const words = long.split(/[\s-]+/).length;
  // As many words as letters and a few more, and longer than the acronym itself.
  const fits = words <= Math.min(letters.length + 5, letters.length * 2) && long.length > acronym.length;
  return fits && !/^\p{N}/u.test(long) ? long : undefined;
}
