import { stem } from "../knowledge/analyze.ts";
import { type UnitOfMeasure, unitOf, unitSource } from "./facts-units.ts";

/** A number with what it counts or measures. */
export interface Figure {
  /** As written, unit included. */
  readonly written: string;
  /** The number alone, as written. */
  readonly number: string;
  /** Value in the base unit of its family, one entry a reading: "30 to 41 kW" reads 30 as bare and as kW. */
  readonly readings: readonly { readonly value: number; readonly family: string | undefined }[];
  /** "more than" or "up to" before it. */
  readonly bound: "least" | "most" | undefined;
  /** Stem of the word after a bare number: what it counts. */
  readonly noun: string | undefined;
  readonly start: number;
  readonly end: number;
}

const numerals: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  eighteen: 18,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const multipliers: Readonly<Record<string, number>> = {
  k: 1e3,
  K: 1e3,
  M: 1e6,
  B: 1e9,
  T: 1e12,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  trillion: 1e12,
};

const number = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:\\d{1,3}(?:[,\\u00a0\\u202f]\\d{3})+(?!\\d)(?:\\.\\d+)?|\\d+(?:\\.\\d+)?|(?:${Object.keys(numerals).join("|")})(?!\\p{L}))`,
  "giu",
);
const ordinal = /(?:st|nd|rd|th)(?![\p{L}\p{N}])/uy;
const wordMultiplier = /[\s\u00a0-]?(thousand|million|billion|trillion)(?!\p{L})/iuy;
const letterMultiplier = /([kKMBT])(?![\p{L}\p{N}/])/uy;
// "4 x 4 chips" and "8x H200" are counts; "2x" and "5 times" are factors.
const unit = new RegExp(
  `[\\s\\u00a0\\u202f-]?(${unitSource})(?![\\p{L}\\p{N}/])(?!(?<=[x×])\\s*[\\p{N}\\p{Lu}])`,
  "uy",
);
/** Between two numbers that share the unit of the second. */
const joins =
  /^\s*(?:to|–|—|-|and|or|,|, and|and up to|vs\.?|versus|against|instead of|rather than|or rather|\/|compared (?:with|to))\s*(?:about |around |roughly |more than |up to )?$/i;
const atLeast =
  /(?:more than|over|at least|above|exceed(?:s|ed|ing)?|greater than|higher than|beyond|no less than|minimum of|[>≥])\s*(?:about |around )?\$?$/i;
const atMost =
  /(?:less than|under|below|at most|up to|fewer than|no more than|lower than|maximum of|not exceed(?:ing)?|[<≤])\s*(?:about |around )?\$?$/i;

/**
 * The figures of a text from left to right: digits with thousands separators, decimals, ranges,
 * "24.8 million", "70B", written numbers, with their units. Names with digits must be masked before.
 */
export function figures(text: string): Figure[] {
  const found: (Figure & { unit: UnitOfMeasure | undefined })[] = [];
  for (const match of text.matchAll(number)) {
    const written = match[0];
    const start = match.index;
    let end = start + written.length;
    let value = numerals[written.toLowerCase()] ?? Number(written.replace(/[,\u00a0\u202f]/g, ""));
    const step = (pattern: RegExp): string | undefined => {
      pattern.lastIndex = end;
      const next = pattern.exec(text);
      if (!next) return undefined;
      end += next[0].length;
      return next[1] ?? next[0];
    };
    step(ordinal);
    const multiplier = step(letterMultiplier) ?? step(wordMultiplier)?.toLowerCase();
    if (multiplier) value *= multipliers[multiplier] ?? 1;
    const measured =
      unitAfter(step) ?? (/[$€]\s?$/.test(text.slice(0, start)) ? { family: "$", factor: 1 } : undefined);
    const before = text.slice(Math.max(0, start - 24), start);
    found.push({
      written: text.slice(start, end),
      number: written,
      readings: [{ value: value * (measured?.factor ?? 1), family: measured?.family }],
      bound: atMost.test(before) ? "most" : atLeast.test(before) ? "least" : undefined,
      noun: measured ? undefined : nounAfter(text.slice(end)),
      start,
      end,
      unit: measured,
    });
  }
  return shareUnits(text, found);
}

/** Whether two figures are one: the same family and exactly the same value, 3.35 TB/s and 3,350 GB/s included. */
export function sameFigure(a: Figure, b: Figure): boolean {
  return a.readings.some((one) =>
    b.readings.some((other) => one.family === other.family && sameValue(one.value, other.value)),
  );
}

/** Whether two figures have the same number, whatever their units. */
export function sameNumber(a: Figure, b: Figure): boolean {
  const plain = (figure: Figure) =>
    numerals[figure.number.toLowerCase()] ?? Number(figure.number.replace(/[,\u00a0\u202f]/g, ""));
  return sameValue(plain(a), plain(b));
}

/** Decimal conversion in binary floating point is off by some 1e-16; two written figures never are that close. */
function sameValue(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function unitAfter(step: (pattern: RegExp) => string | undefined): UnitOfMeasure | undefined {
  const written = step(unit);
  return written === undefined ? undefined : unitOf(written);
}

function nounAfter(rest: string): string | undefined {
  // "3,072 Trillium chips" counts chips; a plural or an acronym is what is counted itself.
  const word = /^[\s-]?(?:of the )?(?:\p{Lu}\p{Ll}+(?<!s) (?=\p{Ll}+s\b))?(\p{L}{2,})/u
    .exec(rest)?.[1]
    ?.toLowerCase();
  return word && !/^(?:and|or|to|of|in|on|at|by|for|with|from|is|are|was|per|the|an?)$/.test(word)
    ? stem(word)
    : undefined;
}

/** "30 to 41 kW": a bare number before one with a unit may be in that unit; a year is never meant. */
function shareUnits(
  text: string,
  found: readonly (Figure & { unit: UnitOfMeasure | undefined })[],
): Figure[] {
  const shared: Figure[] = [];
  let next: { start: number; unit: UnitOfMeasure | undefined } | undefined;
  for (const { unit: measured, ...figure } of [...found].reverse()) {
    const inherited =
      !measured && next?.unit && joins.test(text.slice(figure.end, next.start)) ? next.unit : undefined;
    const [reading] = figure.readings;
    const isYear = /^(?:19|20)\d\d$/.test(figure.number);
    const alternative =
      inherited && reading && !isYear
        ? [{ value: reading.value * inherited.factor, family: inherited.family }]
        : [];
    shared.unshift({ ...figure, readings: [...figure.readings, ...alternative] });
    next = { start: figure.start, unit: measured ?? (isYear ? undefined : inherited) };
  }
  return shared;
}
