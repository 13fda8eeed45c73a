import Table from "cli-table3";
import type { Evaluation } from "../evaluate/evaluate.ts";

type Share = Evaluation["unanswerable"][string];

/** An evaluation as tables: shares with their 95 % intervals, per kind. */
export function renderEvaluation(evaluation: Evaluation, withMisses: boolean): string {
  const plain = { head: [], border: [] };
  const answerable = new Table({
    head: ["answerable", "n", "document cited", "cited first", "key in answer", "false refusals"],
    style: plain,
  });
  for (const [kind, row] of Object.entries(evaluation.answerable)) {
    answerable.push([
      kind,
      row.n,
      share(row.cited),
      share(row.citedFirst),
      share(row.key),
      share(row.falseRefusals),
    ]);
  }
  const unanswerable = new Table({ head: ["unanswerable", "n", "refused"], style: plain });
  for (const [kind, refused] of Object.entries(evaluation.unanswerable)) {
    unanswerable.push([kind, refused.n, share(refused)]);
  }
  const { latencyMs, unsupported, passed, floors } = evaluation;
  const lines = [
    answerable.toString(),
    unanswerable.toString(),
    `Unsupported claims: ${unsupported}. Latency: p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms.`,
    `Floors (cited ${percent(floors.cited)}, key ${percent(floors.key)}, refused ${percent(floors.refused)}, false refusals at most ${percent(floors.falseRefusals)}): ${passed ? "reached" : "NOT reached"}.`,
  ];
  if (withMisses)
    lines.push(
      ...evaluation.misses.map(({ id, kind, question, wrong }) => `${id} ${kind}: ${question} → ${wrong}`),
    );
  return `${lines.join("\n")}\n`;
}

function share({ value, low, high }: Share): string {
  return `${percent(value)} (${percent(low)}–${percent(high)})`;
}

function percent(value: number): string {
  return `${Math.round(value * 1000) / 10} %`;
}
