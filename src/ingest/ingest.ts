import { CorpusError } from "../errors.ts";
import { layout } from "../index/embedded/layout.ts";
import { publish } from "../index/embedded/write.ts";
import type { Manifest, VocabularyEntry } from "../index/types.ts";
import type { Embedder } from "../models/types.ts";
import { copyVectorStore, openVectorStore, type VectorStore } from "../models/vector-store.ts";
import { acronyms } from "./acronyms.ts";
import { addsNothing, type Current, currentIndex, isComplete, isUpToDate } from "./current.ts";
import { takeWriterLock } from "./lock.ts";
import { corpusHash, type Parsed, parseCorpus, withoutQuestions } from "./parse.ts";
import { type Plan, plan } from "./plan.ts";
import { type Corpus, readFolder } from "./read/folder.ts";
import { readVocabulary } from "./read/vocabulary.ts";
import { describe, type Estimate, estimate, type IngestReport, summarize } from "./report.ts";
import { splitterVersion } from "./split.ts";
import { embedInto, missingVectors, vectorEntries, type WantedVector, wantedVectors } from "./vectors.ts";

export type { Estimate, IngestReport } from "./report.ts";
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
  /** Leave out the questions of the front matter, to measure what answers owe to them. */
  readonly withoutQuestions?: boolean;
  /** Asked before a paid embedder is sent anything; without approval the index gets the vectors that exist. */
  readonly approve?: (estimate: Estimate) => boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (stage: Stage, done: number, total: number) => void;
  /** A generation is searchable: the lexical one at once, then the full one. */
  readonly onPublished?: (manifest: Manifest) => void;
}

/** With more texts than this to embed, a generation for lexical search is published first. */
const lexicalFirstAbove = 100;

/**
 * Brings the index of a data folder up to date with a corpus folder. With nothing changed it publishes
 * nothing. An abort or crash keeps the vectors that were committed and the generation that was current.
 * Throws CorpusError, LockedError, ModelError, IndexError, OperatorError, and the abort.
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

type Outcome = Omit<IngestReport, "seconds">;

async function run(options: IngestOptions): Promise<Outcome> {
  const { embedder, signal } = options;
  const found = await readFolder(options.corpus, progressOf(options, "read"), signal);
  const read = options.withoutQuestions ? withoutQuestions(found) : found;
  const vocabulary = await readVocabulary(options.corpus);
  const corpus = corpusHash(read.documents, vocabulary);
  const before = await currentIndex(options.data);
  if (before && isUpToDate(before.manifest, corpus, embedder)) {
    const unchanged = await confirm(read, before, options);
    if (unchanged) return unchanged;
  }
  const parsed = await parseCorpus(read, progressOf(options, "split"), signal);
  if (parsed.documents.length === 0) {
    throw new CorpusError(`No document of ${options.corpus} could be read: ${describe(parsed.rejected)}.`);
  }
  refuseIfStrict(parsed, options);
  const changes = plan(hashesOf(parsed), before?.hashes ?? new Map());
  const update = { options, parsed, corpus, before, changes, vocabulary };
  if (!embedder) return options.dryRun ? planned(update, []) : updateWords(update);

  const open = options.dryRun ? copyVectorStore : openVectorStore;
  const store = open(layout.embeddings(options.data));
  try {
    return await updateVectors({ ...update, embedder, store, wanted: wantedVectors(parsed, embedder) });
  } finally {
    store.close();
  }
}

/** An ingestion that has something to do. */
interface Update {
  readonly options: IngestOptions;
  readonly parsed: Parsed;
  readonly corpus: string;
  readonly before: Current | undefined;
  readonly changes: Plan;
  readonly vocabulary: readonly VocabularyEntry[];
}

interface VectorUpdate extends Update {
  readonly embedder: Embedder;
  readonly store: VectorStore;
  readonly wanted: readonly WantedVector[];
}

async function updateWords(update: Update): Promise<Outcome> {
  const { parsed, changes } = update;
  const { generation } = await publishWith(update, 0);
  return { ...summarize(parsed, changes), reused: parsed.passages.length, generation };
}

