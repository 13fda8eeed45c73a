import { type Figure, sameFigure, sameNumber } from "./facts-figures.ts";
import { hasStem, holdsLiteral, type Name, spells } from "./facts-names.ts";
import type { ClaimFacts } from "./verify-claim.ts";
import type { Source, SourceUnit } from "./verify-sources.ts";

/** Units of passages that together support a claim. */
export interface Support {
  readonly units: readonly SourceUnit[];
  /** Share of the claim's content stems that they or their headings hold. */
  readonly share: number;
  readonly missingFigures: readonly Figure[];
  readonly missingNames: readonly Name[];
}

/** Units looked at in pairs; more cannot matter, since each must hold words of the claim. */
const mostCandidates = 24;
/** A second unit must add at least this share of the claim's words, or a figure or name. */
const secondUnitGain = 0.15;
/** The best support for a claim among the units of the cited passages: one unit, or two where one is not enough. */
export function bestSupport(claim: ClaimFacts, sources: readonly Source[]): Support | undefined {
  const candidates = sources
    .flatMap((source) =>
      source.units.map((unit) => ({ source, unit, support: supportBy(claim, [unit], [source]) })),
    )
    .sort((a, b) => compare(a.support, b.support))
    .slice(0, mostCandidates);
  const [first] = candidates;
  if (!first) return undefined;
  let best = first.support;
  if (complete(best) && best.share >= 1 - secondUnitGain) return best;
  for (const [index, one] of candidates.entries()) {
    for (const other of candidates.slice(index + 1)) {
      const both = supportBy(claim, inOrder(one.unit, other.unit), [one.source, other.source]);
      const gains =
        missing(both) < missing(best) ||
        both.share - best.share >= (best.units.length === 1 ? secondUnitGain : 0.001);
      if (gains && compare(both, best) < 0) best = both;
    }
  }
  return best;
}

/** What of a claim these units hold, and what they lack. */
function supportBy(claim: ClaimFacts, units: readonly SourceUnit[], sources: readonly Source[]): Support {
  const held = units.flatMap((unit) => [unit, ...leansOn(unit, sources)]);
  const contexts = sources.map(({ context }) => context);
  const headers = units.flatMap(({ header }) => (header ? [header] : []));
  const wordsHeld = [...held, ...contexts, ...headers];
  const has = (one: string) => wordsHeld.some(({ stems }) => stems.has(one));
  const count = [...claim.stems].filter(has).length;
  return {
    units,
    share: claim.stems.size === 0 ? 1 : count / claim.stems.size,
    missingFigures: claim.figures.filter(
      (figure) =>
        !units.some(
          (unit) =>
            unit.figures.some((one) => sameFigure(figure, one) || unitElsewhere(figure, one, unit)) ||
            headsColumn(figure, claim.figures, unit),
        ),
    ),
    missingNames: claim.names.filter((name) => !holdsName(name, held, [...contexts, ...headers])),
  };
}

/** The names that a unit lacks, those that its passage's title, headings and column headings hold not counted. */
export function namesMissing(names: readonly Name[], unit: SourceUnit, sources: readonly Source[]): Name[] {
  const held = [unit, ...leansOn(unit, sources)];
  const context = sources.filter(({ n }) => n === unit.source).map((source) => source.context);
  return names.filter((name) => !holdsName(name, held, unit.header ? [...context, unit.header] : context));
}

/** The names that a unit, what it leans on, and its headings lack. */
export function lacksNames(names: readonly Name[], unit: SourceUnit, passages: readonly Source[]): Name[] {
  const contexts = passages.flatMap(({ n, context }) => (n === unit.source ? [context] : []));
  const headings = [...contexts, ...(unit.header ? [unit.header] : [])];
  const held = [unit, ...leansOn(unit, passages)];
  return names.filter((name) => !holdsName(name, held, headings));
}

/** Names with digits and literals must stand in the units that are quoted; other names may stand in a heading. */
function holdsName(
  name: Name,
  units: readonly SourceUnit[],
  contexts: readonly { keys: ReadonlySet<string>; stems: ReadonlySet<string> }[],
): boolean {
  if (name.kind === "literal") return units.some(({ folded }) => holdsLiteral(folded, name.key));
  if (units.some(({ keys, stems }) => keys.has(name.key) || hasStem(stems, name.written))) return true;
  if (name.kind === "model") return false;
  return (
    contexts.some(({ keys, stems }) => keys.has(name.key) || hasStem(stems, name.written)) ||
    units.some(({ text }) => spells(text, name.key))
  );
}

/** Whether a figure stands in the heading of a column of which the claim also gives the cell. */
export function headsColumn(figure: Figure, claimed: readonly Figure[], unit: SourceUnit): boolean {
  return unit.columns.some(
    ({ heading, cell }) =>
      heading.some((one) => sameFigure(one, figure)) &&
      claimed.some((mine) => cell.some((one) => sameFigure(one, mine))),
  );
}

/** A bare number whose unit stands apart in its sentence: "in GB: 80, 141". */
export function unitElsewhere(figure: Figure, one: Figure, unit: SourceUnit): boolean {
  const symbol = figure.written.slice(figure.number.length).trim();
  const bare = one.readings.length === 1 && one.readings[0]?.family === undefined && one.noun === undefined;
  return (
    bare &&
    symbol.length > 1 &&
    sameNumber(figure, one) &&
    holdsLiteral(unit.folded, symbol.toLowerCase()) &&
    unit.figures.every((other) => other === one || !sameFigureFamily(figure, other))
  );
}

function sameFigureFamily(a: Figure, b: Figure): boolean {
  return a.readings.some(
    ({ family }) => family !== undefined && b.readings.some((other) => other.family === family),
  );
}

/** The unit before one that opens with a pronoun, in the same paragraph and so in the same quote. */
export function leansOn(unit: SourceUnit, sources: readonly Source[]): SourceUnit[] {
  // Only prose is quoted by the paragraph; the item before a list item is not in its quote.
  if (!unit.leans || (unit.block.kind !== "paragraph" && unit.block.kind !== "quote")) return [];
  const before = sources.find(({ n }) => n === unit.source)?.units[unit.position - 1];
  if (!before || before.block !== unit.block) return [];
  return [before, ...leansOn(before, sources)];
}

function inOrder(a: SourceUnit, b: SourceUnit): SourceUnit[] {
  return a.source < b.source || (a.source === b.source && a.position < b.position) ? [a, b] : [b, a];
}

function missing({ missingFigures, missingNames }: Support): number {
  return missingFigures.length + missingNames.length;
}

function complete(support: Support): boolean {
  return missing(support) === 0;
}

/** Fewer missing facts first, then more of the words, then neighbours. */
function compare(a: Support, b: Support): number {
  return missing(a) - missing(b) || b.share - a.share || spread(a) - spread(b);
}

function spread({ units: [first, second] }: Support): number {
  if (!first || !second) return 0;
  return first.source === second.source ? second.position - first.position : 1000;
}
