import type { KnowledgeIndex } from "../index/types.ts";
import { stem, type Term, terms } from "../knowledge/analyze.ts";
import { namesIn } from "./names.ts";

/** A term as it is searched for. */
export interface QueryTerm extends Term {
  /** Rarity: ln(1 + (N − n + ½) / (n + ½)), N passages of which n hold the term (BM25's idf). */
  readonly weight: number;
  /** In how many passages it occurs. */
  readonly passages: number;
  /** What the member typed when this term was corrected or taken apart. */
  readonly typed?: string;
}

type Searched = Pick<QueryTerm, "surface" | "stem" | "typed">;

/** A question made ready for the index. */
export interface Query {
  readonly text: string;
  readonly terms: readonly QueryTerm[];
  /** Names in the question that no document of the corpus writes. */
  readonly unknownNames: readonly string[];
}

/** A question of more terms than this is a pasted text; only the rarest terms are searched for. */
const mostTerms = 32;

/**
 * Turns a question into terms that the corpus knows: compounds are taken apart ("nvlink5"), parts joined
 * ("nv link"), typing errors corrected. A known term is never changed; what stays unknown is kept, since
 * the evidence gate needs it. Any string is a valid question; one without content words has no terms.
 */
export async function understand(text: string, index: KnowledgeIndex, signal?: AbortSignal): Promise<Query> {
  const asked = terms(text.slice(0, 10_000));
  const stems = asked.map(({ stem }) => stem);
  const known = await counts(stems, index, signal);
  const unknown = stems.filter((one) => known.get(one) === 0);
  const joined = await joinedParts(asked, index, signal);
  const split = await splitCompounds(
    asked.filter(({ stem }) => known.get(stem) === 0),
    index,
    signal,
  );
  const corrections = await index.spellings(unknown, signal);
  const corrected = new Map(unknown.map((one, position) => [one, corrections[position] ?? null]));
  const resolved = asked.flatMap((term): Searched[] => {
    if (known.get(term.stem)) return [term];
    const parts = split.get(term.stem);
    if (parts) return parts.map((part) => ({ surface: part, stem: stem(part), typed: term.surface }));
    const correction = corrected.get(term.stem);
    return correction ? [{ surface: correction, stem: correction, typed: term.surface }] : [term];
  });
  const distinct = [...new Map([...resolved, ...joined].map((term) => [term.stem, term])).values()];
  const passages = await counts(
    distinct.map(({ stem }) => stem),
    index,
    signal,
  );
  const weighed = distinct.map((term) => {
    const count = passages.get(term.stem) ?? 0;
    return { ...term, passages: count, weight: rarity(count, index.manifest.passages) };
  });
  const kept = weighed.length > mostTerms ? rarest(weighed) : weighed;
  return { text, terms: kept, unknownNames: await unknownNames(text, distinct, index, signal) };
}

/** Names that stand nowhere in the corpus. A word whose typing error was corrected is no unknown name. */
async function unknownNames(
  text: string,
  resolved: readonly { readonly typed?: string }[],
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<string[]> {
  const corrected = new Set(resolved.flatMap(({ typed }) => typed ?? []));
  const names = namesIn(text.slice(0, 2_000)).slice(0, mostTerms);
  const known = await counts([...new Set(names.flatMap(({ phrases }) => phrases))], index, signal);
  const unknown = names.filter(
    ({ typed, phrases }) => !corrected.has(typed.toLowerCase()) && phrases.every((phrase) => !known.get(phrase)),
  );
  return [...new Set(unknown.map(({ typed }) => typed))];
}

function rarity(passages: number, total: number): number {
  return Math.log(1 + (total - passages + 0.5) / (passages + 0.5));
}

function rarest(all: readonly QueryTerm[]): QueryTerm[] {
  const known = all.filter(({ passages }) => passages > 0);
  return known.sort((a, b) => b.weight - a.weight).slice(0, mostTerms);
}

async function counts(stems: readonly string[], index: KnowledgeIndex, signal?: AbortSignal): Promise<Map<string, number>> {
  const found = await index.frequencies(stems, signal);
  return new Map(stems.map((one, position) => [one, found[position] ?? 0]));
}

/** Neighbouring words that the corpus writes as one: "nv link", "open ai". */
async function joinedParts(asked: readonly Term[], index: KnowledgeIndex, signal?: AbortSignal): Promise<Searched[]> {
  const pairs = asked.slice(1).map((term, position) => {
    const surface = `${asked[position]?.surface}${term.surface}`;
    return { surface, stem: stem(surface) };
  });
  const known = await counts(
    pairs.map(({ stem }) => stem),
    index,
    signal,
  );
  return pairs.filter((pair) => known.get(pair.stem));
}

/** "nvlink5" → "nvlink", "5"; "80gb" → "80", "gb": only where the corpus knows the letters. */
async function splitCompounds(
  unknown: readonly Term[],
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<Map<string, string[]>> {
  const parts = new Map(
    unknown.flatMap(({ stem, surface }) => {
      const found = surface.match(/\p{L}+|\p{N}+/gu) ?? [];
      return found.length > 1 ? [[stem, found] as const] : [];
    }),
  );
  const letters = [...parts.values()].flat().filter((part) => /\p{L}/u.test(part));
  const known = await counts(letters.map(stem), index, signal);
  return new Map(
    [...parts].filter(([, found]) => found.filter((part) => /\p{L}/u.test(part)).every((part) => known.get(stem(part)))),
  );
}
