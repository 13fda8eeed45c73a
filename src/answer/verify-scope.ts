import { sameFigure } from "./facts-figures.ts";
import type { ClaimFacts } from "./verify-claim.ts";
import type { SourceUnit } from "./verify-sources.ts";

const always = /\b(?:always|invariably|in (?:all|every) cases?|every time)\b/i;
const whole = /\b(?:every|all)\b(?! (?:of )?(?:\d|two|three|four|five|six|seven|eight|at)\b)/i;
const must = /\bmust\b/i;
const universal =
  /\b(?:always|every|each|all|any|both|never|constant\w*|invariably|whole|entire|no|none|only|whenever|throughout|everywhere|full|total|fixed|permanent\w*)\b/i;
const hedged =
  /\b(?:some|many|most|several|a few|can|may|might|could|often|usually|typically|generally|sometimes|mostly)\b/i;
const required =
  /\b(?:must|needs?|needed|requires?|required|has to|have to|should|only|mandatory|cannot|not|never|always|first)\b/i;
const bounding =
  /\b(?:up to|at (?:most|least)|as (?:much|many|few|little|high|low) as|max\w*|min\w*|peaks?|limit\w*|ceiling|cap(?:s|ped)?|tops?|topped|exceed\w*|beyond|over|above|below|under|between|within|more|less|fewer|greater|higher|lower|upwards?|from|largest|smallest|longest|most|least|reach\w*|no (?:later|longer)|past|surpass\w*|plus|or|even|allow\w*|can|may|could|possible|than)\b|[<>≤≥]/i;

/** Whether a claim says of all cases, or without its bound, what the passage says of some or with one. */
export function overstates(claim: ClaimFacts, units: readonly SourceUnit[]): boolean {
  const texts = units.map(({ text, header }) => (header ? `${text} ${header.text}` : text));
  const given = (pattern: RegExp) => texts.some((text) => pattern.test(text));
  if (always.test(claim.text) && !given(universal)) return true;
  if (whole.test(claim.text) && !given(universal) && given(hedged) && !hedged.test(claim.text)) return true;
  if (must.test(claim.text) && !given(required) && given(/\b(?:can|may|might|could)\b/i)) return true;
  return unbounded(claim, units);
}

/** "72 GPUs" for "up to 72 GPUs"; any word of bounds or possibility in the claim will do. */
function unbounded(claim: ClaimFacts, units: readonly SourceUnit[]): boolean {
  if (bounding.test(claim.text)) return false;
  return claim.figures.some((figure) => {
    const same = units.flatMap(({ figures }) => figures).filter((one) => sameFigure(one, figure));
    return same.length > 0 && same.every(({ bound }) => bound === "most");
  });
}
