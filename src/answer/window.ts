import type { Query } from "../retrieve/query.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import type { ScoredUnit } from "./score.ts";

/** A contiguous run of units of one passage: what an extract shows and a citation covers. */
export interface Window {
  readonly hit: Hit;
  readonly units: readonly ScoredUnit[];
  /** How well it answers, 0 to about 1. */
  readonly score: number;
}

/** A sentence that opens so leans on the one before it. */
const leansBack =
  /^(?:it|its|this|that|these|those|they|their|them|he|she|his|her|such|both|each|however|but|also|and|so|thus|therefore|hence|then|instead|for example|for instance|in contrast|by contrast|moreover|furthermore|otherwise|as a result|in addition|similarly|likewise|here|there)\b/i;

/** Shares of a window's score: question terms held together, its best unit, how good its units are on average. */
const shares = { together: 0.45, best: 0.4, mean: 0.15 } as const;
/** An opening sentence that answers is worth this much more than one in the middle. */
const opensWell = 0.05;

/**
 * The best window of a passage within a budget of characters: contiguous units that together hold most of
 * what was asked. It never opens with a unit that leans on an earlier one, as far as the passage allows.
 * Undefined for a passage without units.
 */
export function bestWindow(hit: Hit, scored: readonly ScoredUnit[], query: Query, budget: number): Window | undefined {
  let best: { from: number; to: number; score: number } | undefined;
  for (let from = 0; from < scored.length; from++) {
    if (leans(scored, from)) continue;
    let size = 0;
    for (let to = from; to < scored.length; to++) {
      size += (scored[to]?.unit.text.length ?? 0) + 1;
      // The first unit is taken whatever its size: a long table row or code block is not cut.
      if (size > budget && to > from) break;
      if (leavesOpen(scored, to)) continue;
      const score = value(scored.slice(from, to + 1), query);
      if (!best || score > best.score) best = { from, to, score };
    }
  }
  if (!best) return undefined;
  const to = fill(scored, best.from, best.to, budget);
  return { hit, units: scored.slice(best.from, to + 1), score: best.score };
}

function value(units: readonly ScoredUnit[], query: Query): number {
  const total = query.terms.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const held = query.terms.reduce((sum, { stem, weight }) => {
    const most = Math.max(0, ...units.map(({ holds }) => holds.get(stem) ?? 0));
    return sum + most * weight;
  }, 0);
  const scores = units.map(({ score }) => score);
  const best = Math.max(...scores);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const opening = units[0]?.score === best ? opensWell : 0;
  return shares.together * (held / total) + shares.best * best + shares.mean * mean + opening;
}

/** A paragraph that was begun is read to its end where the budget allows: a lone sentence says too little. */
function fill(scored: readonly ScoredUnit[], from: number, to: number, budget: number): number {
  let size = scored.slice(from, to + 1).reduce((sum, { unit }) => sum + unit.text.length + 1, 0);
  let end = to;
  for (;;) {
    const next = scored[end + 1];
    const here = scored[end];
    if (!next || !here) return end;
    const goesOn = next.block === here.block && next.block.kind !== "table";
    size += next.unit.text.length + 1;
    if ((!goesOn && !leavesOpen(scored, end)) || size > budget) return end;
    end++;
  }
}

function leans(scored: readonly ScoredUnit[], position: number): boolean {
  const here = scored[position];
  const before = scored[position - 1];
  if (!here || !before) return false;
  // A list or code block belongs to the sentence that introduces it.
  if (here.block !== before.block && here.block.kind !== "paragraph") return /:$/.test(before.unit.text);
  return here.block.kind === "paragraph" && leansBack.test(here.unit.text);
}

/** Whether a unit announces what follows it. */
function leavesOpen(scored: readonly ScoredUnit[], position: number): boolean {
  const next = scored[position + 1];
  return next !== undefined && /:$/.test(scored[position]?.unit.text ?? "");
}
