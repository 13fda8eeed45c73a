import type { KnowledgeIndex } from "../index/types.ts";
import { stem, type Term } from "../knowledge/analyze.ts";

/** In how many passages each name occurs. */
export async function counts(
  stems: readonly string[],
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const found = await index.frequencies(stems, signal);
  return new Map(stems.map((one, position) => [one, found[position] ?? 0]));
}

/**
 * Neighbouring words that the corpus writes as one: "nv link", "open ai". Where it writes them as two at least
 * as often ("heat transfer" beside "heat-transfer"), the two words find it already.
 */
export async function joinedParts(
  asked: readonly Term[],
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<(Term & { readonly parts: readonly string[] })[]> {
  const pairs = asked.slice(1).flatMap((term, position) => {
    const before = asked[position];
    const surface = `${before?.surface}${term.surface}`;
    // "stages 1 2 3" are no 12 and 23.
    if (/^\p{N}+$/u.test(surface)) return [];
    return [{ surface, stem: stem(surface), parts: [before?.stem ?? "", term.stem] }];
  });
  const known = await counts(
    pairs.flatMap(({ stem, parts }) => [stem, parts.join(" ")]),
    index,
    signal,
  );
  return pairs.filter(({ stem, parts }) => (known.get(stem) ?? 0) > (known.get(parts.join(" ")) ?? 0));
}

/** "nvlink5" → "nvlink", "5"; "filesystem" → "file", "system": only into parts that the corpus knows. */
export async function splitCompounds(
  unknown: readonly Term[],
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<Map<string, readonly string[]>> {
  const candidates = new Map(unknown.map(({ stem, surface }) => [stem, waysToSplit(surface)]));
  const parts = [...new Set([...candidates.values()].flat(2))].filter((part) => /\p{L}/u.test(part));
  const known = await counts(parts.map(stem), index, signal);
  const worth = (part: string) => (/\p{L}/u.test(part) ? (known.get(stem(part)) ?? 0) : 1);
  const chosen = new Map<string, readonly string[]>();
  for (const [whole, ways] of candidates) {
    const possible = ways.filter((way) => way.every((part) => worth(part) > 0));
    const best = possible.sort((a, b) => Math.min(...b.map(worth)) - Math.min(...a.map(worth)))[0];
    if (best) chosen.set(whole, best);
  }
  return chosen;
}

/** Between letters and digits, or a long word of letters at every place that leaves two words. */
function waysToSplit(surface: string): string[][] {
  const runs = surface.match(/\p{L}+|\p{N}+/gu) ?? [];
  if (runs.length > 1) return [runs];
  const least = 4;
  if (!/^[a-z]{8,24}$/.test(surface)) return [];
  const places = Array.from({ length: surface.length - 2 * least + 1 }, (_, offset) => least + offset);
  return places.map((place) => [surface.slice(0, place), surface.slice(place)]);
}
