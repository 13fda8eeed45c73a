import Table from "cli-table3";
import { type ExplainTable, explain } from "../answer/explain.ts";
import type { Trace } from "../answer/trace.ts";
import type { Answer } from "../knowledge/types.ts";

/** How an answer came about, as tables with frames. */
export function renderExplanation(traces: readonly Trace[], answer: Pick<Answer, "verdicts">): string {
  return explain(traces, answer, drawn);
}

function drawn({ head, rows, widths = [] }: ExplainTable): string {
  const table = new Table({
    head: [...head],
    colWidths: [...widths],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
