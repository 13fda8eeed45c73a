import type { KnowledgeIndex } from "../index/types.ts";
import type { Answer, DeclineReason, Turn } from "../knowledge/types.ts";
import type { ChatModel, Embedder } from "../models/types.ts";
import { type Hit, type Retrieved, retrieve } from "../retrieve/retrieve.ts";
import { type CitationTarget, nearest } from "./cite.ts";
import { type Detail, leftOut, type Room, roomBelow, roomFor, shownLength, tooLong } from "./detail.ts";
import type { Composed } from "./extract.ts";
import { generate } from "./generate.ts";
import { merge, questionLabel } from "./merge.ts";
import { partsOf } from "./parts.ts";
import { readingOf } from "./reading.ts";
import { resolve } from "./resolve.ts";
import type { Rewriter } from "./rewrite.ts";
import { sizing } from "./sizing/size.ts";
import { greetingReply, instructionReply } from "./small-talk.ts";
import { type Trace, traceOf } from "./trace.ts";
import { unwidened, widen } from "./widen.ts";
import type { Writing } from "./writing.ts";

/** What answers are made with; one generation of the index for the whole of one answer. */
export interface AnswerTools {
  readonly index: KnowledgeIndex;
  readonly embedder: Embedder | undefined;
  readonly chatModel: ChatModel | undefined;
  readonly target: CitationTarget;
  /** Other wordings of a question, from the chat model; without one the question is searched for as it is. */
  readonly rewriter?: Rewriter | undefined;
}

export interface AnswerOptions {
  readonly history?: readonly Turn[];
  readonly signal?: AbortSignal;
  /** Receives the verified text so far each time it grows. */
  readonly onText?: (text: string) => void;
  /** Short by default: at most `mostShown.short` characters of quoted text. */
  readonly detail?: Detail;
  /** The room that one of several questions in a message has; by default what `detail` gives. */
  readonly room?: Room;
  /** Receives how the answer came about; for several questions in one message, once for each. */
  readonly onTrace?: (trace: Trace) => void;
  /** Receives how the chat model's answer fared; not called when it was not asked for one. */
  readonly onWriting?: (writing: Writing) => void;
}

/** Passages that are weighed, extracted from and shown to a model. */
const passagesWanted = 8;
const nearestShown = 3;

/** A question without anything to look up. */
const nothingAsked = "Please ask a question in words, for example: how much memory does an H100 have?";

/**
 * Answers one question from the index: resolve, retrieve, weigh, compose, verify. Missing evidence is an
 * outcome, not an exception. Throws IndexError, and AbortError when the signal fires before anything was
 * verified.
 */
