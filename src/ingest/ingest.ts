import { createHash } from "node:crypto";
import { CorpusError } from "../errors.ts";
import { layout } from "../index/embedded/layout.ts";
import { openEmbeddedIndex } from "../index/embedded/read.ts";
import { publish } from "../index/embedded/write.ts";
import { type DocumentRecord, indexFormat, type Manifest } from "../index/types.ts";
import type { Passage } from "../knowledge/types.ts";
import type { Embedder } from "../models/types.ts";
import { openVectorStore, type VectorStore } from "../models/vector-store.ts";
import { type EmbeddedText, embeddedTexts } from "./embed.ts";
import { takeWriterLock } from "./lock.ts";
import { type Plan, plan } from "./plan.ts";
import { type Corpus, type Rejected, readFolder } from "./read/folder.ts";
import { Problem } from "./read/problem.ts";
import { split, splitterVersion } from "./split.ts";

export type Stage = "read" | "split" | "embed" | "publish";

export interface IngestOptions {
  readonly corpus: string;
  readonly data: string;
  /** Without one the index has words only. */
  readonly embedder: Embedder | undefined;
  readonly keepGenerations: number;
  /** Plan only: nothing is written, nothing embedded. */
  readonly dryRun?: boolean;
  /** Publish nothing when a document was rejected. */
  readonly strict?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (stage: Stage, done: number, total: number) => void;
  /** A generation is searchable: the lexical one at once, then the full one. */
  readonly onPublished?: (manifest: Manifest) => void;
}

export interface IngestReport {
  readonly documents: number;
  readonly passages: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Passages whose vectors were all there already. */
  readonly reused: number;
  /** Texts sent to the embedder in this run. */
  readonly embedded: number;
  /** Tokens of those texts, estimated at four characters each. */
  readonly tokens: number;
  readonly seconds: number;
  /** The generation that is now current; null when nothing was published and none existed. */
  readonly generation: string | null;
  readonly rejected: readonly Rejected[];
}

/** With more texts than this to embed, a generation for lexical search is published first. */
const lexicalFirstAbove = 100;

