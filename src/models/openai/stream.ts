import type { AIMessageChunk } from "@langchain/core/messages";
import type { Prompt } from "../types.ts";
import { type Failure, toFailure } from "./errors.ts";
import { finishOf } from "./finish.ts";
import type { Service } from "./service.ts";
import { abortError, sleep } from "./signals.ts";
import { modelError } from "./wording.ts";

/** The part of a LangChain chat model that is used. */
export interface Streamable {
  stream(messages: Message[], options: { signal: AbortSignal }): Promise<AsyncIterable<AIMessageChunk>>;
}

/** A type rather than an interface, since LangChain's messages have an index signature. */
export type Message = {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
};

/** All times in milliseconds. */
export interface Patience {
  /** Longest wait for anything until the first text has come. */
  readonly firstTokenMs: number;
  /** Longest wait between pieces after that. */
  readonly idleMs: number;
  /** Further attempts, only while no text has come. */
  readonly retries: number;
  /** Wait before a further attempt, doubled each time, plus up to as much again. */
  readonly backOffMs: number;
  /** The longest Retry-After that is waited for, in place of the back-off; beyond it the request fails at once. */
  readonly longestRetryAfterMs: number;
}

export const patience: Patience = {
  firstTokenMs: 20_000,
  idleMs: 20_000,
  retries: 1,
  backOffMs: 500,
  longestRetryAfterMs: 5_000,
};

/**
 * Streams the text of an answer. A fault before the first text is tried again a little, one after it never.
 * Ends normally only after the model's own word that it was finished; otherwise throws ModelError.
 * Throws the AbortError at once when the signal fires, whatever LangChain is waiting for.
 */
export async function* streamAnswer(
  model: Streamable,
  prompt: Prompt,
  service: Service,
  limits: Patience,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  for (let attempt = 0; ; attempt++) {
    let started = false;
    try {
      for await (const piece of streamOnce(model, toMessages(prompt), service, limits, signal)) {
        started = true;
        yield piece;
      }
      return;
    } catch (error) {
      if (!(error instanceof StreamFailed)) throw error;
      const { error: reason, retryable, retryAfterMs } = error.failure;
      const again = !started && retryable && reason.fault !== "timeout" && attempt < limits.retries;
      if (!again || (retryAfterMs ?? 0) > limits.longestRetryAfterMs) throw reason;
      const backOff = limits.backOffMs * 2 ** attempt * (1 + Math.random());
      await sleep(retryAfterMs ?? backOff, signal);
    }
  }
}

class StreamFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.error.message);
    this.failure = failure;
  }
}

async function* streamOnce(
  model: Streamable,
  messages: Message[],
  service: Service,
  limits: Patience,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const request = new AbortController();
  let iterator: AsyncIterator<AIMessageChunk> | undefined;
  let chunks = 0;
  let texts = 0;
  let finish: string | undefined;
  try {
    if (signal?.aborted) throw abortError(signal);
    // LangChain resolves this only with the first chunk.
    const opened = model.stream(messages, { signal: request.signal });
    iterator = (await watch(opened, limits.firstTokenMs, service, signal))[Symbol.asyncIterator]();
    for (;;) {
      const next = await watch(
        iterator.next(),
        texts > 0 ? limits.idleMs : limits.firstTokenMs,
        service,
        signal,
      );
      if (next.done) break;
      chunks++;
      finish = finishOf(next.value) ?? finish;
      const { text } = next.value;
      if (text === "") continue;
      texts++;
      yield text;
    }
    requireComplete(finish, chunks, service);
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw new StreamFailed(toFailure(error, service));
  } finally {
    // Ends the connection, also when the caller stops listening or the watchdog has given up.
    request.abort();
    iterator?.return?.().catch(() => {});
  }
}

/** Waits for a promise, but no longer than a time, and not after the signal. */
function watch<T>(
  promise: Promise<T>,
  milliseconds: number,
  service: Service,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(modelError("timeout", service)), milliseconds);
    const abort = () => signal && reject(abortError(signal));
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    // A promise that loses the race may still reject: it has its handlers here.
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    });
  });
}

function requireComplete(finish: string | undefined, chunks: number, service: Service): void {
  switch (finish) {
    case "complete":
      return;
    case "truncated":
      throw modelError("truncated", service);
    case "filtered":
      throw modelError("refused", service, { detail: "stopped by its content filter" });
    case undefined:
      if (chunks === 0) throw modelError("malformed", service, { detail: "no event in its stream" });
      throw modelError("cut", service);
    default:
      throw modelError("malformed", service, { detail: `finish reason ${finish}` });
  }
}

function toMessages({ system, turns }: Prompt): Message[] {
  const first: Message[] = system === "" ? [] : [{ role: "system", content: system }];
  return [...first, ...turns.map(({ role, content }) => ({ role, content }))];
}
