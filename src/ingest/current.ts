import { IndexError } from "../errors.ts";
import { openEmbeddedIndex } from "../index/embedded/read.ts";
import { indexFormat, type Manifest } from "../index/types.ts";
import type { Embedder } from "../models/types.ts";
import { splitterVersion } from "./split.ts";

/** The generation that an ingestion starts from. */
export interface Current {
  readonly manifest: Manifest;
  /** Content hash of each document that it holds. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** Missing, damaged or of another format is undefined: all three are mended by building it anew. */
export async function currentIndex(data: string): Promise<Current | undefined> {
  try {
    const index = await openEmbeddedIndex(data);
    try {
      const documents = await index.documents();
      return { manifest: index.manifest, hashes: new Map(documents.map(({ id, hash }) => [id, hash])) };
    } finally {
      await index.close();
    }
  } catch (error) {
    if (error instanceof IndexError) return undefined;
    throw error;
  }
}

/** Whether ingesting this corpus with this embedder would build the same index again. */
export function isUpToDate(manifest: Manifest, corpus: string, embedder: Embedder | undefined): boolean {
  return (
    manifest.format === indexFormat &&
    manifest.splitter === splitterVersion &&
    manifest.corpus === corpus &&
    manifest.pending === 0 &&
    manifest.embedder?.fingerprint === embedder?.fingerprint
  );
}

/** Whether an index has all its vectors, of whichever embedder. */
export function isComplete({ pending, vectors }: Manifest): boolean {
  return pending === 0 && vectors > 0;
}

/** Whether an index of the same corpus with only the vectors known so far would serve members no better than this one. */
export function addsNothing(manifest: Manifest, corpus: string, embedder: Embedder, known: number): boolean {
  if (manifest.corpus !== corpus || manifest.splitter !== splitterVersion) return false;
  if (manifest.embedder?.fingerprint === embedder.fingerprint) return manifest.vectors >= known;
  return manifest.vectors > 0 || known === 0;
}
