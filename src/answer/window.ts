import { stemSet } from "../knowledge/analyze.ts";
import { heldWeight, type Query } from "../retrieve/query.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { shownLengths } from "./render-window.ts";
import type { ScoredUnit } from "./score.ts";

/** A contiguous run of units of one passage: what an extract shows and a citation covers. */
export interface Window {
  readonly hit: Hit;
  readonly units: readonly ScoredUnit[];
  /** How well it answers, 0 to about 1. */
  readonly score: number;
}

export interface WindowOptions {
  /** Characters. */
  readonly budget: number;
  /** Whether a table is read row after row: for a comparison, not for the one row that was asked for. */
  readonly wholeTables: boolean;
  /** Whether the code beside a text belongs to it, even beyond the budget: for a question that asks how to do something. */
  readonly withCode?: boolean;
  /** Characters of the window as it is shown, which nothing goes beyond: what is longer is left out. */
  readonly most?: number;
  /** Whether to read on to both ends of the section as far as the budget allows. */
  readonly wholeSection?: boolean;
}

/** A sentence that opens so leans on the one before it. */
const leansBack =
  /^(?:commentary: )?(?:the same|the latter|the former|it|its|this|that|these|those|they|their|them|he|she|his|her|such|both|each|however|but|also|and|so|thus|therefore|hence|then|instead|for example|for instance|in contrast|by contrast|moreover|furthermore|otherwise|as a result|in addition|similarly|likewise|here|there)\b/i;

/** Shares of a window's score: question terms held together, its best unit, how good its units are on average. */
const shares = { together: 0.45, best: 0.4, mean: 0.15 } as const;
/** A window is filled with its neighbours up to this share of its budget. */
const readOn = 0.4;
/** An opening sentence that answers is worth this much more than one in the middle. */
const opensWell = 0.05;

/**
 * The best window of a passage within a budget of characters: contiguous units that together hold most of
 * what was asked. It never opens with a unit that leans on an earlier one, as far as the passage allows.
 * Undefined for a passage without units.
 */
export function bestWindow(
  hit: Hit,
  scored: readonly ScoredUnit[],
  query: Query,
  options: WindowOptions,
): Window | undefined {
  const { budget, wholeTables, withCode = false, most = Infinity } = options;
  const shown = most === Infinity ? () => 0 : shownSize(scored);
  // Read once: each pair of ends of a window asks for them again.
  const lesser = scored.map((_, position) => !wholeTables && isLesserRow(scored, position, query));
  let best: { from: number; to: number; score: number } | undefined;
  for (let from = 0; from < scored.length; from++) {
    if (leans(scored, from)) continue;
    let size = 0;
    for (let to = from; to < scored.length; to++) {
      size += (scored[to]?.unit.text.length ?? 0) + 1;
      // The first unit is taken whatever its size: a long table row or code block is not cut.
      if ((size > budget && to > from) || shown(from, to) > most) break;
      if (to > from && lesser[to]) break;
      // What it announces may be too long to be shown at all.
      if (leavesOpen(scored, to) && shown(to + 1, to + 1) <= most) continue;
      const score = value(scored.slice(from, to + 1), query);
      if (!best || score > best.score) best = { from, to, score };
    }
  }
  if (!best) return undefined;
  const { from, to } = fill(scored, best.from, best.to, {
    ...options,
    alsoRow: (position) => !lesser[position],
    fits: (start, end) => shown(start, end) <= most,
  });
  const code = withCode ? toCode(scored, from, to, budget * codeBeyond) : to;
  const end = shown(from, code) <= most ? code : to;
  return { hit, units: scored.slice(from, end + 1), score: best.score };
}

/** Characters of units from one position to another as they are shown. */
function shownSize(scored: readonly ScoredUnit[]): (from: number, to: number) => number {
  const lengths = shownLengths(scored);
  return (from, to) => {
    let sum = 0;
    for (let position = from; position <= to; position++) {
      const opens = position === from || scored[position]?.block !== scored[position - 1]?.block;
      sum += (lengths[position]?.own ?? 0) + (opens ? (lengths[position]?.opening ?? 0) : 0);
    }
    return sum;
  };
}

/** How much longer than its budget a window may be that ends with the code it speaks of. */
const codeBeyond = 1.6;

/** The end of a window that takes in the code block after it. */
function toCode(scored: readonly ScoredUnit[], from: number, to: number, most: number): number {
  const next = scored[to + 1];
  const holdsCode = scored.slice(from, to + 1).some(({ block }) => block.kind === "code");
  if (holdsCode || next?.block.kind !== "code") return to;
  const size = scored.slice(from, to + 2).reduce((sum, { unit }) => sum + unit.text.length + 1, 0);
  return size <= most ? to + 1 : to;
}

/** Whether a table row's subject is less what was asked about than that of the row before it: H200 rows after those of the H100. */
function isLesserRow(scored: readonly ScoredUnit[], position: number, query: Query): boolean {
  const [here, before] = [scored[position], scored[position - 1]];
  if (!here || !before || here.block !== before.block || here.block.kind !== "table") return false;
  const subject = ({ unit }: ScoredUnit) => {
    const held = stemSet(unit.text.split(" | ")[0] ?? "");
    return heldWeight(query.terms, held);
  };
  return subject(here) < subject(before);
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

interface FillOptions extends WindowOptions {
  /** Whether a table's row may follow the one before it. */
  readonly alsoRow: (position: number) => boolean;
  /** Whether units from one position to another may be shown together. */
  readonly fits: (from: number, to: number) => boolean;
}

/**
 * Reads on around the best stretch while the budget allows: first to the end of its paragraph or list, then
 * back to its start, then into the next paragraphs of the section. A lone sentence says too little.
 */
function fill(
  scored: readonly ScoredUnit[],
  from: number,
  to: number,
  { budget, wholeTables, wholeSection = false, alsoRow, fits: shows }: FillOptions,
): { from: number; to: number } {
  let start = from;
  let end = to;
  const size = () => scored.slice(start, end + 1).reduce((sum, { unit }) => sum + unit.text.length + 1, 0);
  const fits = (position: number) =>
    size() + (scored[position]?.unit.text.length ?? Infinity) <= budget &&
    shows(Math.min(start, position), Math.max(end, position));
  const isTable = (position: number) => scored[position]?.block.kind === "table";
  const sameBlock = (a: number, b: number) => scored[a]?.block === scored[b]?.block;
  const readsOn = (next: number) =>
    sameBlock(next - 1, next) ? !isTable(next) || alsoRow(next) : leavesOpen(scored, next - 1);
  const readsBack = (previous: number) =>
    (sameBlock(previous, previous + 1) && (wholeTables || !isTable(previous))) || leans(scored, previous + 1);
  while (end + 1 < scored.length && readsOn(end + 1) && fits(end + 1)) end++;
  while (start > 0 && readsBack(start - 1) && fits(start - 1)) start--;
  if (wholeSection) {
    while (end + 1 < scored.length && fits(end + 1)) end++;
    while (start > 0 && fits(start - 1)) start--;
    return { from: start, to: end };
  }
  const aim = budget * readOn;
  while (end + 1 < scored.length && size() < aim && !isTable(end + 1) && fits(end + 1)) end++;
  while (start > 0 && size() < aim && !isTable(start - 1) && fits(start - 1)) start--;
  return { from: start, to: end };
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
