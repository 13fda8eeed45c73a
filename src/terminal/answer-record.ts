import type { Trace } from "../answer/trace.ts";
import type { Answer, BlockVerdict } from "../knowledge/types.ts";

/** What `npm run ask -- --json` gives, the form that evaluations rely on: keys are added, never changed. */
export type AnswerRecord = Answer & {
  readonly id: string | null;
  /** What verification made of each block that a model wrote, in order; none for quoted answers. */
  readonly verdicts: readonly BlockVerdict[];
  /** With --explain: how the answer came about; of several questions in a message, the last. */
  readonly trace?: Trace;
};

export function answerRecord(id: string | null, answer: Answer, traces: readonly Trace[] = []): AnswerRecord {
  const trace = traces.at(-1);
  return { id, ...answer, verdicts: answer.verdicts ?? [], ...(trace ? { trace } : {}) };
}
