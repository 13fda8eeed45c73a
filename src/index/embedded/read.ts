import { stat } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import hnswlib from "hnswlib-node";
import { IndexError } from "../../errors.ts";
import type { Passage } from "../../knowledge/types.ts";
import { type DocumentRecord, indexFormat, type KnowledgeIndex, type Manifest, type Similarity, type StoredPassage } from "../types.ts";
import { currentGeneration, files, hnsw, layout, verifyGeneration } from "./layout.ts";
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
  const database = new Database(join(folder, files.database), { readonly: true, fileMustExist: true });
  const manifest = readManifest(database, folder);
  const graph = await readGraph(join(folder, files.vectors), manifest);
  return new EmbeddedIndex(database, manifest, graph);
}

function readManifest(database: Database.Database, folder: string): Manifest {
  let manifest: Manifest;
  try {
    const row = database.prepare("select data from manifest").get() as { data: string };
    manifest = JSON.parse(row.data);
  } catch (cause) {
    throw new IndexError(`${folder} is not an index of Rackmate; run \`npm run ingest\` to build it again.`, { cause });
  }
  if (manifest.format !== indexFormat) {
    throw new IndexError(
      `The index in ${folder} has format ${manifest.format} and this version reads ${indexFormat}; run \`npm run ingest\` to build it again.`,
    );
  }
  return manifest;
}

async function readGraph(path: string, manifest: Manifest): Promise<hnswlib.HierarchicalNSW | undefined> {
  if (!manifest.embedder || !(await stat(path).catch(() => undefined))) return undefined;
  // Always into a fresh object: loading over a live graph crashes the process (RESULTS.md).
  const graph = new hnswlib.HierarchicalNSW(hnsw.space, manifest.embedder.dimensions);
  await graph.readIndex(path).catch((cause: unknown) => {
    throw new IndexError(`${path} cannot be loaded; run \`npm run ingest\` to build the index again.`, { cause });
  });
  graph.setEf(hnsw.ef); // loading resets it to 10
  return graph;
}

class EmbeddedIndex implements KnowledgeIndex {
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

  async lexical(stems: readonly string[], limit: number) {
    if (stems.length === 0) return [];
    // Quoted stems joined by OR: whatever the question held, this is a valid FTS5 expression.
    const match = stems.map((stem) => `"${stem.replaceAll('"', "")}"`).join(" OR ");
    return this.#database
      .prepare(
        `select rowid as row, -bm25(lexicon, ${columnWeights.join(", ")}) as score
         from lexicon where lexicon match ? order by score desc, row limit ?`,
      )
      .all(match, limit) as { row: number; score: number }[];
  }

  async nearest(vector: readonly number[], limit: number) {
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

  async similarities(vector: readonly number[], rows: readonly number[]): Promise<Similarity[][]> {
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

  async passages(rows: readonly number[]): Promise<StoredPassage[]> {
    const select = this.#database.prepare("select data from passages where row = ?").pluck();
    return rows.flatMap((row) => {
      const data = select.get(row) as string | undefined;
      if (data === undefined) return [];
      const passage = JSON.parse(data) as Passage;
      return [{ row, passage, document: this.#document(passage.document) }];
    });
  }

  async frequencies(stems: readonly string[]): Promise<number[]> {
    const select = this.#database.prepare("select doc from vocabulary where term = ?").pluck();
    return stems.map((stem) => (select.get(stem) as number | undefined) ?? 0);
  }

  async spellings(stems: readonly string[]): Promise<(string | null)[]> {
    this.#vocabulary ??= readVocabulary(this.#database);
    const vocabulary = this.#vocabulary;
    return stems.map((stem) => correct(stem, vocabulary));
  }

  async documents(): Promise<DocumentRecord[]> {
    const rows = this.#database.prepare("select data from documents order by id").pluck().all() as string[];
    return rows.map((row) => JSON.parse(row) as DocumentRecord);
  }

  async close(): Promise<void> {
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
