import type { Turn } from "../knowledge/types.ts";

/** What a corpus unit is embedded as: whole passages, or each sentence of a passage. */
export type EmbeddedUnit = "sentence" | "passage";

/** Turns texts into vectors. Implementations own their batching, concurrency and retries, all bounded. */
export interface Embedder {
  /** Identifies the vectors: vectors of equal fingerprints are comparable. Excludes the splitter. */
  readonly fingerprint: string;
  /** Length of every vector. */
  readonly dimensions: number;
  readonly unit: EmbeddedUnit;
  /** Weight of the vector side in the convex fusion, 0 to 1. */
  readonly fusionWeight: number;
  /** Whether embedding costs money. */
  readonly paid: boolean;
  /** Normalises a text to exactly what is sent; the key of the vector store is the hash of this. */
  prepare(text: string): string;
  /**
   * Embeds texts in order.
   * `onBatch` receives each finished batch as [index of its first text, vectors] as soon as it exists,
   * so that a caller can commit it; batches may finish out of order.
   * Throws ModelError on a fault that outlived its retries; AbortError when the signal fires.
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<number[][]>;
  close(): Promise<void>;
}

/** Some models want to know what a text is: they put another instruction before questions than before passages. */
export type EmbeddedRole = "passage" | "query";

export interface EmbedOptions {
  readonly signal?: AbortSignal;
  /** What the texts are; passages when absent. Embedders that make no difference ignore it. */
  readonly role?: EmbeddedRole;
  readonly onBatch?: (offset: number, vectors: number[][]) => void;
}

/** Writes an answer text as a stream of pieces. */
export interface ChatModel {
  /** For display and logs, for example `openai:gpt-4o-mini`. */
  readonly name: string;
  /**
   * Streams the completion. Ends normally only when the model said that it was finished.
   * Throws ModelError (cut, stalled, refused, truncated) and AbortError when the signal fires.
   */
  stream(prompt: Prompt, options?: { readonly signal?: AbortSignal }): AsyncIterable<string>;
}

export interface Prompt {
  readonly system: string;
  readonly turns: readonly Turn[];
}