export async function answer(
  question: string,
  tools: AnswerTools,
  options: AnswerOptions = {},
): Promise<Answer> {
  const started = performance.now();
  const { history = [], signal, onText, onTrace, onWriting } = options;
  const { detail = "short", room = roomFor(detail) } = options;
  const base = {
    claims: [],
    citations: [],
    nearest: [],
    mode: tools.chatModel ? ("generative" as const) : ("extractive" as const),
    generation: tools.index.manifest.generation,
  };
  const elapsed = () => Math.round(performance.now() - started);

  const decline = (reason: DeclineReason, text: string): Answer => ({
    ...base,
    status: "declined",
    reason,
    text,
    latencyMs: elapsed(),
  });
  const greeting = greetingReply(question);
  if (greeting) return decline("greeting", greeting);
  const instruction = instructionReply(question);
  if (instruction) return decline("unsafe", instruction);

  if (!tools.chatModel) {
    const several = await answerParts(question, tools, options);
    if (several) return { ...base, ...several, latencyMs: elapsed() };
  }
  const asked = resolve(question, history);
  const retrieved = await retrieve(asked, tools.index, tools.embedder, {
    limit: passagesWanted,
    ...(signal ? { signal } : {}),
  });
  const focus = asked.endsWith(question) ? question : asked;
  const found = { ...retrieved, query: { ...retrieved.query, focus } };
  if (found.query.terms.length === 0) return decline("ambiguous", nothingAsked);
  const calculated = await sizing(asked, { ...tools, ...(signal ? { signal } : {}) }, tools.target);
  const reading = { target: tools.target, room: roomBelow(room, calculated?.text) };
  const own = readingOf(found, reading);
  const { extracted, holds } = own;
  const original = { question, asked, history, query: found.query };
  const wide =
    tools.rewriter && tools.chatModel && !calculated
      ? await widen(own, original, tools.rewriter, tools, passagesWanted, signal)
      : unwidened(own);
  onTrace?.(traceOf(asked, own, wide.rewriting));
  if (!calculated && !wide.allows) {
    const near = wide.band === "nothing" ? [] : nearestSections(wide.hits, tools.target);
    const text = near.length > 0 ? noDirectAnswer : notInSources;
    return { ...base, status: "no_evidence", nearest: near, text, latencyMs: elapsed() };
  }
  const onlyTooLong = (): Answer => {
    const near = nearestSections(extracted?.weighed ?? found.hits, tools.target);
    return { ...base, status: "no_evidence", nearest: near, text: tooLong[detail], latencyMs: elapsed() };
  };

  const { text, claims, citations } = merge(
    [calculated, holds ? extracted : undefined].filter((one) => one !== undefined).filter(holdsClaims),
  );
  const quoted = { text, claims, citations };
  const answered = { ...base, status: "answered" as const, notices: noticesOf(found, tools), dropped: 0 };
  if (!tools.chatModel) {
    if (claims.length === 0) return onlyTooLong();
    const notices = [...answered.notices, ...(holds && extracted?.leftOut ? [leftOut[detail]] : [])];
    return { ...answered, ...quoted, notices, latencyMs: elapsed() };
  }

  const generated = await generate(
    // What the gate refused for the question itself is never quoted: only a verified answer may show it.
    {
      ...{ question: asked, history, hits: wide.hits, detail },
      fallback: claims.length > 0 ? quoted : undefined,
    },
    {
      chatModel: tools.chatModel,
      target: tools.target,
      ...(signal ? { signal } : {}),
      ...(onText ? { onText } : {}),
      ...(onWriting ? { onWriting } : {}),
    },
  );
  if (generated.outcome === "no_evidence") {
    const near = nearestSections(wide.hits, tools.target);
    const { verdicts } = generated;
    return {
      ...base,
      status: "no_evidence",
      nearest: near,
      text: noDirectAnswer,
      verdicts,
      latencyMs: elapsed(),
    };
  }
  const { outcome: _outcome, notices, ...written } = generated;
  if (written.claims.length === 0) return { ...onlyTooLong(), verdicts: written.verdicts };
  const composed = calculated ? { ...written, ...merge([calculated, written]) } : written;
  return { ...answered, ...composed, notices: [...answered.notices, ...notices], latencyMs: elapsed() };
}

/** Characters kept for each question that is yet to be answered. */
const keptForNext: Readonly<Record<Detail, number>> = { short: 350, full: 1_500 };

/** Answers each question of a message by itself; undefined for one plain question, and when none has an answer. */
async function answerParts(
  question: string,
  tools: AnswerTools,
  options: AnswerOptions,
): Promise<
  Omit<Extract<Answer, { status: "answered" }>, "nearest" | "mode" | "generation" | "latencyMs"> | undefined
> {
  const parts = partsOf(question);
  const [first] = parts;
  if (parts.length === 1 || first === undefined) return undefined;
  const { history = [], detail = "short", ...rest } = options;
  const whole = roomFor(detail, parts.length);
  // The question above each answer is bold, with empty lines between.
  let left =
    whole.most - parts.reduce((sum, part) => sum + questionLabel(part).length + "****\n\n\n".length, 0);
  const made = [];
  for (const [index, part] of parts.entries()) {
    // "does it need liquid cooling" lives on the question before it.
    const before: Turn[] = index === 0 ? [] : [{ role: "user", content: first }];
    const most = left - keptForNext[detail] * (parts.length - 1 - index);
    const one = await answer(part, tools, {
      ...rest,
      detail,
      history: [...history, ...before],
      room: { ...whole, most },
    });
    const isTooLong = one.text === tooLong[detail];
    const text = one.status === "answered" ? one.text : isTooLong ? leftOut[detail] : notInSources;
    left -= shownLength(text);
    made.push({ ...one, text, label: questionLabel(part) });
  }
  if (!made.some(({ status }) => status === "answered")) return undefined;
  return {
    status: "answered",
    ...merge(made),
    notices: [...new Set(made.flatMap((one) => (one.status === "answered" ? one.notices : [])))],
    dropped: 0,
  };
}

/** The member's words for "not in the corpus". */
export const notInSources = "I have nothing on this in my sources, so I will not guess.";
export const noDirectAnswer = "My sources do not answer this directly. These sections are closest:";

const stillLearning =
  "Found by words alone: the index is still learning the meaning of its passages, so ask again in a minute if this misses.";

function holdsClaims({ claims }: Composed): boolean {
  return claims.length > 0;
}

function nearestSections(hits: readonly Hit[], target: CitationTarget) {
  return hits.slice(0, nearestShown).map((hit) => nearest(hit, target));
}

function noticesOf(found: Retrieved, { index }: AnswerTools): string[] {
  return found.vectorsUsed || index.manifest.pending === 0 ? [] : [stillLearning];
}
