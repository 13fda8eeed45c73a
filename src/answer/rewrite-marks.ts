import { isStopWord, stem, words } from "../knowledge/analyze.ts";

/** What a rewording may never change, apart from names: figures with their units, and what is denied. */
export interface Marks {
  /** "80 gb", "100", "5": each number with its unit, when one follows it. */
  readonly figures: ReadonlySet<string>;
  /** For each negation the stems of the words behind it. */
  readonly denied: readonly (readonly string[])[];
}

const numerals = "zero,one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve".split(",");
/** "The one", "which one": not a number. */
const numeral = new RegExp(`\\b(?:${numerals.slice(2).join("|")})\\b`, "g");
const figure = /([$€]\s?)?(\d+(?:\.\d+)*)(?:[\s-]?([a-zµμ%°]+(?:\/[a-z]+)?))?/g;
/** Letters behind a number that say what it measures; any other word behind one is what is counted. */
const unit =
  /^(?:[kmgtpe]?i?b(?:ps|\/s|its?|it\/s|ytes?)?|gbe|(?:kilo|mega|giga|tera|peta)(?:bytes?|bits?|watts?|flops)|gigs?|teras?|[km]?w|[kmg]wh|watts?|[kmg]?hz|[tpe]?flops|[mnuµμ]?s|secs?|seconds?|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|%|percent|°?[cf]|x|k|m|t|usd|dollars?|euros?|eur)$/;
/** Ways to write one unit. */
const sameUnits: readonly (readonly [RegExp, string])[] = [
  [/^(?:gigs?|gigabytes?)$/, "gb"],
  [/^(?:teras?|terabytes?)$/, "tb"],
  [/^megabytes?$/, "mb"],
  [/^(?:gbit|gbits|gbps|gbit\/s|gbe|gigabits?)$/, "gbit"],
  [/^(?:secs?|seconds?)$/, "s"],
  [/^(?:mins?|minutes?)$/, "min"],
  [/^(?:hrs?|hours?|h)$/, "h"],
  [/^percent$/, "%"],
  [/^watts?$/, "w"],
  [/^kilowatts?$/, "kw"],
  [/^megawatts?$/, "mw"],
  [/^(?:usd|dollars?)$/, "$"],
  [/^(?:eur|euros?)$/, "€"],
];

const negation =
  /^(?:not|no|never|without|cannot|none|neither|nor|cant|dont|doesnt|didnt|isnt|arent|wasnt|werent|wont|couldnt|wouldnt|shouldnt|hasnt|havent|nothing|nobody|unable|lacks?|lacking|except|excluding)$/;
/** "No more than", "not only": nothing is denied. */
const denialless = /^(?:only|just|merely|more|less|fewer|later|longer)$/;
/** Where what is denied ends: "without NVLink but with HBM". */
const turn = /^(?:but|while|whereas|though|although|yet|and|or)$/;
/** Content words behind a negation that it may be about. */
const scope = 3;

/** Reads figures and negations of a question. */
export function marksOf(text: string): Marks {
  return { figures: figuresOf(text), denied: deniedIn(text) };
}

function figuresOf(text: string): Set<string> {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/(\d),(?=\d{3}(?!\d))/g, "$1")
    .replace(numeral, (word) => String(numerals.indexOf(word)));
  const found = [...plain.matchAll(figure)].map(([, currency, number = "", letters = ""]) => {
    const written = currency?.trim() ?? (unit.test(letters) ? letters : "");
    const name =
      sameUnits.find(([pattern]) => pattern.test(written))?.[1] ?? written.replace(/(?<=[a-z]{2})s$/, "");
    return `${number} ${name || written}`.trim();
  });
  return new Set(found);
}

function deniedIn(text: string): string[][] {
  const all = words(text.replace(/\bcan ?not\b/gi, "cannot").replace(/n['’]t\b/gi, " not"));
  return all.flatMap((word, position) => {
    if (!negation.test(word) || denialless.test(all[position + 1] ?? "")) return [];
    const rest = all.slice(position + 1);
    const end = rest.findIndex((one) => turn.test(one));
    const behind = (end < 0 ? rest : rest.slice(0, end)).filter((one) => !isStopWord(one));
    return [behind.slice(0, scope).map(stem)];
  });
}

/** Whether every figure stands among the others, unit included. */
export function holdsFigures(figures: ReadonlySet<string>, among: ReadonlySet<string>): boolean {
  return [...figures].every((one) => among.has(one));
}

/** Whether the same is denied on both sides, as far as words show it. */
export function deniesAlike(one: Marks["denied"], other: Marks["denied"]): boolean {
  const answered = (from: Marks["denied"], to: Marks["denied"]) =>
    from.every((words) =>
      to.some((others) => words.length === 0 || others.length === 0 || words.some((w) => others.includes(w))),
    );
  return answered(one, other) && answered(other, one);
}