async function updateVectors(update: VectorUpdate): Promise<Outcome> {
  const { options, parsed, changes, before, embedder, store, wanted, corpus } = update;
  const missing = missingVectors(wanted, store, embedder.fingerprint);
  const summary = { ...summarize(parsed, changes), reused: parsed.passages.length - missing.passages };
  const cost = estimate(missing.texts);
  if (options.dryRun) return planned(update, missing.texts, summary.reused);

  const idle = before !== undefined && addsNothing(before.manifest, corpus, embedder, missing.known);
  if (missing.texts.length > 0 && embedder.paid && options.approve?.(cost) === false) {
    const { generation } = idle ? before.manifest : await publishWith(update, missing.texts.length);
    return { ...summary, pending: missing.texts.length, generation };
  }
  // Members are served by words at once, but vectors are not taken away from an index that has them all,
  // unless that is the index of another corpus.
  const better = before && isComplete(before.manifest) && changes.unchanged.length > 0;
  if (missing.texts.length > lexicalFirstAbove && !better && !idle)
    await publishWith(update, missing.texts.length);
  await embedInto(store, embedder, missing.texts, progressOf(options, "embed"), options.signal);
  const { generation } = await publishWith(update, 0);
  return { ...summary, embedded: cost.texts, tokens: cost.tokens, generation };
}

/** Publishes what is known now; `pending` texts are still without a vector. */
async function publishWith(update: Update | VectorUpdate, pending: number): Promise<Manifest> {
  const { options, corpus } = update;
  const { documents, passages } = update.parsed;
  const vocabulary = [...update.vocabulary, ...acronyms(passages)];
  const manifest = await publish(
    options.data,
    {
      ...{ documents, passages, vocabulary, corpus, pending, splitter: splitterVersion },
      ...("store" in update
        ? {
            vectors: vectorEntries(update.wanted, update.store, update.embedder.fingerprint),
            embedder: describeEmbedder(update.embedder),
          }
        : { vectors: [], embedder: null }),
    },
    {
      keep: options.keepGenerations,
      onProgress: progressOf(options, "publish"),
      ...(options.signal ? { signal: options.signal } : {}),
    },
  );
  options.onPublished?.(manifest);
  return manifest;
}

function planned(
  { options, parsed, changes, before }: Update,
  texts: readonly string[],
  reused = parsed.passages.length,
): Outcome {
  options.signal?.throwIfAborted();
  const { tokens } = estimate(texts);
  const generation = before?.manifest.generation ?? null;
  return { ...summarize(parsed, changes), reused, embedded: texts.length, tokens, generation };
}

/**
 * The report of a run that changes nothing. Only documents that the index lacks are parsed, since they were
 * rejected and must be reported again; undefined when one of them can be read by now.
 */
async function confirm(
  read: Corpus,
  { manifest, hashes }: Current,
  options: IngestOptions,
): Promise<Outcome | undefined> {
  const lacking = read.documents.filter(({ id }) => !hashes.has(id));
  const parsed = await parseCorpus({ documents: lacking, rejected: read.rejected });
  if (parsed.documents.length > 0) return undefined;
  refuseIfStrict(parsed, options);
  const { documents, passages, generation } = manifest;
  return {
    ...summarize(parsed, plan(new Map(), new Map())),
    documents,
    passages,
    reused: passages,
    generation,
  };
}

function refuseIfStrict({ rejected }: Parsed, { strict }: IngestOptions): void {
  if (strict && rejected.length > 0) {
    throw new CorpusError(`Nothing was published, for --strict was given: ${describe(rejected)}.`);
  }
}

function hashesOf({ documents }: Parsed): Map<string, string> {
  return new Map(documents.map(({ id, hash }) => [id, hash]));
}

function describeEmbedder({ fingerprint, dimensions, unit }: Embedder): Manifest["embedder"] {
  return { fingerprint, dimensions, unit };
}

function progressOf({ onProgress }: IngestOptions, stage: Stage) {
  return (done: number, total: number) => onProgress?.(stage, done, total);
}
