import { isStopWord, stem, words } from "../knowledge/analyze.ts";
import { sameFigure } from "./facts-figures.ts";
import type { ClaimFacts } from "./verify-claim.ts";
import type { SourceUnit } from "./verify-sources.ts";

const negation =
  /^(?:not|no|never|without|cannot|none|neither|nor|lack|lacks|lacked|lacking|unable|hardly|unsupported|nt|fails?|failed|isnt|arent|wasnt|werent|doesnt|dont|didnt|cant|couldnt|wont|wouldnt|shouldnt|hasnt|havent|nothing|nobody)$/;
/** "not only", "no more than" and "not just" deny nothing; "no later" and the like are bounds. */
const denialless = /^(?:only|just|merely|more|less|fewer|later|longer|necessarily)$/;
/** Words that deny without a "not". */
const implicitDenial =
  /\b(?:only|instead|rather|except|unless|until|disabled|off|optional|rarely|free of|too|stops?|stopped|loses?|lost|drops?|dropped|removes?|removed|excludes?|excluded|avoids?|avoided|prevents?|prevented|missing|absent|against|un(?!der|til|it|iv|if|io|iq|less|like)\w{4,}|in(?:compatible|dependent|sufficient|secure|valid|finite)|im(?:possible|perfect)|dis\w{5,}|non-\w+|\w+less)\b/i;
/** Words by which a paraphrase says "not" of one of two things. */
const contrast =
  /\b(?:differs?|different|differing|unlike|instead|rather than|other than|as opposed to|bypass\w*|excluding|except|apart from)\b/i;
/** Denials that follow what they deny: "draft models are unsupported". */
const postposed = /^(?:unsupported|unable|lacking|lacked|failed|fails?)$/;
/** Content words after a negation that it is about. */
const scope = 3;
/** Words of the scope that must be met again. */
const scopeMet = 0.67;

/** Words of two denials that must be the same for both to deny one thing. */
const nearMet = 0.67;

/** Words of opposite direction; a claim with one side where its passage has only the other contradicts it. */
const opposites: readonly (readonly [RegExp, RegExp])[] = (
  [
    ["higher|larger|greater|bigger|faster|more", "lower|smaller|less|slower|fewer"],
    ["highest|largest|greatest|biggest|fastest|most", "lowest|smallest|least|slowest|fewest"],
    [
      "increases?|increased|rises?|rose|grows|grew|raises?|raised",
      "decreases?|decreased|falls?|fell|shrinks?|shrank|lowers?|lowered|reduces?|reduced",
    ],
    ["before|earlier", "after|later"],
    ["enabled|on by default", "disabled|off by default"],
    ["always", "never"],
    ["dense", "sparse"],
    ["above|exceeds?|over", "below|under"],
    ["minimum|at least", "maximum|at most"],
    ["bidirectional|both directions", "one direction|unidirectional|each direction|per direction"],
    ["open-source|open source", "proprietary|closed-source"],
    ["optional", "required|mandatory"],
    ["allows?|allowed|accepts?|accepted", "forbids?|forbidden|refuses?|refused|rejects?|rejected"],
    ["gains?|gained|wins?|won", "loses?|lost"],
    ["faster", "slower"],
    ["first", "last"],
    ["asynchronous", "synchronous"],
  ] as const
).map(([a, b]) => [new RegExp(`\\b(?:${a})\\b`, "i"), new RegExp(`\\b(?:${b})\\b`, "i")] as const);

/** Content words on each side of a word of direction that say what it is about. */
const neighbours = 2;

/** Whether a lower-case word denies. */
export function isNegation(word: string): boolean {
  return negation.test(word);
}

/** Whether a claim says the opposite of the units that it rests on, as far as words show it. */
export function contradicts(claim: ClaimFacts, units: readonly SourceUnit[]): boolean {
  const [first] = units;
  if (!first) return false;
  const texts = units.map(({ text, header }) => (header ? `${text} ${header.text}` : text));
  return (
    deniedDifferently(claim.text, texts) ||
    opposites.some(([one, other]) => opposed(claim.text, texts, one, other)) ||
    boundsDiffer(claim, units) ||
    (units.length === 1 && comparesBackwards(claim.text, first.text))
  );
}

/** A negation on one side whose words the other side has without one. */
function deniedDifferently(claim: string, texts: readonly string[]): boolean {
  const source = texts.map(polarity);
  const said = polarity(claim);
  const deniedBySource = source.flatMap(({ denied }) => denied);
  const deniedByClaim = said.denied;
  const near = (denied: readonly string[][], others: readonly string[][]) =>
    denied.some((one) =>
      others.some((other) => met(one, new Set(other), nearMet) || met(other, new Set(one), nearMet)),
    );
  if (deniedByClaim.length > 0 && deniedBySource.length === 0) {
    // A denial that no word of the passage carries is one that the passage does not make.
    if (!texts.some((text) => implicitDenial.test(text))) return true;
    return deniedByClaim.some((one) => source.some(({ affirmed }) => met(one, affirmed)));
  }
  if (deniedBySource.length > 0 && deniedByClaim.length === 0) {
    // "…, a different value", "rather than", "unless": the claim denies in other words.
    if (contrast.test(claim)) return false;
    return deniedBySource.some((one) => one.length > 1 && met(one, said.affirmed));
  }
  return (
    deniedByClaim.length > 0 &&
    !near(deniedByClaim, deniedBySource) &&
    deniedByClaim.some((one) => source.some(({ affirmed }) => met(one, affirmed, 1)))
  );
}

