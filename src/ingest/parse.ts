import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { DocumentRecord, VocabularyEntry } from "../index/types.ts";
import type { Passage } from "../knowledge/types.ts";
import type { Corpus, Rejected } from "./read/folder.ts";
import { Problem } from "./read/problem.ts";
import type { Raw } from "./read/raw.ts";
import { split } from "./split.ts";

/** A corpus taken apart: what the index holds of it. */
export interface Parsed {
  readonly documents: readonly DocumentRecord[];
  readonly passages: readonly Passage[];
  readonly rejected: readonly Rejected[];
}

/** Documents parsed between two turns of the event loop, in which a signal is noticed. */
const atOnce = 20;

/** Parses and splits what was read. Documents that cannot be parsed join the rejected; throws the abort. */
export async function parseCorpus(
  read: Corpus,
  onProgress?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Parsed> {
  const documents: DocumentRecord[] = [];
  const passages: Passage[] = [];
  const rejected = [...read.rejected];
  for (const [index, raw] of read.documents.entries()) {
    if (index % atOnce === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    try {
      const { blocks, sectionQuestions = [], ...record } = raw.parse();
      documents.push(record);
      for (const passage of split({ ...record, blocks, sectionQuestions })) passages.push(passage);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      rejected.push({ file: raw.file, line: error.line, reason: error.message });
    }
    onProgress?.(index + 1, read.documents.length);
  }
  return { documents, passages, rejected };
}

/** The same corpus with the questions of its documents and sections left out; another corpus as far as hashes go. */
export function withoutQuestions(corpus: Corpus): Corpus {
  const documents = corpus.documents.map((raw) => ({
    ...raw,
    hash: `${raw.hash}-without-questions`,
    parse: () => ({
      ...raw.parse(),
      hash: `${raw.hash}-without-questions`,
      questions: [],
      sectionQuestions: [],
    }),
  }));
  return { ...corpus, documents };
}

/** Hash over ids and content of all documents, in order, and over the vocabulary. */
export function corpusHash(
  documents: readonly Pick<Raw, "id" | "hash">[],
  vocabulary: readonly VocabularyEntry[],
): string {
  const hash = createHash("sha256").update(JSON.stringify(vocabulary));
  for (const { id, hash: content } of documents) hash.update(`${id}\0${content}\0`);
  return hash.digest("hex");
}
