import pLimit from "p-limit";
import pRetry from "p-retry";
import { ModelError } from "../../errors.ts";
import type { Embedder, EmbedOptions } from "../types.ts";
import { type Batch, toBatches } from "./batches.ts";
import { resolveDimensions } from "./dimensions.ts";
import { type Failure, toFailure } from "./errors.ts";
import { prepare } from "./prepare.ts";
import { createRequester } from "./requester.ts";
import { type EndpointOptions, resolveService } from "./service.ts";
import { abortError, linkSignals, sleep, startDeadline } from "./signals.ts";

export interface OpenAIEmbedderOptions extends EndpointOptions {
  readonly model: string;
  /** Length of the vectors; the model's own when absent. */
  readonly dimensions?: number | undefined;
  /** Texts in one request, 1 to 2,048. */
  readonly batch?: number;
  /** Requests under way at the same time. */
  readonly concurrency?: number;
  /** Further attempts at a request after the first. */
  readonly retries?: number;
  /** Milliseconds that one attempt may take. */
  readonly requestTimeoutMs?: number;
  /** Back-off before the first and at most before any further attempt, in milliseconds; jitter is added. */
  readonly backOffMs?: { readonly first: number; readonly most: number };
  /** The longest Retry-After that is waited for, in milliseconds; beyond it the request fails at once. */
  readonly longestRetryAfterMs?: number;
  /** For tests. */
  readonly fetch?: typeof globalThis.fetch;
}

const defaults = {
  batch: 128,
  concurrency: 4,
  // Six attempts more, 0.5 s doubled up to 30 s: about a minute, the window of OpenAI's rate limits.
  retries: 6,
  requestTimeoutMs: 60_000,
  backOffMs: { first: 500, most: 30_000 },
  longestRetryAfterMs: 60_000,
} as const satisfies Partial<OpenAIEmbedderOptions>;

interface Signals {
  readonly cancel: AbortSignal;
  readonly stop: AbortSignal;
}

/** Carries a failure out of p-retry, which takes TypeErrors of its own to be programming errors. */
class AttemptFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.error.message);
    this.failure = failure;
  }
}

/**
 * An Embedder over LangChain's OpenAIEmbeddings, for OpenAI and servers that speak its protocol.
 * LangChain is loaded with the first batch. Its own retries, time limit and order of vectors are not relied on.
 *
 * Vectors are as the model gives them (OpenAI's are of length 1); each is checked for its length and finite numbers.
 * When a batch fails for good, no further request is started, those under way end and are reported through
 * `onBatch`, and the first failure is thrown.
 * Throws ConfigError when a key, an address or the length of the vectors is missing.
 */
export function createOpenAIEmbedder(options: OpenAIEmbedderOptions): Embedder {
  const { batch, concurrency, retries, requestTimeoutMs, backOffMs, longestRetryAfterMs } = {
    ...defaults,
    ...options,
  };
  const { endpoint, service } = resolveService(options, "embeddings", options.model);
  const { expected, requested } = resolveDimensions(options.model, options.dimensions, endpoint.hosted);
  const request = createRequester({
    endpoint,
    service,
    dimensions: expected,
    timeoutMs: requestTimeoutMs,
    ...(requested === undefined ? {} : { requested }),
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  const limit = pLimit(concurrency);
  const closing = new AbortController();

  async function attempt(texts: readonly string[], signal: AbortSignal): Promise<number[][]> {
    const deadline = startDeadline(requestTimeoutMs, signal);
    try {
      return await request.send(texts, deadline.signal);
    } catch (error) {
      if (deadline.expired()) throw new AttemptFailed(toFailure(deadline.signal.reason, service));
      if (signal.aborted) throw abortError(signal);
      throw new AttemptFailed(toFailure(error, service));
    } finally {
      deadline.clear();
    }
  }

  /**
   * Attempts a batch until it is delivered. `stop` ends waiting and further attempts, `cancel` also the attempt
   * under way; a batch that arrives after `stop` is still delivered, since it has been paid for.
   */
  function persist(
    texts: readonly string[],
    deliver: (vectors: number[][]) => void,
    signals: Signals,
  ): Promise<void> {
    return pRetry(async () => deliver(await attempt(texts, signals.cancel)), {
      retries,
      minTimeout: backOffMs.first,
      maxTimeout: backOffMs.most,
      randomize: true,
      signal: signals.stop,
      shouldRetry: async ({ error }) => {
        if (!(error instanceof AttemptFailed) || !error.failure.retryable) return false;
        const { retryAfterMs = 0 } = error.failure;
        if (retryAfterMs > longestRetryAfterMs) return false;
        // p-retry's back-off with its jitter comes on top, so that the batches do not all return at once.
        await sleep(retryAfterMs, signals.stop);
        return true;
      },
    });
  }

  async function embed(
    texts: readonly string[],
    { signal, onBatch }: EmbedOptions = {},
  ): Promise<number[][]> {
    if (texts.length === 0) return [];
    const failed = new AbortController();
    const cancel = linkSignals([signal, closing.signal]);
    const stop = linkSignals([cancel.signal, failed.signal]);
    const vectors: number[][] = new Array(texts.length);
    const run = async ({ offset, texts: part }: Batch) => {
      if (stop.signal.aborted) return;
      const deliver = (made: number[][]) => {
        for (const [index, vector] of made.entries()) vectors[offset + index] = vector;
        onBatch?.(offset, made);
      };
      try {
        await persist(part, deliver, { cancel: cancel.signal, stop: stop.signal });
      } catch (error) {
        failed.abort(error instanceof AttemptFailed ? error.failure.error : error);
      }
    };
    try {
      if (cancel.signal.aborted) throw abortError(cancel.signal);
      await request.load();
      const batches = toBatches(texts.map(prepare), Math.min(batch, 2_048));
      await Promise.all(batches.map((each) => limit(run, each)));
      if (cancel.signal.aborted) throw abortError(cancel.signal);
      if (failed.signal.aborted) throw failed.signal.reason;
      return vectors;
    } finally {
      stop.clear();
      cancel.clear();
    }
  }

  return {
    fingerprint: `openai${endpoint.hosted ? "" : "-compatible"}:${options.model}:${expected}`,
    dimensions: expected,
    unit: "passage",
    fusionWeight: 0.7,
    paid: endpoint.hosted,
    prepare,
    embed,
    async close() {
      closing.abort(new ModelError("unavailable", "The embedder was closed."));
    },
  };
}
