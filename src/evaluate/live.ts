import { type AnswerTools, answer } from "../answer/answer.ts";
import type { RewriteOutcome } from "../answer/rewrite.ts";
import type { Writing } from "../answer/writing.ts";
import { OperatorError } from "../errors.ts";
import type { Answer, Turn } from "../knowledge/types.ts";
import { type Difference, differences } from "./compare.ts";
import { type Ask, type Evaluation, evaluate } from "./evaluate.ts";
import { type Estimate, proportion, quantile } from "./intervals.ts";
import type { EvalQuestion } from "./questions.ts";

/** How a chat model did over a question set, beside the measures that every answer has. */
export interface LiveMeasures {
  /** Questions for which the model was asked for an answer. */
  readonly asked: number;
  /** Of those: shown in the model's words; quoted because nothing could be verified; without an answer. */
  readonly generative: Estimate;
  readonly fellBack: Estimate;
  readonly noEvidence: Estimate;
  /** Answers that broke off and of which the verified beginning was shown. */
  readonly incomplete: number;
  /** Blocks (sentences, list items, code) that the model wrote, and what became of them. */
  readonly blocks: { readonly written: number; readonly repaired: Estimate; readonly dropped: Estimate };
  /** Claims shown that no quote supports; must be 0. */
  readonly unsupported: number;
  /** Milliseconds from the question to the first verified sentence. */
  readonly firstSentenceMs: { readonly p50: number; readonly p95: number; readonly n: number };
  readonly rewriting: Readonly<Partial<Record<RewriteOutcome, number>>>;
  /** What the model failed with, and how often. */
  readonly faults: Readonly<Partial<Record<string, number>>>;
}

export interface LiveEvaluation extends Evaluation {
  readonly live: LiveMeasures;
  /** The same questions answered without the model. */
  readonly keyless: Evaluation;
  /** The model's answers against the keyless ones, question by question. */
  readonly differences: readonly Difference[];
}

interface Sight {
  readonly incomplete: boolean;
  readonly writing: Writing | undefined;
  readonly rewriting: RewriteOutcome | undefined;
  readonly firstMs: number | undefined;
}

/** A model that fails so often in a row will fail to the end, and each failure costs time and may cost money. */
const mostFailures = 3;

/**
 * Asks every question without the model and with it. Throws OperatorError when the model fails again and again;
 * otherwise what `evaluate` and `answer` throw.
 */
export async function evaluateLive(
  answerable: readonly EvalQuestion[],
  unanswerable: readonly EvalQuestion[],
  tools: AnswerTools,
  {
    deadlineMs,
    onProgress,
  }: { readonly deadlineMs: number; readonly onProgress?: (done: number, total: number) => void },
): Promise<LiveEvaluation> {
  const quoted = { ...tools, chatModel: undefined, rewriter: undefined };
  const keyless = await evaluate(answerable, unanswerable, (question, history) =>
    observe(question, quoted, { history, deadlineMs }),
  );
  const sights: Sight[] = [];
  let failures = 0;
  const ask: Ask = async (question, history) => {
    const made = await observe(question, tools, { history, deadlineMs });
    sights.push(made.sight);
    const { writing } = made.sight;
    if (writing) failures = writing.fault !== undefined && writing.written === 0 ? failures + 1 : 0;
    if (failures >= mostFailures) {
      throw new OperatorError(
        `The chat model failed ${failures} times in a row, so the evaluation ends here: ${writing?.fault}`,
      );
    }
    return made;
  };
  const evaluation = await evaluate(answerable, unanswerable, ask, onProgress);
  return {
    ...evaluation,
    live: measure(sights, evaluation.unsupported),
    keyless,
    differences: differences(evaluation, keyless),
  };
}

/** One answer with what happened on the way. */
async function observe(
  question: string,
  tools: AnswerTools,
  { history, deadlineMs }: { readonly history: readonly Turn[]; readonly deadlineMs: number },
): Promise<{ answer: Answer; confidence: number; sight: Sight }> {
  const started = performance.now();
  let confidence = Number.NEGATIVE_INFINITY;
  let writing: Writing | undefined;
  let rewriting: RewriteOutcome | undefined;
  let firstMs: number | undefined;
  const made = await answer(question, tools, {
    history,
    signal: AbortSignal.timeout(deadlineMs),
    onTrace: (trace) => {
      confidence = trace.confidence;
      rewriting = trace.rewriting?.outcome;
    },
    onText: () => {
      firstMs ??= performance.now() - started;
    },
    onWriting: (seen) => {
      writing = seen;
    },
  });
  const incomplete = made.status === "answered" && made.incomplete === true;
  return { answer: made, confidence, sight: { incomplete, writing, rewriting, firstMs } };
}

function measure(sights: readonly Sight[], unsupported: number): LiveMeasures {
  const writings = sights.flatMap(({ writing }) => writing ?? []);
  const outcome = (one: Writing["outcome"]) => proportion(writings.map((writing) => writing.outcome === one));
  const blocks = (kind: "repaired" | "dropped") =>
    proportion(
      writings.flatMap((writing) =>
        Array.from({ length: writing.written }, (_, index) => index < writing[kind]),
      ),
    );
  const first = sights.flatMap(({ firstMs }) => firstMs ?? []);
  return {
    asked: writings.length,
    generative: outcome("generative"),
    fellBack: outcome("extractive"),
    noEvidence: outcome("no_evidence"),
    incomplete: sights.filter(({ incomplete }) => incomplete).length,
    blocks: {
      written: writings.reduce((sum, { written }) => sum + written, 0),
      repaired: blocks("repaired"),
      dropped: blocks("dropped"),
    },
    unsupported,
    firstSentenceMs: {
      p50: Math.round(quantile(first, 0.5)),
      p95: Math.round(quantile(first, 0.95)),
      n: first.length,
    },
    rewriting: count(sights.flatMap(({ rewriting }) => rewriting ?? [])),
    faults: count(writings.flatMap(({ fault }) => fault ?? [])),
  };
}

function count<T extends string>(values: readonly T[]): Partial<Record<T, number>> {
  const counts: Partial<Record<T, number>> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
