import type { VectorEntry } from "../index/types.ts";
import type { Embedder } from "../models/types.ts";
import type { VectorStore } from "../models/vector-store.ts";
import { type EmbeddedText, embeddedTexts } from "./embed.ts";
import type { Parsed } from "./parse.ts";

/** A text of a passage with the exact form in which it is sent and stored. */
export interface WantedVector extends EmbeddedText {
  readonly prepared: string;
}

/** All vectors that an index of these passages has. A text that the embedder reduces to nothing has none. */
export function wantedVectors({ passages }: Pick<Parsed, "passages">, embedder: Embedder): WantedVector[] {
  return embeddedTexts(passages, embedder.unit).flatMap(({ passage, text }) => {
    const prepared = embedder.prepare(text);
    return prepared === "" ? [] : [{ passage, text, prepared }];
  });
}

/** What of it is still to be made. */
export interface Missing {
  /** Distinct prepared texts, in order. */
  readonly texts: readonly string[];
  /** How many passages they belong to. */
  readonly passages: number;
  /** How many wanted vectors are at hand. */
  readonly known: number;
}

export function missingVectors(
  wanted: readonly WantedVector[],
  store: VectorStore,
  fingerprint: string,
): Missing {
  const known = store.known(
    fingerprint,
    wanted.map(({ prepared }) => prepared),
  );
  const missing = wanted.filter((_, index) => !known.has(index));
  return {
    texts: [...new Set(missing.map(({ prepared }) => prepared))],
    passages: new Set(missing.map(({ passage }) => passage)).size,
    known: known.size,
  };
}

/** Embeds texts and commits each batch as it arrives: an abort or a crash keeps what was committed. */
export async function embedInto(
  store: VectorStore,
  embedder: Embedder,
  texts: readonly string[],
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  if (texts.length === 0) return;
  let done = 0;
  onProgress?.(0, texts.length);
  await embedder.embed(texts, {
    ...(signal ? { signal } : {}),
    onBatch: (offset, vectors) => {
      store.add(embedder.fingerprint, texts.slice(offset, offset + vectors.length), vectors);
      done += vectors.length;
      onProgress?.(done, texts.length);
    },
  });
}

/** The entries of the index whose vectors are at hand. */
export function vectorEntries(
  wanted: readonly WantedVector[],
  store: VectorStore,
  fingerprint: string,
): VectorEntry[] {
  const vectors = store.find(
    fingerprint,
    wanted.map(({ prepared }) => prepared),
  );
  return wanted.flatMap(({ passage, text }, index) => {
    const vector = vectors.get(index);
    return vector ? [{ passage, text, vector }] : [];
  });
}
