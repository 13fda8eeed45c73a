import { join } from "node:path";
import type Database from "better-sqlite3";
import type hnswlib from "hnswlib-node";
import { abortError, IndexError } from "../../errors.ts";
import type { Passage } from "../../knowledge/types.ts";
import type {
  DocumentRecord,
  KnowledgeIndex,
  LexicalHit,
  Manifest,
  Similarity,
  StoredPassage,
  VectorHit,
  VocabularyEntry,
} from "../types.ts";
import { currentGeneration, files, layout, verifyGeneration } from "./layout.ts";
import { openDatabase, readGraph, readManifest } from "./load.ts";
import { columnWeights } from "./schema.ts";
import { correct, readVocabulary, type Vocabulary } from "./vocabulary.ts";

/** How many embedded texts to ask for per wanted passage: several of the nearest often belong to one passage. */
const textsPerPassage = 4;

/**
 * Opens a generation (the current one unless named) for reading in this thread.
 * Throws IndexError when there is none, a file is damaged, or the format is unknown.
 */
export async function openEmbeddedIndex(data: string, generation?: string): Promise<KnowledgeIndex> {
  const name = generation ?? (await currentGeneration(data));
  if (!name) throw new IndexError(`There is no index in ${data}; run \`npm run ingest\` to build it.`);
  const folder = layout.generation(data, name);
  await verifyGeneration(folder);
  const database = openDatabase(folder);
  try {
    const manifest = readManifest(database, folder);
    const graph = await readGraph(join(folder, files.vectors), manifest);
    return guarded(new EmbeddedIndex(database, manifest, graph), folder);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Every call heeds its signal, and what SQLite or hnswlib throw over damaged files becomes an IndexError. */
function guarded(index: EmbeddedIndex, folder: string): KnowledgeIndex {
  const guard = async <T>(signal: AbortSignal | undefined, act: () => T): Promise<T> => {
    if (signal?.aborted) throw abortError(signal);
    try {
      return act();
    } catch (cause) {
      throw new IndexError(`${folder} cannot be read; run \`npm run ingest\` to build the index again.`, {
        cause,
      });
    }
  };
  return {
    manifest: index.manifest,
    lexical: (stems, limit, signal) => guard(signal, () => index.lexical(stems, limit)),
    nearest: (vector, limit, signal) => guard(signal, () => index.nearest(vector, limit)),
    similarities: (vector, rows, signal) => guard(signal, () => index.similarities(vector, rows)),
    passages: (rows, signal) => guard(signal, () => index.passages(rows)),
    frequencies: (stems, signal) => guard(signal, () => index.frequencies(stems)),
    spellings: (words, signal) => guard(signal, () => index.spellings(words)),
    documents: (signal) => guard(signal, () => index.documents()),
    vocabulary: (signal) => guard(signal, () => index.vocabulary()),
    close: async () => index.close(),
  };
}

class EmbeddedIndex {
  readonly manifest: Manifest;
  readonly #database: Database.Database;
  readonly #graph: hnswlib.HierarchicalNSW | undefined;
  readonly #documents = new Map<string, DocumentRecord>();
  #vocabulary: Vocabulary | undefined;

  constructor(database: Database.Database, manifest: Manifest, graph: hnswlib.HierarchicalNSW | undefined) {
    this.manifest = manifest;
    this.#database = database;
    this.#graph = graph;
  }

  lexical(stems: readonly string[], limit: number): LexicalHit[] {
    if (stems.length === 0) return [];
    const match = stems.map(quoted).join(" OR ");
    return this.#database
      .prepare(
        `select rowid as row, -bm25(lexicon, ${columnWeights.join(", ")}) as score
         from lexicon where lexicon match ? order by score desc, row limit ?`,
      )
      .all(match, limit) as { row: number; score: number }[];
  }

  nearest(vector: readonly number[], limit: number): VectorHit[] {
    if (!this.#graph || vector.length !== this.manifest.embedder?.dimensions) return [];
    const wanted = Math.min(limit * textsPerPassage, this.#graph.getCurrentCount());
    const found = this.#graph.searchKnn([...vector], wanted);
    const passageOf = this.#database.prepare("select passage from vectors where label = ?").pluck();
    const best = new Map<number, number>();
    for (const [rank, label] of found.neighbors.entries()) {
      const row = passageOf.get(label) as number;
      const similarity = 1 - (found.distances[rank] ?? 1);
      if (similarity > (best.get(row) ?? -2)) best.set(row, similarity);
    }
    return [...best].slice(0, limit).map(([row, similarity]) => ({ row, similarity }));
  }

  similarities(vector: readonly number[], rows: readonly number[]): Similarity[][] {
    const graph = this.#graph;
    if (!graph || vector.length !== this.manifest.embedder?.dimensions) return rows.map(() => []);
    const select = this.#database.prepare("select label, text from vectors where passage = ?");
    return rows.map((row) =>
      (select.all(row) as { label: number; text: string }[]).map(({ label, text }) => ({
        text,
        similarity: dot(vector, graph.getPoint(label)),
      })),
    );
  }

  passages(rows: readonly number[]): StoredPassage[] {
    const select = this.#database.prepare("select data from passages where row = ?").pluck();
    return rows.flatMap((row) => {
      const data = select.get(row) as string | undefined;
      if (data === undefined) return [];
      const passage = JSON.parse(data) as Passage;
      return [{ row, passage, document: this.#document(passage.document) }];
    });
  }

  frequencies(stems: readonly string[]): number[] {
    const one = this.#database.prepare("select doc from vocabulary where term = ?").pluck();
    const phrase = this.#database.prepare("select count(*) from lexicon where lexicon match ?").pluck();
    return stems.map((stem) => {
      const found = stem.includes(" ") ? phrase.get(quoted(stem)) : one.get(stem);
      return (found as number | undefined) ?? 0;
    });
  }

  spellings(words: readonly string[]): (string | null)[] {
    this.#vocabulary ??= readVocabulary(this.#database);
    const vocabulary = this.#vocabulary;
    return words.map((word) => correct(word, vocabulary));
  }

  documents(): DocumentRecord[] {
    const rows = this.#database.prepare("select data from documents order by id").pluck().all() as string[];
    return rows.map((row) => JSON.parse(row) as DocumentRecord);
  }

  vocabulary(): VocabularyEntry[] {
    const rows = this.#database.prepare("select data from synonyms").pluck().all() as string[];
    return rows.map((row) => JSON.parse(row) as VocabularyEntry);
  }

  close(): void {
    this.#database.close();
  }

  #document(id: string): DocumentRecord {
    const known = this.#documents.get(id);
    if (known) return known;
    const data = this.#database.prepare("select data from documents where id = ?").pluck().get(id) as string;
    const record = JSON.parse(data) as DocumentRecord;
    // Bounded: a corpus of more documents than this is read from SQLite again.
    if (this.#documents.size < 5_000) this.#documents.set(id, record);
    return record;
  }
}

/** A string of FTS5: whatever a stem holds, the expression is valid (a NUL would end it). */
function quoted(stem: string): string {
  return `"${stem.replace(/["\0]/g, " ")}"`;
}

/** Cosine similarity: hnswlib keeps vectors of the cosine space normalised, and embedders give length 1. */
function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  let length = 0;
  for (let index = 0; index < a.length; index++) {
    sum += (a[index] ?? 0) * (b[index] ?? 0);
    length += (a[index] ?? 0) ** 2;
  }
  return sum / (Math.sqrt(length) || 1);
}
