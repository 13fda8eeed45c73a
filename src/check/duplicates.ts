import { words } from "../knowledge/analyze.ts";
import type { Page, Report } from "./types.ts";

/** Words in a row that two texts must share to count as one match. Shorter runs repeat by chance. */
const run = 6;
/** Words. Shorter blocks (a heading, a one-line item) may say the same thing twice. */
const fewest = 25;
/** Share of a block's runs that stand in one other document. */
const most = 0.5;

interface Piece {
  readonly page: Page;
  readonly line: number;
  readonly runs: readonly string[];
}

/** Blocks that were copied from another document, perhaps with a few words changed. */
export function checkDuplicates(pages: readonly Page[], reportOn: (page: Page) => Report): void {
  const pieces = pages.flatMap((page) => piecesOf(page));
  /** For each run of words the blocks that hold it. */
  const holders = new Map<string, Set<number>>();
  pieces.forEach((piece, index) => {
    for (const shingle of piece.runs) {
      holders.set(shingle, (holders.get(shingle) ?? new Set()).add(index));
    }
  });
  pieces.forEach((piece, index) => {
    const shared = new Map<number, number>();
    for (const shingle of piece.runs) {
      for (const other of holders.get(shingle) ?? []) {
        if (other < index && pieces[other]?.page !== piece.page)
          shared.set(other, (shared.get(other) ?? 0) + 1);
      }
    }
    const [closest] = [...shared].sort((a, b) => b[1] - a[1]);
    const other = closest && pieces[closest[0]];
    if (!closest || !other) return;
    const share = closest[1] / Math.min(piece.runs.length, other.runs.length);
    if (share < most) return;
    const percent = Math.round(100 * Math.min(1, share));
    reportOn(piece.page)(
      piece.line,
      "near-duplicate",
      `${percent}% of this stands in ${other.page.file}:${other.line}; say it once and link to it`,
    );
  });
}

function piecesOf(page: Page): Piece[] {
  return page.document.blocks.flatMap((block) => {
    if (block.kind === "heading") return [];
    const all = words(block.text);
    if (all.length < fewest) return [];
    const runs = new Set<string>();
    for (let at = 0; at + run <= all.length; at++) runs.add(all.slice(at, at + run).join(" "));
    return [{ page, line: block.lines[0], runs: [...runs] }];
  });
}