/**
 * Brings the index of a data folder up to date with a corpus folder. With nothing changed it publishes
 * nothing. An abort or crash keeps the vectors that were committed and the generation that was current.
 * Throws CorpusError, LockedError, ModelError, IndexError.
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  const started = performance.now();
  const lock = options.dryRun ? undefined : takeWriterLock(options.data, layout.lock(options.data));
  try {
    const report = await run(options);
    return { ...report, seconds: Math.round(performance.now() - started) / 1000 };
  } finally {
    lock?.release();
  }
}

async function run(options: IngestOptions): Promise<Omit<IngestReport, "seconds">> {
  const { data, embedder, onProgress } = options;
  const read = await readFolder(options.corpus, (done, total) => onProgress?.("read", done, total));
  const parsed = parseAll(read, onProgress);
  if (parsed.documents.length === 0) {
    throw new CorpusError(`No document of ${options.corpus} could be read: ${describe(parsed.rejected)}`);
  }
  if (options.strict && parsed.rejected.length > 0) {
    throw new CorpusError(`Nothing was published, for --strict was given: ${describe(parsed.rejected)}`);
  }
  const before = await current(data);
  const changes = plan(hashes(parsed.documents), before?.hashes ?? new Map());
  const texts = embedder ? embeddedTexts(parsed.documents, parsed.passages, embedder.unit) : [];
  const corpus = corpusHash(parsed.documents);
  const summary = summarize(parsed, changes);

  if (before && isCurrent(before.manifest, corpus, embedder)) {
    return { ...summary, reused: parsed.passages.length, embedded: 0, tokens: 0, generation: before.manifest.generation };
  }
  if (options.dryRun) return dryRun(summary, embedder, texts, options, before?.manifest);

  const store = embedder ? openVectorStore(layout.embeddings(data)) : undefined;
  try {
    const prepared = embedder ? texts.map(({ text }) => embedder.prepare(text)) : [];
    const known = store && embedder ? store.find(embedder.fingerprint, prepared) : new Map<number, number[]>();
    const missing = prepared.flatMap((text, index) => (known.has(index) ? [] : [text]));
    const make = (vectors: ReadonlyMap<number, number[]>, pending: number) =>
      publish(data, content(parsed, corpus, embedder, texts, vectors, pending), { keep: options.keepGenerations });

    let manifest: Manifest | undefined;
    const unique = [...new Set(missing)];
    // Members are served by words at once; but never take vectors away from a generation that has them all.
    if (unique.length > lexicalFirstAbove && !(before && before.manifest.pending === 0 && before.manifest.vectors > 0)) {
      options.onPublished?.(await make(known, unique.length));
    }
    if (store && embedder) await embedMissing(store, embedder, unique, options);
    onProgress?.("publish", 0, 1);
    const vectors = store && embedder ? store.find(embedder.fingerprint, prepared) : known;
    manifest = await make(vectors, 0);
    onProgress?.("publish", 1, 1);
    options.onPublished?.(manifest);
    const fresh = new Set(texts.flatMap(({ passage }, index) => (known.has(index) ? [] : [passage])));
    return {
      ...summary,
      reused: parsed.passages.length - fresh.size,
      embedded: unique.length,
      tokens: tokens(unique),
      generation: manifest.generation,
    };
  } finally {
    store?.close();
  }
}

interface Parsed {
  readonly documents: readonly DocumentRecord[];
  readonly passages: readonly Passage[];
  readonly rejected: readonly Rejected[];
}

function parseAll(read: Corpus, onProgress: IngestOptions["onProgress"]): Parsed {
  const documents: DocumentRecord[] = [];
  const passages: Passage[] = [];
  const rejected = [...read.rejected];
  for (const [index, raw] of read.documents.entries()) {
    try {
      const document = raw.parse();
      const { blocks: _, ...record } = document;
      documents.push(record);
      passages.push(...split(document));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      rejected.push({ file: raw.file, line: raw.line - 1 + error.line, reason: error.message });
    }
    onProgress?.("split", index + 1, read.documents.length);
  }
  return { documents, passages, rejected };
}

async function current(data: string): Promise<{ manifest: Manifest; hashes: Map<string, string> } | undefined> {
  try {
    const index = await openEmbeddedIndex(data);
    try {
      return { manifest: index.manifest, hashes: hashes(await index.documents()) };
    } finally {
      await index.close();
    }
  } catch {
    // Missing, damaged or of another format: all three are mended by building it anew.
    return undefined;
  }
}

function isCurrent(manifest: Manifest, corpus: string, embedder: Embedder | undefined): boolean {
  return (
    manifest.format === indexFormat &&
    manifest.splitter === splitterVersion &&
    manifest.corpus === corpus &&
    manifest.pending === 0 &&
    manifest.embedder?.fingerprint === embedder?.fingerprint
  );
}

async function embedMissing(
  store: VectorStore,
  embedder: Embedder,
  texts: readonly string[],
  { signal, onProgress }: IngestOptions,
): Promise<void> {
  let done = 0;
  onProgress?.("embed", 0, texts.length);
  await embedder.embed(texts, {
    ...(signal ? { signal } : {}),
    onBatch: (offset, vectors) => {
      store.add(embedder.fingerprint, texts.slice(offset, offset + vectors.length), vectors);
      done += vectors.length;
      onProgress?.("embed", done, texts.length);
    },
  });
}

function content(
  parsed: Parsed,
  corpus: string,
  embedder: Embedder | undefined,
  texts: readonly EmbeddedText[],
  vectors: ReadonlyMap<number, number[]>,
  pending: number,
) {
  const entries = texts.flatMap(({ passage, text }, index) => {
    const vector = vectors.get(index);
    return vector ? [{ passage, text, vector }] : [];
  });
  const described = embedder
    ? { fingerprint: embedder.fingerprint, dimensions: embedder.dimensions, unit: embedder.unit }
    : null;
  const { documents, passages } = parsed;
  return { documents, passages, vectors: entries, embedder: described, pending, corpus, splitter: splitterVersion };
}

function summarize({ documents, passages, rejected }: Parsed, changes: Plan) {
  const { added, changed, removed } = changes;
  return {
    documents: documents.length,
    passages: passages.length,
    added: added.length,
    changed: changed.length,
    removed: removed.length,
    rejected,
  };
}

function dryRun(
  summary: ReturnType<typeof summarize>,
  embedder: Embedder | undefined,
  texts: readonly EmbeddedText[],
  { data }: IngestOptions,
  manifest: Manifest | undefined,
): Omit<IngestReport, "seconds"> {
  const prepared = embedder ? texts.map(({ text }) => embedder.prepare(text)) : [];
  const store = embedder ? openVectorStore(layout.embeddings(data)) : undefined;
  const known = store && embedder ? store.find(embedder.fingerprint, prepared) : new Map<number, number[]>();
  store?.close();
  const missing = [...new Set(prepared.filter((_, index) => !known.has(index)))];
  const fresh = new Set(texts.flatMap(({ passage }, index) => (known.has(index) ? [] : [passage])));
  return {
    ...summary,
    reused: summary.passages - fresh.size,
    embedded: missing.length,
    tokens: tokens(missing),
    generation: manifest?.generation ?? null,
  };
}

function hashes(documents: readonly DocumentRecord[]): Map<string, string> {
  return new Map(documents.map(({ id, hash }) => [id, hash]));
}

function corpusHash(documents: readonly DocumentRecord[]): string {
  const hash = createHash("sha256");
  for (const { id, hash: content } of documents) hash.update(`${id}\0${content}\0`);
  return hash.digest("hex");
}

/** OpenAI's rule of thumb for English: a token is about four characters. */
function tokens(texts: readonly string[]): number {
  return Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / 4);
}

function describe(rejected: readonly Rejected[]): string {
  return rejected.map(({ file, line, reason }) => `${file}:${line} ${reason}`).join("; ");
}
