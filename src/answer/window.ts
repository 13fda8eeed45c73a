import type { Hit } from "../retrieve/retrieve.ts";
import type { ScoredUnit } from "./score.ts";

/** A contiguous run of units of one passage: what an extract shows and a citation covers. */
export interface Window {
  readonly hit: Hit;
  readonly units: readonly ScoredUnit[];
  /** Score of its best unit. */
  readonly score: number;
}

/** A sentence that opens so leans on the one before it. */
const leansBack =
  /^(?:it|its|this|that|these|those|they|their|them|he|she|his|her|such|both|each|however|but|also|and|so|thus|therefore|hence|then|instead|for example|for instance|in contrast|by contrast|moreover|furthermore|otherwise|as a result|in addition|similarly|likewise|here|there)\b/i;

/** A neighbour is taken along when it scores at least this share of the best unit. */
const worthTaking = 0.55;

/**
 * Grows a window around one unit of a passage, up to `budget` characters: first what the unit leans on,
 * then what follows it. A code block or table row is never cut.
 */
export function windowAround(hit: Hit, scored: readonly ScoredUnit[], best: number, budget: number): Window {
  let from = best;
  let to = best;
  const size = () => scored.slice(from, to + 1).reduce((sum, { unit }) => sum + unit.text.length + 1, 0);
  const fits = (position: number) => size() + (scored[position]?.unit.text.length ?? Infinity) <= budget;
  while (from > 0 && leans(scored, from) && fits(from - 1)) from--;

  const least = (scored[best]?.score ?? 0) * worthTaking;
  for (;;) {
    const next = scored[to + 1];
    const previous = scored[from - 1];
    const nextFits = next !== undefined && belongs(scored, to + 1, least) && fits(to + 1);
    const previousFits = previous !== undefined && !opensBlockOfOtherKind(scored, from) && previous.score >= least && fits(from - 1);
    if (nextFits) to++;
    else if (previousFits) {
      from--;
      while (from > 0 && leans(scored, from) && fits(from - 1)) from--;
    } else break;
  }
  return { hit, units: scored.slice(from, to + 1), score: scored[best]?.score ?? 0 };
}

function leans(scored: readonly ScoredUnit[], position: number): boolean {
  const here = scored[position];
  const before = scored[position - 1];
  if (!here || !before) return false;
  if (here.block === before.block) return here.block.kind === "paragraph" && leansBack.test(here.unit.text);
  // A list, table or code block belongs to the sentence that introduces it.
  if (here.block.kind === "list" || here.block.kind === "code") return /:$/.test(before.unit.text);
  return leansBack.test(here.unit.text);
}

function belongs(scored: readonly ScoredUnit[], position: number, least: number): boolean {
  const here = scored[position];
  const before = scored[position - 1];
  if (!here || !before) return false;
  if (here.block === before.block) {
    if (here.block.kind === "table") return here.score >= least * 1.4;
    return here.score >= least || (here.block.kind === "paragraph" && leansBack.test(here.unit.text)) || here.block.kind === "list";
  }
  if (/:$/.test(before.unit.text)) return true;
  return here.block.kind === "paragraph" && here.score >= least;
}

function opensBlockOfOtherKind(scored: readonly ScoredUnit[], position: number): boolean {
  const here = scored[position];
  const before = scored[position - 1];
  return here?.block !== before?.block && (before?.block.kind === "table" || before?.block.kind === "code");
}
