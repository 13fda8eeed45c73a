import { factsOf } from "../../src/answer/facts.ts";
import type { Figure } from "../../src/answer/facts-figures.ts";
import { sameFigure } from "../../src/answer/facts-figures.ts";
import type { Name } from "../../src/answer/facts-names.ts";
import { nameKeys } from "../../src/answer/facts-names.ts";
import { itemText } from "../../src/knowledge/sentence-text.ts";
import type { Hit } from "../../src/retrieve/retrieve.ts";
import { limitDropped, madeUniversal } from "./overgeneral.ts";

export type MutationKind =
  | "wrong figure"
  | "wrong unit"
  | "swapped entity, same passage"
  | "swapped entity, other passage"
  | "invented name"
  | "wrong citation"
  | "figure of same passage"
  | "figure of other cited passage"
  | "exchanged figures"
  | "negated"
  | "made universal"
  | "limit dropped";

/** Least shares caught of what no passage of the answer says, in whatever wording the claim is. */
export const caughtInAnyWording = {
  "wrong figure": 0.95,
  "wrong unit": 0.95,
  "invented name": 0.95,
  "swapped entity, other passage": 0.95,
  "wrong citation": 0.95,
  "figure of other cited passage": 0.95,
} as const satisfies Partial<Record<MutationKind, number>>;

/**
 * A claim made wrong by a machine, with the passages that it may cite: the first is the true one.
 * Many are near copies of a sentence, which verify-alignment.ts catches; see verify-paraphrases.test.ts for others.
 */
export interface Mutation {
  readonly kind: MutationKind;
  readonly text: string;
  readonly original: string;
  readonly cited: readonly number[];
  readonly hits: readonly Hit[];
}

export interface Sentence {
  readonly text: string;
  readonly hit: Hit;
  /** The passage itself, the next of its document or the corpus, and one from far away. */
  readonly hits: readonly Hit[];
}

const inventedNames = ["Zentara", "Qubrix", "Velmora", "Orvantis", "KX900", "Brynholt", "Nexaphor", "TL-77"];
const otherUnits: Readonly<Record<string, readonly string[]>> = {
  GB: ["TB", "GiB", "MB", "Gb"],
  "GB/s": ["Gb/s", "TB/s", "GiB/s"],
  "TB/s": ["GB/s", "Tb/s"],
  "Gb/s": ["GB/s", "Tb/s"],
  TB: ["PB", "GB"],
  PB: ["TB", "EB"],
  GiB: ["GB", "TiB"],
  MiB: ["MB", "GiB"],
  KiB: ["KB", "MiB"],
  W: ["kW", "MW"],
  kW: ["W", "MW"],
  MW: ["kW", "GW"],
  "%": [" times", " GB"],
  percent: ["times", "GB"],
  TFLOPS: ["PFLOPS", "GFLOPS"],
  ms: ["s", "µs"],
  seconds: ["minutes", "milliseconds"],
  minutes: ["seconds", "hours"],
  hours: ["minutes", "days"],
  days: ["hours", "weeks"],
  "°C": ["°F", " percent"],
  times: ["percent", "GB"],
  PFLOPS: ["TFLOPS"],
  MB: ["GB"],
  dollars: ["percent"],
  years: ["months"],
  months: ["years"],
  weeks: ["days"],
};

/** Sentences and list items of the corpus, with passages to cite wrongly. */
export function sentencesOf(hits: readonly Hit[]): Sentence[] {
  return hits.flatMap((hit, index) => {
    const near = hits[(index + 1) % hits.length] ?? hit;
    const far = hits[(index + 41) % hits.length] ?? hit;
    const blocks = hit.passage.blocks.filter(({ kind }) => kind === "paragraph" || kind === "list");
    const texts = blocks.flatMap(({ units }) => units.map(({ text }) => itemText(text)));
    return texts
      .filter((text) => text.split(/\s+/).length >= 5)
      .map((text) => ({ text, hit, hits: [hit, near, far] }));
  });
}

