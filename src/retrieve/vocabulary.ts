import type { KnowledgeIndex, VocabularyEntry } from "../index/types.ts";
import { isStopWord, stem, words } from "../knowledge/analyze.ts";

/** What the corpus may call the words of a question. */
export interface Expansion {
  /** Stems of the question that the phrase consists of. */
  readonly said: readonly string[];
  /** Names that may stand for them, each as stems joined by spaces. */
  readonly meant: readonly string[];
}

interface Phrase {
  readonly stems: readonly string[];
  readonly expansion: Expansion;
}

/** Phrases by their first stem, made once for each index. */
const prepared = new WeakMap<KnowledgeIndex, Promise<ReadonlyMap<string, readonly Phrase[]>>>();

/** Finds what members say in another way than the corpus does; the longest phrase at each place counts. */
export async function expansions(question: string, index: KnowledgeIndex): Promise<Expansion[]> {
  let phrases = prepared.get(index);
  if (!phrases) {
    phrases = index.vocabulary().then(byFirstStem);
    prepared.set(index, phrases);
  }
  const known = await phrases;
  const asked = words(question).map(stem);
  const found: Expansion[] = [];
  for (let position = 0; position < asked.length; ) {
    const fits = (known.get(asked[position] ?? "") ?? []).filter(({ stems }) =>
      stems.every((one, offset) => asked[position + offset] === one),
    );
    const longest = fits.sort((a, b) => b.stems.length - a.stems.length)[0];
    if (longest) found.push(longest.expansion);
    position += longest?.stems.length ?? 1;
  }
  return found;
}

function byFirstStem(entries: readonly VocabularyEntry[]): Map<string, Phrase[]> {
  const known = new Map<string, Phrase[]>();
  for (const { say, mean } of entries) {
    const meant = [...new Set(mean.map((term) => content(term).join(" ")).filter(Boolean))];
    for (const phrase of say) {
      const stems = words(phrase).map(stem);
      const [first] = stems;
      if (first === undefined || meant.length === 0) continue;
      const expansion = { said: content(phrase), meant };
      known.set(first, [...(known.get(first) ?? []), { stems, expansion }]);
    }
  }
  return known;
}

function content(text: string): string[] {
  return words(text)
    .filter((word) => !isStopWord(word))
    .map(stem);
}
