import { isAbort, ModelError } from "../errors.ts";
import type { BlockVerdict, Turn } from "../knowledge/types.ts";
import type { ChatModel } from "../models/types.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { blockSplitter } from "./blocks.ts";
import type { CitationTarget } from "./cite.ts";
import type { Detail } from "./detail.ts";
import type { Composed } from "./extract.ts";
import { createDraft, type Draft } from "./generate-draft.ts";
import { answerPrompt } from "./prompt.ts";
import { repair } from "./repair.ts";
import type { Writing } from "./writing.ts";

export interface GenerateInput {
  readonly question: string;
  readonly history: readonly Turn[];
  readonly hits: readonly Hit[];
  /** The extractive answer, given when nothing that the model writes can be verified; none where the gate refused one. */
  readonly fallback: Composed | undefined;
  readonly detail?: Detail;
}

export interface GenerateTools {
  readonly chatModel: ChatModel;
  readonly target: CitationTarget;
  readonly signal?: AbortSignal;
  /** Receives the verified text so far each time it grows. */
  readonly onText?: (text: string) => void;
  /** Receives at the end how the blocks fared. */
  readonly onWriting?: (writing: Writing) => void;
}

export type Generated =
  | (Composed & {
      readonly outcome: "answered";
      /** The model broke off; what was verified is shown. */
      readonly incomplete?: boolean;
      readonly notices: string[];
      /** Blocks that the model wrote and no passage supports. */
      readonly dropped: number;
      readonly verdicts: readonly BlockVerdict[];
      readonly mode: "extractive" | "generative";
    })
  | { readonly outcome: "no_evidence"; readonly verdicts: readonly BlockVerdict[] };

/** The member's words for the fall-backs. */
export const notVerified =
  "I could not back a written answer with my sources, so here is what they say in their own words.";
export const modelFailed =
  "The language model is not available right now, so here is what my sources say in their own words.";

/** Characters of an answer that are read; a model that goes on is stopped. */
const longestAnswer = 24_000;

/**
 * Answers with the model from the passages of `hits`. Every block is verified before it is shown; one repair
 * call covers all that fail; what still fails is dropped. A model that fails leaves what was verified, or the
 * extractive answer, or no evidence where there is none; so does a deadline. Throws AbortError when a stop comes before anything was verified.
 */
export async function generate(input: GenerateInput, tools: GenerateTools): Promise<Generated> {
  const draft = createDraft(input.hits, tools.target, tools.onText);
  let failure = await write(draft, input, tools);
  if (!failure && draft.worthRepairing()) failure = await mend(draft, input, tools);
  const { text, claims, citations, written, repaired, dropped, verdicts } = draft.finish();
  const report = (outcome: Writing["outcome"]) =>
    tools.onWriting?.({
      written,
      repaired,
      dropped,
      outcome,
      ...(failure ? { fault: failure.message } : {}),
    });
  if (claims.length > 0) {
    report("generative");
    const incomplete = failure ? { incomplete: true } : {};
    return {
      text,
      claims,
      citations,
      outcome: "answered",
      ...incomplete,
      notices: [],
      dropped,
      verdicts,
      mode: "generative",
    };
  }
  // A stop by the member ends the answer; a deadline is the model's failure, and the quotation is at hand.
  if (failure?.name === "AbortError") throw failure;
  if (!input.fallback || (!failure && draft.saysNoEvidence)) {
    report("no_evidence");
    return { outcome: "no_evidence", verdicts };
  }
  report("extractive");
  const notices = [failure ? modelFailed : notVerified];
  return { ...input.fallback, outcome: "answered", notices, dropped, verdicts, mode: "extractive" };
}

/** Streams the answer into the draft. Returns the fault that ended it early. */
async function write(
  draft: Draft,
  { question, history, hits, detail }: GenerateInput,
  { chatModel, signal }: GenerateTools,
): Promise<Error | undefined> {
  const splitter = blockSplitter();
  let size = 0;
  try {
    for await (const piece of chatModel.stream(
      answerPrompt(question, history, hits, detail),
      signal ? { signal } : {},
    )) {
      for (const block of splitter.push(piece)) draft.add(block);
      size += piece.length;
      if (size > longestAnswer) break;
    }
  } catch (error) {
    // What was written last may be half a figure ("80" of "80.5") and is not taken.
    for (const block of splitter.end(false)) draft.add(block);
    return expected(error);
  }
  for (const block of splitter.end(size <= longestAnswer)) draft.add(block);
  return undefined;
}

/** Has the model rewrite what failed. A model that fails here costs only the repair; a stop ends the answer. */
async function mend(
  draft: Draft,
  { question, hits }: GenerateInput,
  { chatModel, signal }: GenerateTools,
): Promise<Error | undefined> {
  try {
    draft.replace(await repair(question, draft.refused(), hits, chatModel, signal));
  } catch (error) {
    const fault = expected(error);
    return isAbort(fault) ? fault : undefined;
  }
  return undefined;
}

/** Faults of the model and stops are outcomes; anything else is a bug and is thrown on. */
function expected(error: unknown): Error {
  if (error instanceof Error && (isAbort(error) || error instanceof ModelError)) return error;
  throw error;
}
