import { createInterface } from "node:readline/promises";
import Table from "cli-table3";
import { OperatorError } from "../errors.ts";
import type { Difference } from "../evaluate/compare.ts";
import type { Estimate } from "../evaluate/intervals.ts";
import type { LiveMeasures } from "../evaluate/live.ts";
import type { Budget, LivePlan } from "../evaluate/live-plan.ts";
import { renderDifferences, share } from "./evaluation.ts";

const style = { head: [], border: [] };

/** What a live evaluation is going to do, before it does it. */
export function renderPlan({ model, questions, expected, most, price }: LivePlan): string {
  const { answerable, unanswerable, of } = questions;
  const table = new Table({ head: ["plan", "calls", "tokens read", "tokens written", "USD"], style });
  const row = (name: string, { calls, inputTokens, outputTokens, cost }: Budget) => [
    name,
    calls,
    inputTokens,
    outputTokens,
    cost === null ? "unknown" : cost === 0 ? "none" : cost.toFixed(cost < 0.1 ? 4 : 2),
  ];
  table.push(row("expected", expected), row("at most", most));
  const priced = price
    ? ""
    : " What this model costs is not known: give --price INPUT,OUTPUT in USD per million tokens.";
  return `${answerable} answerable and ${unanswerable} unanswerable questions of ${of}, to ${model}. Tokens are estimated at four characters each.${priced}\n${table.toString()}\n`;
}

/**
 * Whether the plan may be carried out: when it costs nothing, with `yes`, or when the operator at the terminal
 * says so. Throws OperatorError when nobody can be asked.
 */
export async function approvePlan(
  { most }: LivePlan,
  yes: boolean,
  input: NodeJS.ReadStream = process.stdin,
  output: NodeJS.WriteStream = process.stderr,
): Promise<boolean> {
  if (yes || most.cost === 0) return true;
  if (!input.isTTY) {
    throw new OperatorError(
      "A live evaluation with this model may cost money (see the plan above): add --yes to go on.",
    );
  }
  const lines = createInterface({ input, output });
  try {
    return /^y(?:es)?$/i.test((await lines.question("Go on? [y/N] ")).trim());
  } finally {
    lines.close();
  }
}

/** How the chat model did, and against the keyless answers to the same questions. */
export function renderLive(live: LiveMeasures, differences: readonly Difference[]): string {
  const { asked, blocks, firstSentenceMs: first, rewriting, faults } = live;
  const table = new Table({ head: ["chat model", "n", "share"], style });
  const row = (name: string, estimate: Estimate) => table.push([name, estimate.n, share(estimate)]);
  row("answers in the model's words", live.generative);
  row("fell back to quotations", live.fellBack);
  row("without an answer, by the model's word or nothing verified", live.noEvidence);
  row("blocks written that were repaired", blocks.repaired);
  row("blocks written that were dropped", blocks.dropped);
  const counted = (counts: Readonly<Record<string, number | undefined>>) =>
    Object.entries(counts)
      .map(([name, number]) => `${name} ${number}`)
      .join(", ") || "none";
  const lines = [
    table.toString(),
    `The model was asked for ${asked} answers; ${live.incomplete} broke off. Unsupported claims shown: ${live.unsupported}.`,
    `First verified sentence: p50 ${first.p50} ms, p95 ${first.p95} ms (${first.n} answers).`,
    `Rewording: ${counted(rewriting)}. Faults: ${counted(faults)}.`,
  ];
  const against = renderDifferences(differences, "against the keyless answers");
  return `${lines.join("\n")}\n${against}`;
}