/** All mutations of a sentence that apply; `pick` chooses deterministically. */
export function mutationsOf(sentence: Sentence, pick: (count: number) => number): Mutation[] {
  const { text, hit, hits } = sentence;
  const { figures, names } = factsOf(text);
  const made: Mutation[] = [];
  const add = (kind: MutationKind, changed: string | undefined, cited: readonly number[] = [1]) => {
    if (changed !== undefined && (changed !== text || kind === "wrong citation"))
      made.push({ kind, text: changed, original: text, cited, hits });
  };
  const digits = figures.filter(
    ({ number, written }) => /\d/.test(number) && text.split(written).length === 2,
  );
  const figure = digits[pick(digits.length)];
  if (figure) {
    const [whole = "0"] = figure.number.replaceAll(",", "").split(".");
    const changed = String(Number(whole) + ([1, 3, 7, 10][pick(5)] ?? (Number(whole) || 5)));
    add("wrong figure", put(text, figure.number, figure, changed));
    add("figure of same passage", fromOther(text, figure, factsOf(hit.passage.text).figures));
    const other = hits[1] ?? hit;
    add(
      "figure of other cited passage",
      fromOther(text, figure, factsOf(other.passage.text).figures),
      [1, 2],
    );
  }
  const measured = digits.flatMap((one) => {
    const unit = one.written.slice(one.number.length).replace(/^[\s-]/, "");
    const others = otherUnits[unit];
    return others ? [{ one, unit, others }] : [];
  });
  const unit = measured[pick(measured.length)];
  if (unit)
    add(
      "wrong unit",
      text.replace(
        unit.one.written,
        unit.one.written.replace(unit.unit, unit.others[pick(unit.others.length)] ?? ""),
      ),
    );
  const words = names.filter(
    ({ kind, written, start, end }) => kind !== "literal" && text.slice(start, end) === written,
  );
  const name = words[pick(words.length)];
  if (name) {
    add("invented name", exchange(text, name, inventedNames[pick(inventedNames.length)] ?? ""));
    add("swapped entity, same passage", swapped(text, name, hit.passage.text, pick));
    add("swapped entity, other passage", swapped(text, name, (hits[2] ?? hit).passage.text, pick));
  }
  const [one, two] = digits;
  if (
    one &&
    two &&
    one.end < two.start &&
    one.written.slice(one.number.length) === two.written.slice(two.number.length) &&
    !sameFigure(one, two)
  ) {
    add(
      "exchanged figures",
      `${text.slice(0, text.indexOf(one.written))}${two.written}${text.slice(text.indexOf(one.written) + one.written.length, text.indexOf(two.written))}${one.written}${text.slice(text.indexOf(two.written) + two.written.length)}`,
    );
  }
  add("wrong citation", text, [2 + pick(2)]);
  add("negated", negated(text));
  add("made universal", madeUniversal(text));
  add("limit dropped", limitDropped(text));
  return made;
}

function put(text: string, old: string, figure: Figure, changed: string): string {
  return text.replace(figure.written, figure.written.replace(old, changed));
}

/** The figure replaced by another of the same sort from elsewhere. */
function fromOther(text: string, figure: Figure, others: readonly Figure[]): string | undefined {
  const own = factsOf(text).figures;
  const family = figure.readings[0]?.family;
  const other = others.find(
    (one) =>
      one.readings[0]?.family === family &&
      /\d/.test(one.number) &&
      !own.some((mine) => sameFigure(mine, one)),
  );
  return other && text.replace(figure.written, other.written);
}

function exchange(text: string, name: Name, other: string): string {
  return `${text.slice(0, name.start)}${other}${text.slice(name.end)}`;
}

/** Another name of the same kind that this sentence does not hold. */
function swapped(
  text: string,
  name: Name,
  from: string,
  pick: (count: number) => number,
): string | undefined {
  const own = nameKeys(text);
  const others = factsOf(from).names.filter(
    ({ kind, key, written }) => kind === name.kind && !own.has(key) && written.length > 2,
  );
  const other = others[pick(others.length)];
  return other && exchange(text, name, other.written);
}

function negated(text: string): string | undefined {
  const dropped = text.replace(/\b(does|do|is|are|was|were|can|has|have|had|did) not\b/, "$1");
  if (dropped !== text) return dropped;
  const added = text.replace(
    /\b(is|are|was|were|can|has|have|may|will|must|should)\b(?! no\b| not\b)/,
    "$1 not",
  );
  return added === text ? undefined : added;
}

/** Mulberry32 (T. Ettinger, public domain): the same picks in every run. */
export function picker(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * count);
  };
}
