import Table from "cli-table3";
import type { BeirMeasures } from "../evaluate/beir.ts";
import type { Difference } from "../evaluate/compare.ts";
import type { Evaluation } from "../evaluate/evaluate.ts";
import type { Estimate } from "../evaluate/intervals.ts";
import { mostShared, type Overlap } from "../evaluate/overlap.ts";

const plain = { head: [], border: [] };

/** An evaluation as tables: shares with their 95 % intervals, per kind, and the curve of refusals. */
export function renderEvaluation(evaluation: Evaluation, overlap: Overlap, withMisses: boolean): string {
  const answerable = new Table({
    head: ["answerable", "n", "document cited", "cited first", "key in answer", "both", "false refusals"],
    style: plain,
  });
  for (const [kind, row] of Object.entries(evaluation.answerable)) {
    answerable.push([
      kind === "words" ? "all but lay" : kind,
      row.n,
      share(row.cited),
      share(row.citedFirst),
      share(row.key),
      share(row.both),
      share(row.falseRefusals),
    ]);
  }
  const unanswerable = new Table({ head: ["unanswerable", "n", "refused"], style: plain });
  for (const [kind, refused] of Object.entries(evaluation.unanswerable)) {
    unanswerable.push([kind, refused.n, share(refused)]);
  }
  const { latencyMs, unsupported, passed, floors } = evaluation;
  const near = evaluation.answerable.all?.inNearest;
  const lines = [
    answerable.toString(),
    unanswerable.toString(),
    renderCurve(evaluation.curve),
    `Unsupported claims: ${unsupported}. Latency: p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms.`,
    ...(near && near.n > 0
      ? [`Of ${near.n} false refusals the right document was among the nearest in ${percent(near.value)}.`]
      : []),
    ...(overlap.n > 0
      ? [
          `Wording that ${overlap.n} lay questions share with the corpus: ${percent(overlap.mean)} on average, above ${percent(mostShared)} in ${overlap.above.length}.`,
        ]
      : []),
    `Floors (all but lay: cited ${percent(floors.cited)}, key ${percent(floors.key)}, false refusals at most ${percent(floors.falseRefusals)}; lay: key ${percent(floors.layKey)}; refused ${percent(floors.refused)}): ${passed ? "reached" : "NOT reached"}.`,
  ];
  if (withMisses)
    lines.push(
      ...evaluation.misses.map(({ id, kind, question, wrong }) => `${id} ${kind}: ${question} → ${wrong}`),
    );
  return `${lines.join("\n")}\n`;
}

/** How one evaluation differs from another, measure by measure. */
export function renderDifferences(differences: readonly Difference[], head = "against the older"): string {
  if (differences.length === 0) return "";
  const table = new Table({
    head: [head, "questions", "change", "gained", "lost"],
    style: plain,
  });
  for (const { measure, change, gained, lost } of differences) {
    table.push([measure, change.n, share(change), gained, lost]);
  }
  return `${table.toString()}\n`;
}

/** A retrieval test set in BEIR form, each side of the hybrid by itself. */
export function renderBeir(measured: Readonly<Record<string, BeirMeasures>>): string {
  const table = new Table({ head: ["retriever", "queries", "nDCG@10", "recall@100"], style: plain });
  const decimals = ({ value, low, high }: Estimate) =>
    `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
  for (const [kind, { ndcg10, recall100 }] of Object.entries(measured)) {
    table.push([kind, ndcg10.n, decimals(ndcg10), decimals(recall100)]);
  }
  return `${table.toString()}\n`;
}

function renderCurve(curve: Evaluation["curve"]): string {
  const kinds = [...new Set(curve.flatMap(({ refused }) => Object.keys(refused)))];
  if (kinds.length === 0) return "";
  const table = new Table({ head: ["gate at log-odds", "false refusals", ...kinds], style: plain });
  for (const { threshold, falseRefusals, refused } of curve) {
    table.push([threshold, percent(falseRefusals), ...kinds.map((kind) => percent(refused[kind] ?? 0))]);
  }
  return table.toString();
}

/** A share in percent with its interval. */
export function share({ value, low, high }: Estimate): string {
  return `${percent(value)} (${percent(low)}–${percent(high)})`;
}

function percent(value: number): string {
  return `${Math.round(value * 1000) / 10} %`;
}
