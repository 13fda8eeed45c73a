import { stemSet, stems } from "../knowledge/analyze.ts";
import type { Block } from "../knowledge/types.ts";
import { coverage, holding, type Query } from "../retrieve/query.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { type ScoredUnit, scoreUnits } from "./score.ts";
import type { Window } from "./window.ts";

/** Share of the rarest word's weight from which a word belongs to a name. */
const nameShare = 0.6;

/** The rows of the two sides in one table. */
interface Pair {
  readonly hit: Hit;
  readonly rows: readonly [ScoredUnit, ScoredUnit];
  readonly value: number;
}

/**
 * For "H100 vs MI300X memory" the two rows of the table that lists both, of the best passage whose columns
 * say what was asked. Empty when no table has a row for each side.
 */
export function comparedRows(sides: readonly [string, string], query: Query, hits: readonly Hit[]): Window[] {
  const names = sides.map((side) => query.terms.filter((term) => isOf(side, term.surface)));
  const [left = [], right = []] = names;
  // A word that both sides share ("memory of") tells neither from the other.
  const own = (terms: Query["terms"], others: Query["terms"]) =>
    terms.filter(({ stem }) => !others.some((other) => other.stem === stem));
  const [mine, yours] = [naming(own(left, right)), naming(own(right, left))];
  if (mine.length === 0 || yours.length === 0) return [];
  const asked = query.terms.filter((term) => !mine.includes(term) && !yours.includes(term));
  const pairs = hits.flatMap((hit) => pairsOf(hit, query, mine, yours, asked));
  const best = pairs.sort((a, b) => b.value - a.value)[0];
  if (!best) return [];
  return best.rows.map((row) => ({ hit: best.hit, units: [row], score: best.value }));
}

/** The rare words of a side are its name; "memory" in "MI300X memory" says what is asked about it. */
function naming(terms: Query["terms"]): Query["terms"] {
  const rarest = Math.max(0, ...terms.map(({ weight }) => weight));
  return terms.filter(({ weight }) => weight >= rarest * nameShare);
}

function isOf(side: string, surface: string): boolean {
  const stemsOfSide = new Set(stems(side));
  return stems(surface).every((stem) => stemsOfSide.has(stem));
}

function pairsOf(
  hit: Hit,
  query: Query,
  mine: Query["terms"],
  yours: Query["terms"],
  asked: Query["terms"],
): Pair[] {
  const scored = scoreUnits(hit, query, "other");
  const tables = hit.passage.blocks.filter(({ kind }) => kind === "table");
  return tables.flatMap((block): Pair[] => {
    const rows = scored.filter((one) => one.block === block);
    const [first, second] = [rowAbout(rows, mine), rowAbout(rows, yours)];
    if (!first || !second || first === second) return [];
    return [{ hit, rows: [first, second], value: hit.score + columnsAsked(block, asked) }];
  });
}

/** The row whose first cell names a side with the fewest further words: "H100", not "H100 with NVLink bridge". */
function rowAbout(rows: readonly ScoredUnit[], terms: Query["terms"]): ScoredUnit | undefined {
  const named = rows.flatMap((row) => {
    const cell = stemSet(row.unit.text.split(" | ")[0] ?? "");
    return terms.every((term) => holding(term, cell) > 0) ? [{ row, words: cell.size }] : [];
  });
  return named.sort((a, b) => a.words - b.words)[0]?.row;
}

/** Share of what was asked beside the two names that the header says, 0 to 1. */
function columnsAsked(block: Block, asked: Query["terms"]): number {
  return coverage(asked, stemSet((block.header ?? []).join("\n")));
}
