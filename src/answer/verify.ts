import { stem } from "../knowledge/analyze.ts";
import type { RefusalReason } from "../knowledge/types.ts";
import type { ClaimBlock } from "./blocks.ts";
import { withoutMarks } from "./blocks-marks.ts";
import { type Figure, sameFigure, sameNumber } from "./facts-figures.ts";
import { holdsLiteral, type Name } from "./facts-names.ts";
import { alignedDifference } from "./verify-alignment.ts";
import { type ClaimFacts, claimFacts } from "./verify-claim.ts";
import { crossedFigure, substitutedName } from "./verify-exchange.ts";
import { exchangedFigure, misplacedFigure, misplacedName } from "./verify-place.ts";
import { contradicts } from "./verify-polarity.ts";
import { overstates } from "./verify-scope.ts";
import { rowText, type Source, type SourceUnit } from "./verify-sources.ts";
import { bestSupport, type Support } from "./verify-support.ts";

type Judged =
  | {
      readonly verdict: "supported";
      /** The units of passages that support it together. */
      readonly units: readonly SourceUnit[];
      /** Markdown without citation marks, figures written as the passage writes them; code without its fence. */
      readonly text: string;
    }
  | { readonly verdict: RefusalReason; readonly detail: string };

/** Whether a block may be shown, with the share of its content words that the cited passages hold (null without any). */
export type Verdict = Judged & { readonly support: number | null };

/**
 * Share of a claim's content stems that its passages must hold. Figures and names are held to all; this is
 * for the rest, where a paraphrase changes words: see test/answer for the accepted share of true paraphrases
 * and the recall on claims about something else, between which the value stands.
 */
const supportNeeded = 0.5;

/** Figures and names are evidence of the subject too: a claim with this many of them needs fewer of its words. */
const factsThatTell = 3;
const supportNeededWithFacts = 0.34;

/** Verifies one block against the passages that it cites. Pure and synchronous; never throws. */
export function verifyBlock(block: ClaimBlock, sources: readonly Source[]): Verdict {
  const { cited } = block;
  if (cited.length === 0) return { verdict: "no_citation", detail: "it cites no passage", support: null };
  const unknown = cited.filter((n) => !sources.some((source) => source.n === n));
  if (unknown.length > 0)
    return {
      verdict: "unknown_citation",
      detail: `there is no passage ${unknown.join(", ")}`,
      support: null,
    };
  const passages = sources.filter(({ n }) => cited.includes(n));
  return block.kind === "code" ? verifyCode(block.text, passages) : verifyClaim(claimText(block), passages);
}

/** What a block claims, in words: rows with their header, no citation marks. */
export function claimText(block: ClaimBlock): string {
  const text = withoutMarks(block.text);
  return block.kind === "row" ? rowText(block.header ?? [], text) : text;
}

/** Code is a quotation: whole, or its lines in a row, white space folded. */
function verifyCode(code: string, passages: readonly Source[]): Verdict {
  const fold = (text: string) => text.replace(/\s+/g, " ").trim();
  const folded = fold(code);
  const unit = passages
    .flatMap(({ units }) => units)
    .find((one) => folded !== "" && holdsLiteral(fold(one.unit.text), folded));
  return unit
    ? { verdict: "supported", units: [unit], text: code, support: 1 }
    : { verdict: "unsupported", detail: "the code is not in the passage word for word", support: 0 };
}

function verifyClaim(text: string, passages: readonly Source[]): Verdict {
  const claim = claimFacts(text);
  const support = bestSupport(claim, passages);
  return { ...judge(text, claim, support, passages), support: support?.share ?? null };
}

