import { isStopWord } from "../knowledge/analyze.ts";
import { nameKey } from "./facts-names.ts";
import { isNegation } from "./verify-polarity.ts";

/** What a claim that nearly repeats a sentence has put in the place of something else. */
export interface Difference {
  readonly kind: "figure" | "name" | "negation";
  readonly written: string;
}

interface Token {
  readonly written: string;
  readonly key: string;
  /** `capital`: written with a capital here and without one elsewhere in the passage. */
  readonly kind: "figure" | "name" | "capital" | "negation" | "word";
}

/** A claim repeats a sentence when this share of its words stand there in the same order. */
const repeats = 0.6;
/** From this share on a claim is a copy, in which a name or figure in another place is one exchanged. */
const copies = 0.8;
/** Longest stretch of words that counts as one replacement. */
const longestGap = 4;

/**
 * Compares a claim with a sentence that it repeats: a figure or name where the sentence has another one, a
 * negation too many or too few. Undefined when they agree or are too unlike to be laid side by side.
 */
export function alignedDifference(
  claim: string,
  sentence: string,
  common: ReadonlySet<string>,
): Difference | undefined {
  const ours = tokens(claim, common);
  const theirs = tokens(sentence, common);
  const pairs = longestCommonRun(ours, theirs);
  if (pairs.length < 3 || pairs.length < ours.length * repeats) return undefined;
  const copy = pairs.length >= ours.length * copies;
  const moved = copy ? movedFigure(ours, theirs) : undefined;
  if (moved) return { kind: "figure", written: moved.written };
  let from: readonly [number, number] = [-1, -1];
  for (const to of [...pairs, [ours.length, theirs.length] as const]) {
    const gap = ours.slice(from[0] + 1, to[0]);
    const atEnd = to[0] === ours.length;
    // What the sentence says before or after the part that is repeated was left out, not replaced.
    const other = atEnd
      ? theirs.slice(from[1] + 1, from[1] + 1 + Math.max(gap.length, 1))
      : theirs.slice(from[0] < 0 ? Math.max(0, to[1] - gap.length) : from[1] + 1, to[1]);
    if (gap.length <= longestGap && other.length <= longestGap) {
      const found = difference(gap, other, atEnd && gap.length === 0, copy ? [gap, other] : [ours, theirs]);
      if (found) return found;
    }
    from = to;
  }
  return undefined;
}

/** `within`: where a name or figure must be missing, on our side and on theirs, to count as exchanged. */
function difference(
  ours: readonly Token[],
  theirs: readonly Token[],
  leftOut: boolean,
  within: readonly [readonly Token[], readonly Token[]],
): Difference | undefined {
  for (const kind of ["figure", "name"] as const) {
    const alike = (token: Token) => token.kind === kind || (kind === "name" && token.kind === "capital");
    const added = ours.find((token) => alike(token) && !within[1].some(({ key }) => key === token.key));
    const missing = theirs.find((token) => alike(token) && !within[0].some(({ key }) => key === token.key));
    if (added && missing && (added.kind === kind || missing.kind === kind))
      return { kind, written: added.written };
  }
  const denials = (list: readonly Token[]) => list.filter(({ kind }) => kind === "negation").length;
  const differ = (a: readonly Token[], b: readonly Token[]) => denials(a) % 2 !== denials(b) % 2;
  if (!leftOut && differ(ours, theirs) && differ(...within)) {
    return { kind: "negation", written: ours.map(({ written }) => written).join(" ") };
  }
  return undefined;
}

/** A figure that has changed places with another; the parts of a date may stand in any order. */
function movedFigure(ours: readonly Token[], theirs: readonly Token[]): Token | undefined {
  const places = ours.flatMap((token, position) => {
    if (
      token.kind !== "figure" ||
      month.test(ours[position - 1]?.key ?? "") ||
      month.test(ours[position + 1]?.key ?? "")
    )
      return [];
    const there = theirs.flatMap(({ key }, place) => (key === token.key ? [place] : []));
    const once = there.length === 1 && ours.filter(({ key }) => key === token.key).length === 1;
    return once ? [{ token, place: there[0] ?? 0 }] : [];
  });
  return places.find(({ place }, index) => place < (places[index - 1]?.place ?? -1))?.token;
}

const month = /^(?:january|february|march|april|may|june|july|august|september|october|november|december)$/;

function tokens(text: string, common: ReadonlySet<string>): Token[] {
  const expanded = text.replace(/\bcan ?not\b/gi, "can not").replace(/n['’]t\b/g, " not");
  return (
    expanded.match(/\d[\d,.]*\d|\d+(?![\p{L}-])|[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*(?:['’]s)?/gu) ?? []
  ).map((written): Token => {
    const key = /^\d/.test(written) ? written.replace(/,/g, "") : nameKey(written);
    return { written, key, kind: kindOf(written, key, common) };
  });
}

function kindOf(written: string, key: string, common: ReadonlySet<string>): Token["kind"] {
  if (/^\d[\d,.]*$/.test(written)) return "figure";
  if (isNegation(written.toLowerCase())) return "negation";
  if (/\p{N}/u.test(written)) return "name";
  if (!/\p{Lu}/u.test(written) || isStopWord(written.toLowerCase())) return "word";
  return common.has(key) ? "capital" : "name";
}

/** Longest common subsequence of two token lists as pairs of positions. */
function longestCommonRun(a: readonly Token[], b: readonly Token[]): (readonly [number, number])[] {
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      best[i * width + j] =
        a[i]?.key === b[j]?.key ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]?.key === b[j]?.key) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}
