import type { KnowledgeIndex } from "../index/types.ts";
import { isMistypedStopWord, stem, type Term } from "../knowledge/analyze.ts";
import { isCommonEnglish, isEnglish } from "../knowledge/english.ts";
import { counts, joinedParts, splitCompounds } from "./compounds.ts";

/** A term as the corpus writes it. */
export interface Searched extends Term {
  /** What the member typed when the term was corrected or taken apart. */
  readonly typed?: string;
}

/** Unknown words of a question that are corrected or taken apart; each is tried in hundreds of spellings. */
const mostCorrected = 12;
/** A word of letters with the number that tells which: "tranium2". */
const numbered = /^(\p{L}{4,})(\p{N}+)$/u;

/**
 * Turns the terms of a question into terms that the corpus knows: parts joined ("nv link"), typing errors
 * corrected, compounds taken apart ("nvlink5"). A known term is never changed; what stays unknown is kept.
 */
export async function respell(
  asked: readonly Term[],
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<Searched[]> {
  const known = await counts(
    asked.map(({ stem }) => stem),
    index,
    signal,
  );
  const unknown = asked.filter(({ stem }) => known.get(stem) === 0).slice(0, mostCorrected);
  const joined = await joinedParts(asked, index, signal);
  const split = await splitCompounds(unknown, index, signal);
  const corrected = await corrections(unknown, index, signal);
  const inJoined = new Set(joined.flatMap(({ parts }) => parts));
  const resolved = asked.flatMap((term): Searched[] => {
    if (known.get(term.stem)) return [term];
    if (inJoined.has(term.stem)) return [];
    // One typing error is likelier than two words run together: "infinband" is not "infin band".
    const correction = corrected.get(term.surface);
    if (correction) {
      return correction.map((surface) => ({ surface, stem: stem(surface), typed: term.surface }));
    }
    const parts = split.get(term.stem);
    return parts ? parts.map((part) => ({ surface: part, stem: stem(part), typed: term.surface })) : [term];
  });
  const all: Searched[] = [...resolved, ...joined.map(({ surface, stem }) => ({ surface, stem }))];
  return [...new Map(all.map((term) => [term.stem, term])).values()];
}

/** The text as it was meant, for rules that read more than single words. */
export function respelled(text: string, terms: readonly Searched[]): string {
  const meant = new Map<string, string>();
  for (const { typed, surface } of terms) {
    if (typed) meant.set(typed, `${meant.get(typed) ?? ""}${surface}`);
  }
  return text.replace(/[\p{L}\p{N}]+/gu, (word) => meant.get(word.toLowerCase()) ?? word);
}

/** The corpus's words for each misspelt one, by what was typed. */
async function corrections(
  unknown: readonly Term[],
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<Map<string, readonly string[]>> {
  const tried = unknown
    .filter(({ surface }) => !isMistypedStopWord(surface))
    .map(({ surface }) => {
      const [, letters = surface, digits] = numbered.exec(surface) ?? [];
      return { surface, letters, digits };
    });
  const found = await index.spellings(
    tried.map(({ letters }) => letters),
    signal,
  );
  const kept = await Promise.all(
    tried.map(async ({ letters }, position) => {
      const word = found[position];
      // "grapes" is no misspelt "graphs"; "luster", with two letters exchanged, may be Lustre.
      return word && (sameLetters(letters, word) || !(await isCommonEnglish(letters))) ? word : undefined;
    }),
  );
  return new Map(
    tried.flatMap(({ surface, digits }, position) => {
      const word = kept[position];
      return word ? [[surface, digits ? [word, digits] : [word]] as const] : [];
    }),
  );
}

function sameLetters(a: string, b: string): boolean {
  return [...a].sort().join("") === [...b].sort().join("");
}

/** Shortest word that counts as a name when nobody knows it: shorter ones are slang as often. */
const shortestName = 5;

/**
 * Words that neither the corpus nor English knows: a product, a person, a thing that was made up. None where
 * another word is misspelt, since then this one may be too.
 */
export async function unheardOf(
  terms: readonly (Searched & { readonly passages: number; readonly alternatives: readonly string[] })[],
): Promise<string[]> {
  if (terms.some(({ typed }) => typed !== undefined)) return [];
  const unknown = terms.filter(
    ({ surface, passages, alternatives }) =>
      passages === 0 &&
      alternatives.length === 0 &&
      !isMistypedStopWord(surface) &&
      surface.length >= shortestName &&
      /^[a-z]+$/.test(surface),
  );
  const english = await Promise.all(unknown.map(({ surface }) => isEnglish(surface)));
  return unknown.flatMap(({ surface }, position) => (english[position] ? [] : [surface]));
}
