import type { KnowledgeIndex } from "../index/types.ts";
import { isGeneric, isMistypedStopWord, type Term, terms } from "../knowledge/analyze.ts";
import { counts } from "./compounds.ts";
import { namesIn } from "./names.ts";
import { respell, respelled, type Searched, unheardOf } from "./spelling.ts";
import { type Expansion, expansions } from "./vocabulary.ts";

/** A term as it is searched for. */
export interface QueryTerm extends Term {
  /** Rarity: ln(1 + (N − n + ½) / (n + ½)), N passages of which n hold the term (BM25's idf). */
  readonly weight: number;
  /** What SQLite's BM25 makes of it: ln((N − n + ½) / (n + ½)), 0 for a term that more than half of all passages hold. */
  readonly contrast: number;
  /** In how many passages it occurs. */
  readonly passages: number;
  /** What the member typed when this term was corrected or taken apart. */
  readonly typed?: string;
  /** Other names of the same thing, as stems joined by spaces; all of them occur in the corpus. */
  readonly alternatives: readonly string[];
}

/** What a term is worth where only one of its alternatives stands. */
const worthOfAlternative = 0.9;

/** How far a set of stems holds a term: 1 for itself, less for an alternative, 0 for neither. */
export function holding(term: QueryTerm, stems: ReadonlySet<string>): number {
  if (stems.has(term.stem)) return 1;
  const named = term.alternatives.some((name) => name.split(" ").every((stem) => stems.has(stem)));
  return named ? worthOfAlternative : 0;
}

/** Sum of the weights of the terms that a set of stems holds, each as far as it is held. */
export function heldWeight(terms: readonly QueryTerm[], stems: ReadonlySet<string>): number {
  return terms.reduce((sum, term) => sum + term.weight * holding(term, stems), 0);
}

/** Share of the terms' weight that a set of stems holds, 0 to 1; 0 for no terms. */
export function coverage(terms: readonly QueryTerm[], stems: ReadonlySet<string>): number {
  const total = terms.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? 0 : heldWeight(terms, stems) / total;
}

/** Discord's calls to everybody are no words of a question. */
const ping = /@(?:everyone|here)\b|<@[!&]?\d+>/g;

/** A question made ready for the index. */
export interface Query {
  readonly text: string;
  /** The part of the text that says what is wanted: a follow-up without the question before it. */
  readonly focus: string;
  /** The text with misspelt words as the corpus writes them. */
  readonly spelled: string;
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
  const asked = terms(text.slice(0, 10_000).replace(ping, " "));
  const distinct = await respell(asked, index, signal);
  const spelled = respelled(text, distinct);
  const expanded = await expansions(spelled, index);
  const passages = await counts(
    [...distinct.map(({ stem }) => stem), ...expanded.flatMap(({ meant }) => meant)],
    index,
    signal,
  );
  const weighed = withMeanings(distinct, expanded).map(({ meant, ...term }): QueryTerm => {
    const count = (name: string) => passages.get(name) ?? 0;
    const names = meant.filter((name) => count(name) > 0);
    const most = Math.max(count(term.stem), ...names.map(count));
    // "bw" stands in a command or two, while the corpus says "bandwidth": its own word is searched for.
    const word = names.find(
      (name) => !name.includes(" ") && count(name) >= shorthandShare * count(term.stem),
    );
    const spelled = word ? { stem: word, alternatives: [...names, term.stem] } : { alternatives: names };
    return { ...term, ...spelled, passages: most, ...weights(most, index.manifest.passages) };
  });
  const names = await namesAsked(spelled, index, signal);
  // "How fast is it" need not find the word "fast": what is common to all subjects counts only where it stands.
  const telling = weighed.filter(
    ({ surface, passages }) => passages > 0 || !(isGeneric(surface) || isMistypedStopWord(surface)),
  );
  const weighted = withNumberedNames(
    telling.length > 0 ? telling : weighed,
    names.numbered,
    index.manifest.passages,
  );
  return {
    text,
    focus: text,
    spelled,
    terms: weighted.length > mostTerms ? rarest(weighted) : weighted,
    unknownNames: [...new Set([...names.unknown, ...(await unheardOf(weighed))])],
  };
}

/** "nvlink 5" is one term: by itself the 5 would be found everywhere. */
function withNumberedNames(
  terms: readonly QueryTerm[],
  numbered: ReadonlyMap<string, number>,
  total: number,
): QueryTerm[] {
  const parts = new Set([...numbered.keys()].flatMap((name) => name.split(" ").slice(1)));
  const kept = terms.filter(({ stem }) => !parts.has(stem));
  const names = [...numbered].map(([name, passages]) => ({
    surface: name,
    stem: name,
    alternatives: [],
    passages,
    ...weights(passages, total),
  }));
  return [...kept, ...names];
}

/** How much commoner the corpus's word must be than the member's to stand in its place. */
const shorthandShare = 5;

/** Gives each term the meanings of the phrase that it belongs to; a phrase of stop words only becomes a term. */
function withMeanings(
  distinct: readonly Searched[],
  expanded: readonly Expansion[],
): (Searched & { readonly meant: readonly string[] })[] {
  const own = distinct.map((term) => ({
    ...term,
    meant: [
      ...new Set(expanded.filter(({ said }) => said.includes(term.stem)).flatMap(({ meant }) => meant)),
    ],
  }));
  const wordless = expanded.filter(({ said }) => said.length === 0);
  return [...own, ...wordless.map(({ meant }) => ({ surface: meant[0] ?? "", stem: meant[0] ?? "", meant }))];
}

/**
 * Names in a question, spelt as the corpus spells: those that stand nowhere in it, and the numbered ones that
 * do, with their number of passages.
 */
async function namesAsked(
  text: string,
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<{ unknown: string[]; numbered: Map<string, number> }> {
  const names = namesIn(text.slice(0, 2_000)).slice(0, mostTerms);
  const known = await counts([...new Set(names.flatMap(({ phrases }) => phrases))], index, signal);
  const unknown = names.filter(({ phrases }) => phrases.every((phrase) => !known.get(phrase)));
  const numbered = names.flatMap(({ numbered }) => {
    const passages = numbered === undefined ? 0 : (known.get(numbered) ?? 0);
    return numbered !== undefined && passages > 0 ? [[numbered, passages] as const] : [];
  });
  return { unknown: [...new Set(unknown.map(({ typed }) => typed))], numbered: new Map(numbered) };
}

function weights(passages: number, total: number): Pick<QueryTerm, "weight" | "contrast"> {
  const odds = (total - passages + 0.5) / (passages + 0.5);
  return { weight: Math.log(1 + odds), contrast: Math.max(0, Math.log(odds)) };
}

function rarest(all: readonly QueryTerm[]): QueryTerm[] {
  const known = all.filter(({ passages }) => passages > 0);
  return known.sort((a, b) => b.weight - a.weight).slice(0, mostTerms);
}