function met(denied: readonly string[], held: ReadonlySet<string>, least = scopeMet): boolean {
  return denied.length > 0 && denied.filter((one) => held.has(one)).length >= denied.length * least;
}

/** The content stems behind each negation, and those that stand free of any. */
function polarity(text: string): { denied: string[][]; affirmed: Set<string> } {
  const denied: string[][] = [];
  const affirmed = new Set<string>();
  const all = words(text.replace(/\bcan ?not\b|\bcan['’]t\b/gi, "cannot").replace(/n['’]t\b/g, " not"));
  let open: string[] | undefined;
  let neither: string[] | undefined;
  const before: string[] = [];
  for (const [position, word] of all.entries()) {
    if (word === "nor" && open) continue;
    if (negation.test(word)) {
      if (denialless.test(all[position + 1] ?? "")) continue;
      // What stands before is denied too, by "is unsupported".
      open = [];
      if (postposed.test(word)) denied.push(before.slice(-scope));
      denied.push(open);
      if (word === "neither") neither = open;
      continue;
    }
    if (isStopWord(word) && word !== "need") continue;
    const one = stem(word);
    before.push(one);
    if (open && open.length < (denied.at(-1) === neither ? 2 * scope : scope)) open.push(one);
    else affirmed.add(one);
  }
  return { denied: denied.filter((one) => one.length > 0), affirmed };
}

function opposed(claim: string, texts: readonly string[], one: RegExp, other: RegExp): boolean {
  const only = (a: RegExp, b: RegExp) =>
    a.test(claim) &&
    !b.test(claim) &&
    texts.some((text) => b.test(text)) &&
    !texts.some((text) => a.test(text));
  // "A is faster than B" for "B is slower than A" turns both the word and the order.
  if (
    /\bthan\b/i.test(claim) &&
    texts.some((text) => /\bthan\b/i.test(text)) &&
    texts.some((text) => turned(claim, text))
  )
    return false;
  const near = (a: RegExp, b: RegExp) => texts.some((text) => b.test(text) && sharesPlace(claim, a, text, b));
  return (only(one, other) && near(one, other)) || (only(other, one) && near(other, one));
}

/** Whether two words of opposite direction stand near a word that both texts have. */
function sharesPlace(claim: string, a: RegExp, text: string, b: RegExp): boolean {
  const around = (whole: string, word: RegExp) => {
    const found = word.exec(whole);
    if (!found) return new Set<string>();
    const content = (part: string) =>
      words(part)
        .filter((one) => !isStopWord(one))
        .map(stem);
    return new Set([
      ...content(whole.slice(0, found.index)).slice(-neighbours),
      ...content(whole.slice(found.index + found[0].length)).slice(0, neighbours),
    ]);
  };
  const theirs = around(text, b);
  return [...around(claim, a)].some((one) => theirs.has(one));
}

/** "more than 5 TB/s" for "less than 5 TB/s". */
function boundsDiffer(claim: ClaimFacts, units: readonly SourceUnit[]): boolean {
  return claim.figures.some((figure) => {
    if (!figure.bound) return false;
    const same = units.flatMap(({ figures }) => figures).filter((one) => sameFigure(one, figure));
    return same.length > 0 && same.every(({ bound }) => bound !== undefined && bound !== figure.bound);
  });
}

/** The same comparative with its sides exchanged: "A is faster than B" for "B is faster than A". */
function comparesBackwards(claim: string, text: string): boolean {
  return turned(claim, text) && sameComparative(claim, text);
}

function sameComparative(a: string, b: string): boolean {
  const comparative = (text: string) =>
    /\b(\w+er|more|less|fewer)\b[^.]*?\bthan\b/i.exec(text)?.[1]?.toLowerCase();
  const one = comparative(a);
  return one !== undefined && one === comparative(b);
}

/** Whether the words before and after "than" have changed places. */
function turned(claim: string, text: string): boolean {
  const sides = (whole: string) => {
    const [before, after] = whole.split(/\bthan\b/i);
    if (before === undefined || after === undefined) return undefined;
    const content = (part: string) =>
      words(part)
        .filter((word) => !isStopWord(word) && !/er$/.test(word))
        .map(stem);
    return [new Set(content(before)), new Set(content(after).slice(0, 4))] as const;
  };
  const one = sides(claim);
  const other = sides(text);
  if (!one || !other) return false;
  const shared = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
    [...a].filter((word) => b.has(word)).length;
  const straight = shared(one[0], other[0]) + shared(one[1], other[1]);
  const crossed = shared(one[0], other[1]) + shared(one[1], other[0]);
  return crossed > straight && shared(one[1], other[0]) > 0 && shared(one[0], other[1]) > 0;
}
