import { type Figure, sameFigure } from "./facts-figures.ts";
import type { Name } from "./facts-names.ts";
import type { ClaimFacts } from "./verify-claim.ts";
import type { Source, SourceUnit } from "./verify-sources.ts";
import { headsColumn, lacksNames, unitElsewhere } from "./verify-support.ts";

/** A figure's clause must have this share of its words in the unit that gives the figure. */
const clauseShare = 0.34;
/** A unit outside the support that has this much more of a clause's words is what the clause is about. */
const rivalLead = 0.25;
/** Shares of fewer words than this say little. */
const wordsToCompare = 4;

/**
 * The figure that is not where its words are: its clause speaks of one unit while the figure stands in
 * another, or a unit nearer to the words gives another figure of the sort. Undefined when every figure is
 * in its place.
 */
export function misplacedFigure(
  claim: ClaimFacts,
  units: readonly SourceUnit[],
  passages: readonly Source[],
): Figure | undefined {
  const everywhere = passages.flatMap((passage) => passage.units);
  for (const { stems, figures, names } of claim.clauses) {
    const together = units.some((unit) => figures.every((figure) => holds(unit, figure, figures)));
    for (const figure of figures) {
      const holders = units.filter((unit) => holds(unit, figure, figures));
      if (!together || !holders.some((unit) => lacksNames(names, unit, passages).length === 0)) return figure;
      const held = Math.max(...holders.map((unit) => shareOf(stems, unit)));
      const best = Math.max(...units.map((unit) => shareOf(stems, unit)));
      if (held < best || (units.length > 1 && held < clauseShare)) return figure;
      if (stems.size < wordsToCompare) continue;
      const rivals = everywhere.filter(
        (unit) => !holds(unit, figure, figures) && givesAnother(unit, figure, claim),
      );
      if (rivals.some((unit) => shareOf(stems, unit) >= held + rivalLead)) return figure;
    }
  }
  return undefined;
}

/** The name whose clause speaks of one unit while the name stands only in another. */
export function misplacedName(
  claim: ClaimFacts,
  units: readonly SourceUnit[],
  passages: readonly Source[],
): Name | undefined {
  if (units.length < 2) return undefined;
  for (const { stems, names } of claim.clauses) {
    const best = Math.max(...units.map((unit) => shareOf(stems, unit)));
    const nearest = units.filter((unit) => shareOf(stems, unit) === best);
    const name = names.find((one) => nearest.every((unit) => lacksNames([one], unit, passages).length > 0));
    if (name) return name;
  }
  return undefined;
}

/** A number given to another thing than the passage gives it to: "274 drives and 3,792 servers" for the reverse. */
export function exchangedFigure(claim: ClaimFacts, units: readonly SourceUnit[]): Figure | undefined {
  return claim.figures.find((figure) => {
    if (!figure.noun) return false;
    const all = units.flatMap(({ figures }) => figures);
    const same = all.filter((one) => sameFigure(one, figure));
    const nouned = same.filter(({ noun }) => noun !== undefined);
    if (nouned.length === 0 || nouned.length < same.length || nouned.some(({ noun }) => noun === figure.noun))
      return false;
    return all.some((one) => one.noun === figure.noun && !sameFigure(one, figure));
  });
}

/** `together`: the figures of the clause. */
function holds(unit: SourceUnit, figure: Figure, together: readonly Figure[]): boolean {
  return (
    unit.figures.some((one) => sameFigure(one, figure) || unitElsewhere(figure, one, unit)) ||
    headsColumn(figure, together, unit)
  );
}

/** Whether a unit gives a figure of the same sort that the claim does not know. */
function givesAnother(unit: SourceUnit, figure: Figure, claim: ClaimFacts): boolean {
  const family = figure.readings.at(-1)?.family;
  const alike = (one: Figure) =>
    family === undefined
      ? one.noun !== undefined && one.noun === figure.noun
      : one.readings.some((reading) => reading.family === family);
  return unit.figures.some((one) => alike(one) && !claim.figures.some((other) => sameFigure(one, other)));
}

function shareOf(words: ReadonlySet<string>, unit: SourceUnit): number {
  if (words.size === 0) return 1;
  return [...words].filter((one) => unit.stems.has(one) || unit.header?.stems.has(one)).length / words.size;
}
