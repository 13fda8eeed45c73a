import { createHash } from "node:crypto";
import { type AnswerTools, answer } from "../answer/answer.ts";
import { createRewriter } from "../answer/rewrite.ts";
import { rewriteTokens } from "../answer/rewrite-form.ts";
import type { ChatPrice } from "../models/chat-prices.ts";
import type { ChatModel, Prompt } from "../models/types.ts";
import type { EvalQuestion } from "./questions.ts";

/** What a live evaluation is going to do: as expected, and at most. */
export interface LivePlan {
  readonly model: string;
  readonly questions: {
    readonly answerable: number;
    readonly unanswerable: number;
    /** How many the sets hold. */
    readonly of: number;
  };
  readonly expected: Budget;
  readonly most: Budget;
  /** USD per million tokens; null when it is not known. */
  readonly price: ChatPrice | null;
}

export interface Budget {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** USD; null when the price is not known. */
  readonly cost: number | null;
}

/** Characters of English in a token, roughly, for all of today's models. */
const charactersPerToken = 4;
/** Tokens of an answer of some 150 words with its citations, and of a few rewordings. */
const usualAnswer = 250;
const usualRewriting = 40;

/**
 * At most so many questions, of both sorts in their proportion, at least one of each: the same ones on every
 * run, chosen by the hash of their ids.
 */
export function sampleQuestions(
  answerable: readonly EvalQuestion[],
  unanswerable: readonly EvalQuestion[],
  most: number,
): { answerable: EvalQuestion[]; unanswerable: EvalQuestion[] } {
  const total = answerable.length + unanswerable.length;
  if (total <= most) return { answerable: [...answerable], unanswerable: [...unanswerable] };
  const share = Math.round((most * unanswerable.length) / total);
  const least = unanswerable.length > 0 && most > 1 ? 1 : 0;
  const refusals = Math.min(Math.max(least, share), answerable.length > 0 ? Math.max(least, most - 1) : most);
  return {
    answerable: byHash(answerable).slice(0, most - refusals),
    unanswerable: byHash(unanswerable).slice(0, refusals),
  };
}

function byHash(questions: readonly EvalQuestion[]): EvalQuestion[] {
  const key = ({ id }: EvalQuestion) => createHash("sha256").update(`live:${id}`).digest("hex");
  return [...questions].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * Counts what a run would send by doing everything but sending: the prompts are made as they would be and kept
 * back. Vectors of a paid embedder are done without. Throws IndexError.
 */
export async function planLive(
  sample: { readonly answerable: readonly EvalQuestion[]; readonly unanswerable: readonly EvalQuestion[] },
  of: number,
  tools: AnswerTools & { readonly chatModel: ChatModel },
  { maxTokens, price }: { readonly maxTokens: number; readonly price: ChatPrice | undefined },
): Promise<LivePlan> {
  const answers = recorder("NO_EVIDENCE");
  const rewritings = recorder("SAME");
  const planning: AnswerTools = {
    ...tools,
    embedder: tools.embedder?.paid ? undefined : tools.embedder,
    chatModel: answers.model,
    rewriter: tools.rewriter && createRewriter({ chatModel: rewritings.model, deadlineMs: 60_000 }),
  };
  for (const { question, history } of [...sample.answerable, ...sample.unanswerable]) {
    await answer(question, planning, { history });
  }
  const budget = (calls: number, inputTokens: number, outputTokens: number): Budget => ({
    calls,
    inputTokens,
    outputTokens,
    cost: price ? (inputTokens * price.input + outputTokens * price.output) / 1_000_000 : null,
  });
  const asked = sample.answerable.length + sample.unanswerable.length;
  // A rewording may bring an answer to a question that the search alone refuses.
  const brought = Math.min(rewritings.calls, asked - answers.calls);
  const mostAnswers = answers.calls + brought;
  const answerInput = answers.tokens + brought * Math.ceil(answers.tokens / Math.max(1, answers.calls));
  return {
    model: tools.chatModel.name,
    questions: { answerable: sample.answerable.length, unanswerable: sample.unanswerable.length, of },
    expected: budget(
      answers.calls + rewritings.calls,
      answers.tokens + rewritings.tokens,
      answers.calls * usualAnswer + rewritings.calls * usualRewriting,
    ),
    // Every answer repaired once: the passages again, and what was refused.
    most: budget(
      2 * mostAnswers + rewritings.calls,
      2 * answerInput + mostAnswers * maxTokens + rewritings.tokens,
      2 * mostAnswers * maxTokens + rewritings.calls * rewriteTokens,
    ),
    price: price ?? null,
  };
}

/** A model that counts the prompts that it gets and always writes the same. */
function recorder(reply: string) {
  const recorded = { calls: 0, tokens: 0 };
  const model: ChatModel = {
    name: "plan",
    async *stream(prompt) {
      recorded.calls++;
      recorded.tokens += tokensOf(prompt);
      yield reply;
    },
  };
  return {
    model,
    get calls() {
      return recorded.calls;
    },
    get tokens() {
      return recorded.tokens;
    },
  };
}

function tokensOf({ system, turns }: Prompt): number {
  const characters = system.length + turns.reduce((sum, { content }) => sum + content.length, 0);
  return Math.ceil(characters / charactersPerToken);
}
