import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";
import hnswlib from "hnswlib-node";
import { diskFault } from "../../disk.ts";
import { abortError, IndexError } from "../../errors.ts";
import { indexText, stem, words } from "../../knowledge/analyze.ts";
import { type IndexContent, indexFormat, type Manifest } from "../types.ts";
import { currentGeneration, fileHash, files, hnsw, layout, newGenerationName } from "./layout.ts";
import { schema } from "./schema.ts";
import { isCorrectable } from "./vocabulary.ts";

const building = ".building-";

export interface PublishOptions {
  /** How many generations to keep for roll-back, the new one included. */
  readonly keep: number;
  /** Ends the building; a generation that is finished is published all the same. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Vectors added between two turns of the event loop, in which a signal is noticed: about 0.1 s. */
const atOnce = 250;

/**
 * Publishes a new generation: builds it aside, reads it back, flushes files and folders, and makes it
 * current by one atomic rename. A crash at any instant leaves the old generation or the new one.
 * Throws OperatorError when the disk is full or a file cannot be written, and the abort: the old generation stays.
 */
export async function publish(
  data: string,
  content: IndexContent,
  options: PublishOptions,
): Promise<Manifest> {
  const now = new Date();
  const manifest: Manifest = {
    format: indexFormat,
    generation: newGenerationName(now, randomBytes(2).toString("hex")),
    created: now.toISOString(),
    splitter: content.splitter,
    embedder: content.embedder,
    documents: content.documents.length,
    passages: content.passages.length,
    vectors: content.vectors.length,
    pending: content.pending,
    corpus: content.corpus,
  };
  const aside = join(layout.generations(data), `${building}${manifest.generation}`);
  try {
    await mkdir(aside, { recursive: true });
    writeDatabase(join(aside, files.database), manifest, content);
    if (content.embedder && content.vectors.length > 0) {
      await writeVectors(join(aside, files.vectors), content.embedder.dimensions, content, options);
    }
    await seal(aside);
    await rename(aside, layout.generation(data, manifest.generation));
    await flush(layout.generations(data));
    await makeCurrent(data, manifest.generation);
    await prune(data, options.keep);
    return manifest;
  } catch (error) {
    // What cannot be removed now is removed by the next publication; the fault that came first is told.
    await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    throw diskFault(error, data);
  }
}

/** Points `current` at a generation, atomically and durably. */
export async function makeCurrent(data: string, generation: string): Promise<void> {
  const temporary = `${layout.current(data)}.tmp`;
  await writeFile(temporary, `${generation}\n`);
  await flush(temporary);
  await rename(temporary, layout.current(data));
  await flush(data);
}

function writeDatabase(path: string, manifest: Manifest, content: IndexContent): void {
  const database = new Database(path);
  try {
    // Built aside and published whole: a journal would only cost time.
    database.pragma("journal_mode = OFF");
    database.pragma("synchronous = OFF");
    database.exec(schema);
    database.transaction(() => insertContent(database, manifest, content))();
    database.exec("insert into lexicon(lexicon) values('optimize')");
    // A reader opens it read-only, which a WAL database would not allow.
    database.pragma("journal_mode = DELETE");
  } finally {
    database.close();
  }
}

function insertContent(database: Database.Database, manifest: Manifest, content: IndexContent): void {
  database.prepare("insert into manifest(data) values(?)").run(JSON.stringify(manifest));
  const insertDocument = database.prepare("insert into documents(id, hash, data) values(?, ?, ?)");
  const fields = new Map<string, { title: string; aliases: string; questions: string }>();
  for (const document of content.documents) {
    insertDocument.run(document.id, document.hash, JSON.stringify(document));
    fields.set(document.id, {
      title: indexText(document.title),
      aliases: indexText([...document.aliases, ...document.tags].join("\n")),
      questions: indexText([document.summary, ...document.questions].join("\n")),
    });
  }
  const insertPassage = database.prepare("insert into passages(row, id, document, data) values(?, ?, ?, ?)");
  const insertTerms = database.prepare(
    "insert into lexicon(rowid, title, heading, aliases, questions, body) values(?, ?, ?, ?, ?, ?)",
  );
  for (const [row, passage] of content.passages.entries()) {
    const of = fields.get(passage.document);
    insertPassage.run(row, passage.id, passage.document, JSON.stringify(passage));
    const heading = indexText(passage.heading.join("\n"));
    insertTerms.run(
      row,
      of?.title ?? "",
      heading,
      of?.aliases ?? "",
      of?.questions ?? "",
      indexText(passage.text),
    );
  }
  insertWords(database, content);
  const insertSynonyms = database.prepare("insert into synonyms(data) values(?)");
  for (const entry of content.vocabulary ?? []) insertSynonyms.run(JSON.stringify(entry));
  const insertVector = database.prepare("insert into vectors(label, passage, text) values(?, ?, ?)");
  for (const [label, { passage, text }] of content.vectors.entries()) insertVector.run(label, passage, text);
}

/** The words as the corpus writes them, into which a member's misspelling may be corrected. */
function insertWords(database: Database.Database, { documents, passages }: IndexContent): void {
  const written = new Set<string>();
  const add = (text: string) => {
    for (const word of words(text)) if (isCorrectable(word)) written.add(word);
  };
  for (const { title, aliases, tags } of documents) add([title, ...aliases, ...tags].join("\n"));
  for (const { heading, text } of passages) add(`${heading.join("\n")}\n${text}`);
  const insert = database.prepare("insert into words(word, stem) values(?, ?)");
  for (const word of written) insert.run(word, stem(word));
}

async function writeVectors(
  path: string,
  dimensions: number,
  { vectors }: IndexContent,
  { signal, onProgress }: PublishOptions,
): Promise<void> {
  const graph = new hnswlib.HierarchicalNSW(hnsw.space, dimensions);
  graph.initIndex({ maxElements: vectors.length, m: hnsw.m, efConstruction: hnsw.efConstruction });
  for (const [label, entry] of vectors.entries()) {
    if (label % atOnce === 0) {
      onProgress?.(label, vectors.length);
      await setImmediate();
      if (signal?.aborted) throw abortError(signal);
    }
    // hnswlib wants plain arrays, takes NaN silently and aborts the process on holes (RESULTS.md).
    const vector = Array.from(entry.vector);
    if (vector.length !== dimensions || !vector.every(Number.isFinite)) {
      throw new IndexError(
        `The vector of "${entry.text.slice(0, 60)}" is not ${dimensions} finite numbers; delete embeddings.sqlite in the data folder and run \`npm run ingest\` to make the vectors again.`,
      );
    }
    graph.addPoint(vector, label);
  }
  onProgress?.(vectors.length, vectors.length);
  await graph.writeIndex(path);
  // hnswlib reports no error on a full disk: only reading the file back tells.
  const written = new hnswlib.HierarchicalNSW(hnsw.space, dimensions);
  const complete = await written.readIndex(path).then(
    () => written.getCurrentCount() === vectors.length,
    () => false,
  );
  if (!complete) throw Object.assign(new Error(`${path} was not written whole`), { code: "ENOSPC" });
}

/** Writes the checksums and flushes everything below a folder to disk. */
async function seal(folder: string): Promise<void> {
  const names = (await readdir(folder)).sort();
  const sums: string[] = [];
  for (const name of names) {
    await flush(join(folder, name));
    sums.push(`${await fileHash(join(folder, name))}  ${name}\n`);
  }
  await writeFile(join(folder, files.checksums), sums.join(""));
  await flush(join(folder, files.checksums));
  await flush(folder);
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes generations beyond the newest `keep`, never the current one, and what crashed runs left behind. */
async function prune(data: string, keep: number): Promise<void> {
  const current = await currentGeneration(data);
  const names = (await readdir(layout.generations(data))).sort();
  const left = names.filter((name) => name.startsWith(building));
  const old = names.filter((name) => !name.startsWith(building) && name !== current);
  for (const name of [...left, ...old.slice(0, Math.max(0, old.length - keep + 1))]) {
    await rm(join(layout.generations(data), name), { recursive: true, force: true });
  }
}
