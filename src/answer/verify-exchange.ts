import { isStopWord, stem } from "../knowledge/analyze.ts";
import { type Figure, sameFigure } from "./facts-figures.ts";
import { hasStem, type Name, spells } from "./facts-names.ts";
import { unitOf } from "./facts-units.ts";
import type { ClaimFacts } from "./verify-claim.ts";
import type { Source, SourceUnit } from "./verify-sources.ts";
import { leansOn } from "./verify-support.ts";

/** How many words further a conjunction or punctuation puts what stands behind it. */
const breakLength = 3;
/** Words behind the second figure that belong to it. */
const nearBehind = 4;
/** Words that must be nearer to the other figure: the nearness of a single word is chance. */
const majority = 1;
const breaks = /^(?:[,;:.·—|]|and|or|but|while|whereas|against|versus|than|with)$/i;

/**
 * A name that the claim has only from a heading or another sentence, where the one sentence that it rests on
 * has a name that the claim lacks: the one was put in the place of the other.
 */
export function substitutedName(
  claim: ClaimFacts,
  units: readonly SourceUnit[],
  passages: readonly Source[],
): Name | undefined {
  const [unit] = units;
  // A row names its columns in few words, which a claim may call by the terms of the text around it.
  if (!unit || units.length > 1 || unit.header) return undefined;
  const held = [unit, ...leansOn(unit, passages)];
  const ours = [...claim.names, ...claim.openings];
  const titles = passages.flatMap(({ n, context }) => (n === unit.source ? [context] : []));
  // "AMD's MI455X" in a document on AMD names the maker.
  const owns = ({ key, start, end }: Name) =>
    /['’]s?$/.test(claim.text.slice(start, end)) && titles.some(({ keys }) => keys.has(key));
  const strange = ours.find((name) => {
    const { kind, key, written } = name;
    return (
      !owns(name) &&
      (kind === "word" || kind === "opening") &&
      !held.some(({ keys, stems, text }) => keys.has(key) || hasStem(stems, written) || spells(text, key))
    );
  });
  if (!strange) return undefined;
  const claimed = new Set(ours.map(({ key }) => key));
  const lost = unit.names.find(
    ({ kind, key, written }) =>
      (kind === "word" || kind === "model") &&
      !claimed.has(key) &&
      !hasStem(claim.stems, written) &&
      !spells(claim.text, key),
  );
  return lost && strange;
}

/**
 * A figure that stands among the words of another figure of its sort in the same sentence: "43% more capacity
 * and 76% more bandwidth" for the reverse. Each word that both texts have once votes by the figure it is nearer to.
 */
export function crossedFigure(claim: ClaimFacts, units: readonly SourceUnit[]): Figure | undefined {
  if (/\brespectively\b/i.test(claim.text)) return undefined;
  for (const [index, one] of claim.figures.entries()) {
    for (const other of claim.figures.slice(index + 1)) {
      if (sameFigure(one, other) || !alike(one, other) || joined(claim.text, one, other)) continue;
      for (const unit of units) {
        // The cells of a row are told apart by their headings, not by nearness.
        if (unit.header) continue;
        const [a, b] = [one, other].map((figure) => unit.figures.filter((its) => sameFigure(its, figure)));
        const [first] = a ?? [];
        const [second] = b ?? [];
        if (!first || !second || a?.length !== 1 || b?.length !== 1) continue;
        if (ranged(unit, first) || ranged(unit, second)) continue;
        if (crossed(claim.text, [one, other], unit.labelled, [first, second])) return one;
      }
    }
  }
  return undefined;
}

/** Whether words that both texts have once are nearer to the other figure, and none is nearer to its own. */
function crossed(
  claim: string,
  claimed: readonly [Figure, Figure],
  text: string,
  given: readonly [Figure, Figure],
): boolean {
  const ours = sides(claim, claimed);
  const theirs = sides(text, given);
  const votes = [...ours].map(([word, side]) => side * (theirs.get(word) ?? 0));
  return votes.reduce((sum, vote) => sum + vote, 0) <= -majority;
}

/** One end of "5 to 6 years". */
function ranged(unit: SourceUnit, figure: Figure): boolean {
  const before = unit.labelled.indexOf(figure.number);
  return (
    /^\S*\s*(?:to|and|–|-)\s*\d|^$/.test(unit.labelled.slice(before + figure.number.length)) ||
    /\d\s*(?:to|and|–|-)\s*$/.test(unit.labelled.slice(0, before))
  );
}

/** For each content word that stands once: 1 when the first figure is nearer, -1 when the second is, 0 else. */
function sides(text: string, [first, second]: readonly [Figure, Figure]): Map<string, number> {
  const places = [first, second].map(({ number }) => find(text, number));
  const [a, b] = places;
  const found = new Map<string, number>();
  if (a === undefined || b === undefined) return found;
  let place = 0;
  const tokens = [
    ...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}.,+-]*[\p{L}\p{N}]|[\p{L}\p{N}]|[,;:.·—|](?=\s)/gu),
  ].map(({ 0: written, index }) => {
    place += breaks.test(written) ? breakLength : 1;
    return { written, index, place };
  });
  const at = (index: number) => tokens.findLast((token) => token.index <= index)?.place ?? 0;
  for (const token of tokens) {
    const lower = token.written.toLowerCase();
    if (
      !/\p{L}{2}/u.test(lower) ||
      unitOf(token.written) ||
      isStopWord(lower) ||
      token.index === a ||
      token.index === b
    )
      continue;
    // What stands before both figures, or far behind, may be said of both: it is no vote.
    const past = token.place - Math.max(at(a), at(b));
    if (token.place < Math.min(at(a), at(b)) || past > nearBehind) continue;
    const difference = Math.abs(token.place - at(b)) - Math.abs(token.place - at(a));
    const key = stem(lower);
    found.set(key, found.has(key) ? 0 : Math.sign(difference));
  }
  return found;
}

/** Where a number stands in a text, when it stands there once. */
function find(text: string, number: string): number | undefined {
  const places = [...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}.,]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu)].filter(
    ({ 0: written }) =>
      written === number || (written.startsWith(number) && /^\p{L}+$/u.test(written.slice(number.length))),
  );
  return places.length === 1 ? places[0]?.index : undefined;
}

/** "3 to 10", "6 of the 419", "31 July 2026": parts of one statement. */
function joined(text: string, a: Figure, b: Figure): boolean {
  const [one, other] = [find(text, a.number), find(text, b.number)];
  if (one === undefined || other === undefined) return true;
  const between = text.slice(Math.min(one, other), Math.max(one, other));
  return (between.match(/[\p{L}\p{N}%]+/gu) ?? []).length <= 3;
}

function alike(a: Figure, b: Figure): boolean {
  const families = (figure: Figure) => figure.readings.flatMap(({ family }) => family ?? []);
  return families(a).some((one) => families(b).includes(one)) || (a.noun !== undefined && a.noun === b.noun);
}
