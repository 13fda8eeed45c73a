import type { Document, Passage } from "../knowledge/types.ts";
import type { EmbeddedUnit } from "../models/types.ts";

/** Raise when a published index can no longer be read by this code; an index of another format is refused. */
export const indexFormat = 3;

/** What an index says of itself. */
export interface Manifest {
  readonly format: number;
  readonly generation: string;
  /** ISO time of publication. */
  readonly created: string;
  readonly splitter: number;
  /** Which vectors it holds; null when it was built without an embedder. */
  readonly embedder: {
    readonly fingerprint: string;
    readonly dimensions: number;
    readonly unit: EmbeddedUnit;
  } | null;
  readonly documents: number;
  readonly passages: number;
  readonly vectors: number;
  /** Texts whose vectors were still being made when this generation was published. */
  readonly pending: number;
  /** Hash over ids and content of all documents, to see at a glance that nothing changed. */
  readonly corpus: string;
}

/** What the index keeps of a document beside its passages. */
export type DocumentRecord = Omit<Document, "blocks" | "sectionQuestions">;

/** A text to embed and the passage that it stands for. */
export interface VectorEntry {
  /** Position of the passage in the list given to the writer. */
  readonly passage: number;
  /** The text that was embedded. */
  readonly text: string;
  readonly vector: ArrayLike<number>;
}

/** Passages are addressed by `row` within one generation. */
export interface LexicalHit {
  readonly row: number;
  /** BM25 score; larger is better, never negative. */
  readonly score: number;
}

export interface VectorHit {
  readonly row: number;
  /** Cosine similarity of the best embedded text of the passage, −1 to 1. */
  readonly similarity: number;
}

/** Cosine similarity of one embedded text of a passage to the question. */
export interface Similarity {
  readonly text: string;
  readonly similarity: number;
}

export interface StoredPassage {
  readonly row: number;
  readonly passage: Passage;
  readonly document: DocumentRecord;
}

/**
 * Read side of one published generation. Every method rejects with IndexError when the files are damaged
 * and with an AbortError when the signal fires first.
 */
export interface KnowledgeIndex {
  readonly manifest: Manifest;
  /** Passages that hold any of the stems, best first. */
  lexical(stems: readonly string[], limit: number, signal?: AbortSignal): Promise<LexicalHit[]>;
  /** Passages with the embedded texts nearest to the vector, best first; empty without vectors. */
  nearest(vector: readonly number[], limit: number, signal?: AbortSignal): Promise<VectorHit[]>;
  /** For each passage, how near each of its embedded texts is to the vector; empty without vectors. */
  similarities(
    vector: readonly number[],
    rows: readonly number[],
    signal?: AbortSignal,
  ): Promise<Similarity[][]>;
  /** Passages by row, in the order asked for. Unknown rows are left out. */
  passages(rows: readonly number[], signal?: AbortSignal): Promise<StoredPassage[]>;
  /** In how many passages each stem occurs, in the order asked for; stems joined by spaces must stand side by side. */
  frequencies(stems: readonly string[], signal?: AbortSignal): Promise<number[]>;
  /** The commonest word of the corpus that is a typing error away from each word, or null when there is none. */
  spellings(words: readonly string[], signal?: AbortSignal): Promise<(string | null)[]>;
  documents(signal?: AbortSignal): Promise<DocumentRecord[]>;
  /** How members word things and what the corpus calls them. */
  vocabulary(signal?: AbortSignal): Promise<VocabularyEntry[]>;
  close(): Promise<void>;
}

/** Phrases that members say, and the field's terms that the corpus uses instead. */
export interface VocabularyEntry {
  readonly say: readonly string[];
  readonly mean: readonly string[];
}

/** Everything that a generation is made of. Rows are positions in `passages`, from 0. */
export interface IndexContent {
  readonly documents: readonly DocumentRecord[];
  readonly passages: readonly Passage[];
  readonly vectors: readonly VectorEntry[];
  readonly vocabulary?: readonly VocabularyEntry[];
  readonly embedder: Manifest["embedder"];
  readonly pending: number;
  readonly corpus: string;
  readonly splitter: number;
}
