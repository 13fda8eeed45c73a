/** A unit that a figure is given in; figures are comparable when their families are the same. */
export interface UnitOfMeasure {
  /** What is measured and how: "B" and "iB" are two families, so that GB and GiB are never taken for one. */
  readonly family: string;
  /** Exact size in the base unit of the family. */
  readonly factor: number;
}

const decimal: Readonly<Record<string, number>> = {
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Z: 1e21,
  m: 1e-3,
  kilo: 1e3,
  mega: 1e6,
  giga: 1e9,
  tera: 1e12,
  peta: 1e15,
  exa: 1e18,
  zetta: 1e21,
};
const binary: Readonly<Record<string, number>> = {
  K: 2 ** 10,
  k: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  P: 2 ** 50,
  E: 2 ** 60,
  kibi: 2 ** 10,
  mebi: 2 ** 20,
  gibi: 2 ** 30,
  tebi: 2 ** 40,
  pebi: 2 ** 50,
  exbi: 2 ** 60,
};

/** Units with a name of their own, in lower case; months and years have no exact length in days. */
const named: Readonly<Record<string, readonly [family: string, factor: number]>> = {
  "%": ["%", 1],
  percent: ["%", 1],
  "per cent": ["%", 1],
  "°c": ["°C", 1],
  "degrees celsius": ["°C", 1],
  "°f": ["°F", 1],
  ns: ["time", 1e-9],
  nanosecond: ["time", 1e-9],
  µs: ["time", 1e-6],
  μs: ["time", 1e-6],
  us: ["time", 1e-6],
  microsecond: ["time", 1e-6],
  ms: ["time", 1e-3],
  millisecond: ["time", 1e-3],
  s: ["time", 1],
  sec: ["time", 1],
  second: ["time", 1],
  min: ["time", 60],
  minute: ["time", 60],
  h: ["time", 3600],
  hr: ["time", 3600],
  hour: ["time", 3600],
  day: ["time", 86_400],
  week: ["time", 604_800],
  month: ["month", 1],
  year: ["year", 1],
  dollar: ["$", 1],
  "us dollar": ["$", 1],
  usd: ["$", 1],
  euro: ["€", 1],
  "€": ["€", 1],
  x: ["times", 1],
  "×": ["times", 1],
  time: ["times", 1],
  fold: ["times", 1],
  iops: ["IOPS", 1],
  lb: ["lb", 1],
  kg: ["kg", 1],
  t: ["kg", 1000],
  acre: ["acre", 1],
};

const patterns: readonly (readonly [
  RegExp,
  (prefix: string, name: string, rate: string) => UnitOfMeasure | undefined,
])[] = [
  [
    /^([kKMGTPE]?i?)(B|b|bit|byte|Bytes?|Bits?)s?(\/s(?:ec)?|ps| per second| a second)?$/,
    (prefix, name, rate) =>
      data(
        prefix.endsWith("i"),
        prefix.replace("i", ""),
        name.toLowerCase().startsWith("bi") || name === "b",
        rate,
      ),
  ],
  [
    /^((?:kilo|mega|giga|tera|peta|exa|kibi|mebi|gibi|tebi|pebi|exbi)?)(bit|byte)s?(\/s(?:ec)?| per second| a second)?$/i,
    (prefix, name, rate) =>
      data(/bi$/i.test(prefix), prefix.toLowerCase(), name.toLowerCase() === "bit", rate),
  ],
  [
    /^((?:kilo|mega|giga|tera|peta|exa|zetta)?)(flop|op)s?(\/s| per second)?$/i,
    (prefix, name, rate) =>
      prefix === "" && name !== name.toUpperCase() && rate === ""
        ? undefined
        : scaled(prefix.toLowerCase(), name.toUpperCase()),
  ],
  [/^([kMGTPEZ]?)(FLOP|OP)[Ss]?(\/s)?$/, (prefix, name) => scaled(prefix, name)],
  [
    /^((?:kilo|mega|giga)?)(watt)s?(-hours?| hours?)?$/i,
    (prefix, _, hours) => scaled(prefix.toLowerCase(), hours ? "Wh" : "W"),
  ],
  [/^([mkMGT]?)(W|Wh|Hz|T\/s)()$/, (prefix, name) => scaled(prefix, name)],
];

/** Everything that may be a unit, longest forms first; `unitOf` decides. */
export const unitSource =
  "(?:(?:kilo|mega|giga|tera|peta|exa|kibi|mebi|gibi|tebi|pebi|exbi)?(?:bytes?|bits?)|[kKMGTPE]?i?(?:Bytes|Byte|Bits|Bit|bytes|byte|bits|bit|B|b))(?:\\/sec|\\/s|ps| per second| a second)?" +
  "|(?:kilo|mega|giga|tera|peta|exa|zetta)(?:FLOPS|FLOP\\/s|FLOPs|FLOP|flops|flop\\/s|flop)(?: per second)?|[kMGTPEZ]?(?:FLOPS|FLOPs|FLOP\\/s|FLOP|OPS|OP\\/s)" +
  "|(?:kilo|mega|giga)?[wW]atts?(?:[- ]hours?)?|[mkMG]?Wh?|[kMGT]?Hz|[MG]T\\/s|IOPS" +
  "|%|percent|per cent|°C|°F|degrees Celsius|ns|nanoseconds?|[µμ]s|us|microseconds?|ms|milliseconds?|seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?" +
  "|US dollars?|dollars?|USD|€|euros?|times|-?fold|x|×|lb|kg|t|acres?";

/** The unit that is written like this; undefined for any other word. */
export function unitOf(written: string): UnitOfMeasure | undefined {
  const trimmed = written.trim().replace(/^-/, "");
  const lower = trimmed.toLowerCase();
  const [family, factor] = own(lower) ?? own(lower.replace(/s$/, "")) ?? [];
  if (family !== undefined && factor !== undefined) return { family, factor };
  for (const [pattern, make] of patterns) {
    const match = pattern.exec(trimmed);
    const unit = match && make(match[1] ?? "", match[2] ?? "", match[3] ?? "");
    if (unit) return unit;
  }
  return undefined;
}

/** The unit that a column header gives for bare numbers below it: "GB/s per link", "HPL (petaflop/s)". */
export function unitInHeader(header: string): UnitOfMeasure | undefined {
  const found =
    header.match(new RegExp(`(?<![\\p{L}\\p{N}/])(?:${unitSource})(?![\\p{L}\\p{N}/])`, "gu")) ?? [];
  // Single letters and "time" words in a header are words, not units of its cells.
  const compound = /\p{L}-(hours|days|years|months)(?!\p{L})/u.exec(header)?.[1];
  if (compound) return unitOf(compound);
  return found
    .filter((written) => /[A-Z/%°$€]/.test(written) && (written.length > 1 || /[%WB]/.test(written)))
    .map(unitOf)
    .find(Boolean);
}

function own(name: string): readonly [string, number] | undefined {
  return Object.hasOwn(named, name) ? named[name] : undefined;
}

function data(isBinary: boolean, prefix: string, bits: boolean, rate: string): UnitOfMeasure | undefined {
  const factor = prefix === "" ? 1 : (isBinary ? binary : decimal)[prefix];
  if (factor === undefined) return undefined;
  return { family: `${isBinary ? "i" : ""}${bits ? "b" : "B"}${rate ? "/s" : ""}`, factor };
}

function scaled(prefix: string, family: string): UnitOfMeasure | undefined {
  const factor = prefix === "" ? 1 : decimal[prefix];
  return factor === undefined ? undefined : { family, factor };
}
