import { abortError } from "../errors.ts";
import type { EmbedOptions } from "./types.ts";

export interface Batching {
  /** Texts in one batch. */
  readonly batch: number;
  /** Batches under way at the same time. */
  readonly runners: number;
  /** Embeds one batch; must end soon after its signal fires. */
  readonly embedBatch: (texts: readonly string[], signal: AbortSignal) => Promise<number[][]>;
}

/**
 * Embeds texts in batches, in order. Each runner takes the next batch when it is free: the queue behind
 * `embedBatch` stays short and an abort is quick. After an abort or a fault no batch is reported any more.
 * Throws AbortError and what `embedBatch` or `onBatch` threw first.
 */
export async function embedInBatches(
  texts: readonly string[],
  { batch, runners, embedBatch }: Batching,
  { signal, onBatch }: EmbedOptions = {},
): Promise<number[][]> {
  if (signal?.aborted) throw abortError(signal);
  const ended = new AbortController();
  const follow = () => ended.abort(signal?.reason);
  signal?.addEventListener("abort", follow, { once: true });
  const vectors: number[][] = new Array(texts.length);
  const offsets = Array.from({ length: Math.ceil(texts.length / batch) }, (_, index) => index * batch);
  const run = async () => {
    for (let offset = offsets.shift(); offset !== undefined; offset = offsets.shift()) {
      if (ended.signal.aborted) return;
      const made = await embedBatch(texts.slice(offset, offset + batch), ended.signal);
      if (ended.signal.aborted) return;
      for (const [index, vector] of made.entries()) vectors[offset + index] = vector;
      onBatch?.(offset, made);
    }
  };
  try {
    await Promise.all(Array.from({ length: runners }, run));
  } catch (error) {
    // The other runners must not report batches to a caller that was told of the end.
    ended.abort();
    throw signal?.aborted ? abortError(signal) : error;
  } finally {
    signal?.removeEventListener("abort", follow);
  }
  if (signal?.aborted) throw abortError(signal);
  return vectors;
}

/**
 * White space runs become one space and halves of surrogate pairs the replacement character; the end beyond
 * `longest` UTF-16 units is cut off. Preparing a prepared text changes nothing.
 */
export function tidy(text: string, longest: number): string {
  return text
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/\s+/gu, " ")
    .trim()
    .slice(0, longest)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd();
}
