import pLimit from "p-limit";
import type { KnowledgeIndex } from "../index/types.ts";
import type { Answer } from "../knowledge/types.ts";
import type { ChatModel, Embedder } from "../models/types.ts";
import { vectorsMatch } from "../retrieve/retrieve.ts";
import { type AnswerOptions, answer } from "./answer.ts";
import type { CitationTarget } from "./cite.ts";
import type { Rewriter } from "./rewrite.ts";

/** What hosts (Discord, the terminal) ask. One service serves the whole process. */
export interface AnswerService {
  /**
   * Answers within the deadline. A full queue and a stop by the member are outcomes (`declined`), as is
   * a model that fails (the extractive answer is given). Throws IndexError, and TimeoutError when even
   * the extractive answer took too long.
   */
  ask(question: string, options?: AnswerOptions): Promise<Answer>;
  readonly status: ServiceStatus;
  /** Serves another generation from now on; answers in flight end on the one that they began with. */
  swap(index: KnowledgeIndex): void;
  /** Lets answers in flight end, then closes index, embedder and what they hold. */
  close(): Promise<void>;
}

export interface ServiceStatus {
  readonly generation: string;
  readonly documents: number;
  readonly passages: number;
  /** Texts whose vectors are still being made. */
  readonly pending: number;
  /** Whether the meaning of passages takes part in the search. */
  readonly vectors: boolean;
  readonly chatModel: string | null;
  /** What became of rewording questions since the start; null when the chat model does not. */
  readonly rewriting: Rewriter["counts"] | null;
}

export interface ServiceOptions {
  readonly index: KnowledgeIndex;
  /** Loaded in the background; until it is warm, questions are answered by words. */
  readonly embedder: Embedder | undefined;
  /** Without one, answers are quoted from the passages. */
  readonly chatModel: ChatModel | undefined;
  /** Rewords questions before the search; without one they are searched for as they are. */
  readonly rewriter?: Rewriter | undefined;
  readonly target: CitationTarget;
  /** Questions answered at once. */
  readonly concurrency: number;
  /** Questions that may wait; one more is declined as overloaded. */
  readonly queue: number;
  /** Milliseconds from the question to its answer. */
  readonly deadlineMs: number;
  readonly onFault?: (error: unknown) => void;
}

const overloaded = "I am busy with other questions. Please ask again in a minute.";

/** Makes the service. It is ready at once: nothing here waits for a model. */
export function createAnswerService(options: ServiceOptions): AnswerService {
  const {
    embedder,
    chatModel,
    rewriter,
    target,
    concurrency,
    queue,
    deadlineMs,
    onFault = () => undefined,
  } = options;
  const limit = pLimit(concurrency);
  let current = { index: options.index, users: 0, retired: false };
  let warm: Embedder | undefined;
  const warmUp = async (wanted: Embedder) => {
    // A paid embedder is not called to no purpose; one in the process has its model to load.
    if (!wanted.paid) await wanted.embed(["warm up"]);
    warm = wanted;
  };
  const warming = embedder ? warmUp(embedder).catch(onFault) : undefined;

  const release = (used: typeof current) => {
    used.users--;
    if (used.retired && used.users === 0) used.index.close().catch(onFault);
  };

  const answerNow = async (question: string, given: AnswerOptions): Promise<Answer> => {
    const used = current;
    used.users++;
    const deadline = AbortSignal.timeout(deadlineMs);
    const signal = given.signal ? AbortSignal.any([given.signal, deadline]) : deadline;
    try {
      const usable = warm && vectorsMatch(used.index, warm) ? warm : undefined;
      return await answer(
        question,
        { index: used.index, embedder: usable, chatModel, rewriter, target },
        { ...given, signal },
      );
    } finally {
      release(used);
    }
  };

  return {
    async ask(question, given = {}) {
      if (limit.pendingCount >= queue && limit.activeCount >= concurrency) {
        return declined("overloaded", overloaded, current.index.manifest.generation);
      }
      return limit(() => answerNow(question, given));
    },
    get status() {
      const { manifest } = current.index;
      return {
        generation: manifest.generation,
        documents: manifest.documents,
        passages: manifest.passages,
        pending: manifest.pending,
        vectors: warm !== undefined && vectorsMatch(current.index, warm) && manifest.vectors > 0,
        chatModel: chatModel?.name ?? null,
        rewriting: rewriter ? { ...rewriter.counts } : null,
      };
    },
    swap(index) {
      const old = current;
      current = { index, users: 0, retired: false };
      old.retired = true;
      if (old.users === 0) old.index.close().catch(onFault);
    },
    async close() {
      await warming;
      await current.index.close();
      await embedder?.close();
    },
  };
}

function declined(reason: "overloaded" | "stopped", text: string, generation: string): Answer {
  const empty = { claims: [], citations: [], nearest: [], mode: "extractive" as const, latencyMs: 0 };
  return { ...empty, status: "declined", reason, text, generation };
}
