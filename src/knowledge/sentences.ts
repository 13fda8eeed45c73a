/** Where a sentence stands in the text it was split from: `text.slice(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** Abbreviations after which the Unicode rules (UAX #29) see a sentence end where there is none. */
const abbreviation =
  /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|etc|approx|ca|no|fig|figs|eq|sec|ch|vol|pp|al|dr|mr|mrs|ms|prof|st|inc|ltd|corp|co|u\.s|u\.k|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|ver)\.\s*$/i;
/** A single capital is an initial ("J. Dongarra") unless it is a unit behind a number ("350 W."). */
const initial = /(?:^|[\s(.])(?<!\d\s)\p{Lu}\.\s*$/u;

/** Characters before a sentence end in which an abbreviation is looked for, white space after it included. */
const longestAbbreviation = 24;

/** A full stop with white space on both sides ends a sentence whatever follows: so texts are written that were cut into words. */
const setApart = /\s[.?!]\s+$/u;

/** The segments of Unicode's rules, and further ones after a full stop that is set apart. */
function* segments(text: string): Generator<{ segment: string; index: number }> {
  for (const { segment, index } of segmenter.segment(text)) {
    let start = 0;
    for (const { index: at, 0: mark } of segment.matchAll(/\s[.?!]\s+(?=\S)/gu)) {
      const end = at + mark.length;
      yield { segment: segment.slice(start, end), index: index + start };
      start = end;
    }
    yield { segment: segment.slice(start), index: index + start };
  }
}

/** Splits a text into sentences. The spans are in order, do not overlap, and lose nothing but white space. */
export function sentenceSpans(text: string): Span[] {
  const spans: Span[] = [];
  let open: Span | undefined;
  for (const { segment, index } of segments(text)) {
    const end = index + segment.length;
    open = open ? { start: open.start, end } : { start: index, end };
    const next = text.slice(end);
    const ending = text.slice(Math.max(open.start, end - longestAbbreviation), end);
    const continues =
      next !== "" &&
      !setApart.test(segment) &&
      (abbreviation.test(ending) || initial.test(ending) || /^\s*[\p{Ll}),;:\]]/u.test(next)) &&
      !/\n\s*$/.test(segment);
    if (continues) continue;
    spans.push(open);
    open = undefined;
  }
  if (open) spans.push(open);
  return spans.map((span) => trim(text, span)).filter((span) => span.end > span.start);
}

/** The sentences of a text as strings. */
export function sentences(text: string): string[] {
  return sentenceSpans(text).map(({ start, end }) => text.slice(start, end));
}

function trim(text: string, { start, end }: Span): Span {
  const segment = text.slice(start, end);
  return {
    start: start + (segment.length - segment.trimStart().length),
    end: end - (segment.length - segment.trimEnd().length),
  };
}
