import Table from "cli-table3";
import type { Lines } from "../knowledge/types.ts";
import type { Hit } from "../retrieve/retrieve.ts";

/** What `npm run search` gives, the form that evaluations rely on. */
export interface SearchRecord {
  readonly id: string | null;
  readonly hits: readonly {
    readonly document: string;
    readonly heading: readonly string[];
    readonly lines: Lines;
    readonly score: number;
  }[];
  readonly latencyMs: number;
}

export function searchRecord(id: string | null, hits: readonly Hit[], latency: number): SearchRecord {
  return {
    id,
    hits: hits.map(({ passage: { document, heading, lines }, score }) => ({
      document,
      heading,
      lines,
      score,
    })),
    latencyMs: Math.round(latency * 10) / 10,
  };
}

/** Hits as a table for a terminal. */
export function renderHits({ hits }: SearchRecord): string {
  if (hits.length === 0) return "Nothing found.";
  const table = new Table({
    head: ["score", "document", "section", "lines"],
    style: { head: [], border: [] },
  });
  for (const { score, document, heading, lines } of hits) {
    table.push([score.toFixed(3), document, heading.join(" › "), lines.join("–")]);
  }
  return table.toString();
}
