import { stemmer } from "stemmer";
import { eng } from "stopword";

/**
 * Words that carry no subject in a question: the `stopword` package's English list, the words with which
 * people ask, and what is left of contractions ("what's" → "s").
 */
const askingWords =
  "am any anyone been being can cannot cant could couldnt did didnt do does doesnt doing dont get gets getting give got had has have having hello help hey hi how i if im is isnt it its ive just know lets ll may me my need no not of off ok okay on or our please pls re s should shouldnt so some someone t tell than thank thanks that thats the their them then there these they thing things this those to too us use ve want was wasnt we were what whats when where wheres which while who whos whose why will with wont would wouldnt yes you your u ur r explain describe mean means about between actually really exactly also one ones vs versus meaning definition define lot lots all bit kind kinds sort stuff ask asked gave work works working wat wats wut wht whts hw wich wanna gonna gotta dunno pls plz thx bro guys";
const stopWords: ReadonlySet<string> = new Set([...eng, ...askingWords.split(" ")]);

const marks = /\p{M}+/gu;
const word = /[\p{L}\p{N}]+/gu;
const compound = /[\p{L}\p{N}]+(?:[-/_.][\p{L}\p{N}]+)+/gu;

/** A word of a question. `stem` is how the full-text index knows it. */
export interface Term {
  readonly surface: string;
  readonly stem: string;
}

/** Lower-case words of a text: runs of letters and digits, accents removed. */
export function words(text: string): string[] {
  return plain(text).match(word) ?? [];
}

/** Porter stem of a lower-case word (M. F. Porter, "An algorithm for suffix stripping", 1980). */
export function stem(surface: string): string {
  return surface.length > 2 ? stemmer(surface) : surface;
}

/**
 * The text as the full-text index stores it: stems without stop words, and hyphenated names a second time
 * as one word, so that "GPT-4" is found as "gpt4" too. One analysis serves index, query and gate.
 */
export function indexText(text: string): string {
  const joined = (plain(text).match(compound) ?? []).map((name) => stem(name.replace(/[^\p{L}\p{N}]/gu, "")));
  return [...stems(text), ...joined].join(" ");
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(marks, "").toLowerCase();
}

/** Stems of a text with stop words left out, in order, repetitions included. */
export function stems(text: string): string[] {
  return words(text).flatMap((surface) => (stopWords.has(surface) ? [] : [stem(surface)]));
}

/**
 * Distinct stems of a text for look-ups, and beside them each word with the number behind it ("nvlink 5",
 * "cuda 12 4"): which one of several is meant stands in the number.
 */
export function stemSet(text: string): Set<string> {
  const all = stems(text);
  const found = new Set(all);
  for (const [position, one] of all.entries()) {
    let name = one;
    for (let next = position + 1; /^\d+$/.test(all[next] ?? ""); next++) {
      name = `${name} ${all[next]}`;
      found.add(name);
    }
  }
  return found;
}

/** Whether stems joined by spaces stand side by side in a text. */
export function phrasesOf(text: string): (phrase: string) => boolean {
  const stems = ` ${indexText(text)} `;
  return (phrase) => stems.includes(` ${phrase} `);
}

/** Distinct content terms of a question, in order. */
export function terms(question: string): Term[] {
  const found = new Map<string, Term>();
  for (const surface of words(question)) {
    if (stopWords.has(surface)) continue;
    const key = stem(surface);
    if (!found.has(key)) found.set(key, { surface, stem: key });
  }
  return [...found.values()];
}

/** Words of measure, time and doing that belong to no subject: a corpus that lacks one may still answer. */
const genericWords: ReadonlySet<string> = new Set(
  "wtf lol pls plz btw idk thx omg imo tbh fast faster fastest slow slower big bigger biggest large larger small smaller long longer short high higher low lower good better best bad worse worst new newer newest old older cheap cheaper expensive hard easy quick quickly easily happen happens happened go goes going come comes look looks say says said put keep keeps let start begin right wrong real possible able sure worth normal usual everyone everybody everything anything something nothing people person guy guys ever never always today nowadays currently actual actually basically simply difference different compare compared".split(
    " ",
  ),
);

/** Whether a lower-case word belongs to no subject in particular. */
export function isGeneric(surface: string): boolean {
  return genericWords.has(surface);
}

/** "wich", "teh", "hwo": a short word that is one typing error away from a word that carries no subject. */
export function isMistypedStopWord(surface: string): boolean {
  if (surface.length < 3 || surface.length > 8 || !/^[a-z]+$/.test(surface)) return false;
  const swaps = [...surface].slice(1).map((letter, at) => {
    return surface.slice(0, at) + letter + surface.charAt(at) + surface.slice(at + 2);
  });
  const shorter =
    surface.length > 3 ? [...surface].map((_, at) => surface.slice(0, at) + surface.slice(at + 1)) : [];
  if ([...swaps, ...shorter].some((one) => stopWords.has(one))) return true;
  return [...stopWords].some(
    (word) =>
      word.length > 3 &&
      ((word.length === surface.length + 1 && lacksOneLetter(surface, word)) ||
        (word.length === surface.length && hasOneOtherLetter(surface, word))),
  );
}

/** The first letter is rarely mistyped. */
function hasOneOtherLetter(typed: string, word: string): boolean {
  const others = [...word].filter((letter, index) => letter !== typed[index]);
  return others.length === 1 && typed[0] === word[0];
}

function lacksOneLetter(shorter: string, longer: string): boolean {
  const at = [...longer].findIndex((letter, index) => letter !== shorter[index]);
  return longer.slice(0, at) + longer.slice(at + 1) === shorter;
}

/** Whether a lower-case word carries no subject. */
export function isStopWord(surface: string): boolean {
  return stopWords.has(surface);
}