function judge(
  text: string,
  claim: ClaimFacts,
  support: Support | undefined,
  passages: readonly Source[],
): Judged {
  const everywhere = passages.flatMap(({ units }) => units);
  for (const figure of claim.figures) {
    const all = everywhere.flatMap(({ figures, columns }) => [
      ...figures,
      ...columns.flatMap(({ heading }) => heading),
    ]);
    if (all.some((one) => sameFigure(one, figure))) continue;
    const inOtherUnit = all.some((one) => sameNumber(one, figure));
    if (!inOtherUnit) return { verdict: "figure", detail: `${figure.written} is not in the passage` };
  }
  const opening = claim.openings.find((name) => !passages.some((passage) => knows(passage, name)));
  if (opening) return { verdict: "name", detail: `the passage does not speak of ${opening.written}` };
  if (!support || (claim.stems.size === 0 && claim.figures.length === 0 && claim.names.length === 0)) {
    return { verdict: "unsupported", detail: "it says nothing that a passage could support" };
  }
  const [figure] = support.missingFigures;
  if (figure) {
    const inOtherUnit = support.units.some(({ figures }) => figures.some((one) => sameNumber(one, figure)));
    return {
      verdict: inOtherUnit ? "unit" : "figure",
      detail: `the passage does not say ${figure.written} of this`,
    };
  }
  const [name] = support.missingNames;
  if (name) return { verdict: "name", detail: `the passage does not say this of ${name.written}` };
  const misplaced =
    misplacedFigure(claim, support.units, passages) ??
    exchangedFigure(claim, support.units) ??
    crossedFigure(claim, support.units);
  if (misplaced)
    return { verdict: "figure", detail: `the passage gives ${misplaced.written} for something else` };
  const exchanged =
    misplacedName(claim, support.units, passages) ?? substitutedName(claim, support.units, passages);
  if (exchanged)
    return { verdict: "name", detail: `the passage says this of something else than ${exchanged.written}` };
  if (support.share < (factsOf(claim) >= factsThatTell ? supportNeededWithFacts : supportNeeded))
    return { verdict: "unsupported", detail: "the passage does not say this" };
  const common = new Set(passages.flatMap((passage) => [...passage.common]));
  const differences = support.units.map((unit) => alignedDifference(claim.text, unit.labelled, common));
  const changed = differences.find((one) => one !== undefined && one.kind !== "negation");
  if (changed) {
    const verdict = changed.kind === "name" ? "name" : "figure";
    return { verdict, detail: `the passage does not say this of ${changed.written}` };
  }
  if (differences.some(Boolean) || contradicts(claim, support.units))
    return { verdict: "contradicted", detail: "the passage says the opposite" };
  if (overstates(claim, support.units))
    return { verdict: "unsupported", detail: "the passage says this of fewer cases, or with a bound" };
  const written = asWritten(
    text,
    claim.figures,
    support.units.flatMap(({ figures }) => figures),
  );
  if (written === undefined)
    return { verdict: "unit", detail: "the figure must be in the unit of the passage" };
  return { verdict: "supported", units: support.units, text: written };
}

function factsOf({ figures, names }: ClaimFacts): number {
  return figures.length + new Set(names.map(({ key }) => key)).size;
}

/**
 * A converted figure or a written number is put back as its passage has it ("3,350 GB/s" → "3.35 TB/s",
 * "8" → "eight"), so that a reader finds every figure in the quote. Undefined where that is not possible.
 */
function asWritten(text: string, claimed: readonly Figure[], given: readonly Figure[]): string | undefined {
  let written = text;
  for (const figure of claimed) {
    const same = given.filter((one) => sameFigure(one, figure));
    const plain = (one: Figure) => one.number.replace(/[,\u00a0\u202f]/g, "").toLowerCase();
    const [first] = same;
    if (!first || same.some((one) => plain(one) === plain(figure))) continue;
    const hasUnit = (one: Figure) => one.written !== one.number;
    if (hasUnit(figure) && !hasUnit(first)) return undefined;
    written = written.replace(hasUnit(figure) ? figure.written : figure.number, () => first.written);
  }
  return written;
}

/** Whether a passage has a word anywhere, its title, headings and column headings included. */
function knows({ units, context }: Source, { key, written }: Name): boolean {
  const known = stem(written.toLowerCase());
  const headers = units.flatMap(({ header }) => (header ? [header] : []));
  return [context, ...units, ...headers].some(({ keys, stems }) => keys.has(key) || stems.has(known));
}
