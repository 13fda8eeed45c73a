import type { Embedder } from "../../src/models/types.ts";
import { bagOfWords } from "../servers/openai/vectors.ts";

export interface FakeEmbedderOptions {
  readonly dimensions?: number;
  readonly unit?: Embedder["unit"];
  readonly fusionWeight?: number;
  readonly paid?: boolean;
  readonly fingerprint?: string;
  /** Texts in a batch. */
  readonly batch?: number;
  /** Called before each batch with its texts; may wait, or throw to make it fail. */
  readonly before?: (texts: readonly string[]) => void | Promise<void>;
}

export interface FakeEmbedder extends Embedder {
  /** Every text embedded, in order. */
  readonly embedded: readonly string[];
}

/** A deterministic embedder: hashed bags of words of length 1, so that texts that share words are close. */
export function fakeEmbedder(options: FakeEmbedderOptions = {}): FakeEmbedder {
  const { dimensions = 64, unit = "passage", fusionWeight = 0.5, paid = false, batch = 8, before } = options;
  const embedded: string[] = [];
  const prepare = (text: string) =>
    text
      .replace(/\p{Surrogate}/gu, "\uFFFD")
      .replace(/\s+/gu, " ")
      .trim();
  return {
    fingerprint: options.fingerprint ?? `fake:${dimensions}`,
    dimensions,
    unit,
    fusionWeight,
    paid,
    prepare,
    embedded,
    async embed(texts, { signal, onBatch } = {}) {
      const vectors: number[][] = [];
      for (let offset = 0; offset < texts.length; offset += batch) {
        const part = texts.slice(offset, offset + batch).map(prepare);
        throwIfAborted(signal);
        await before?.(part);
        // Gives the loop a turn, as a real embedder does.
        await new Promise((resolve) => setImmediate(resolve));
        throwIfAborted(signal);
        const made = part.map((text) => bagOfWords(text, dimensions));
        embedded.push(...part);
        vectors.push(...made);
        onBatch?.(offset, made);
      }
      throwIfAborted(signal);
      return vectors;
    },
    async close() {},
  };
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw signal.reason instanceof Error ? signal.reason : new DOMException("Aborted.", "AbortError");
}
