import { isAbort } from "../errors.ts";
import type { KnowledgeIndex, LexicalHit, Similarity, StoredPassage, VectorHit } from "../index/types.ts";
import type { Embedder } from "../models/types.ts";
import { diversify } from "./diversify.ts";
import { type Candidate, fuse } from "./fuse.ts";
import { type Query, understand } from "./query.ts";
import { rerank } from "./rerank.ts";

export type RetrieverKind = "hybrid" | "lexical" | "vector";

export interface RetrieveOptions {
  readonly kind?: RetrieverKind;
  /** Passages wanted after diversification. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** A passage with its document and scores. */
export interface Hit extends StoredPassage, Candidate {
  /** How well it fits the question beside the best candidate, which has 1; 0 when it was too far down to be compared. */
  readonly relevance: number;
  /** How near each embedded text of the passage is to the question; empty without vectors. */
  readonly similar: ReadonlyMap<string, number>;
  /** Cosine similarities of the two nearest questions that somebody wrote for the passage; 0 where there are fewer. */
  readonly asked: readonly [best: number, second: number];
}

/** Everything that tells what a passage is about: its text, its headings and the names of its document. */
export function textOf({ passage, document }: Hit): string {
  const names = [passage.title, ...passage.heading, ...document.aliases, ...document.tags];
  return `${names.join("\n")}\n${passage.text}`;
}

export interface Retrieved {
  readonly query: Query;
  readonly hits: readonly Hit[];
  /** False when the vector side was asked for but could not take part. */
  readonly vectorsUsed: boolean;
}

/** Candidates that each side contributes before fusion. */
const candidatesPerSide = 50;
/** Lexical candidates whose similarity is computed when the vector side did not find them. */
const comparedExactly = 24;
/** Best candidates of the fusion that are compared with each other. */
const compared = 24;
/** A query vector that takes longer is done without: the lexical side answers alone. */
const embeddingDeadlineMs = 4_000;

/**
 * Finds the passages nearest to a question, best first. When the embedder fails or does not belong to the
 * index's vectors, the lexical side serves alone. Throws IndexError and AbortError.
 */
export async function retrieve(
  question: string,
  index: KnowledgeIndex,
  embedder: Embedder | undefined,
  { kind = "hybrid", limit, signal }: RetrieveOptions,
): Promise<Retrieved> {
  const [query, vector] = await Promise.all([
    understand(question, index, signal),
    kind === "lexical" ? undefined : queryVector(question, index, embedder, signal),
  ]);
  const stems = [...new Set(query.terms.flatMap(({ stem, alternatives }) => [stem, ...alternatives]))];
  const lexical =
    kind === "vector" ? [] : await index.lexical(stems, Math.max(candidatesPerSide, limit), signal);
  const near = vector ? await index.nearest(vector, Math.max(candidatesPerSide, limit), signal) : [];
  const similarities = vector && similaritiesOf(vector, index, signal);
  const alsoNear = similarities ? await missingSimilarities(lexical, near, similarities) : [];
  const fused = fuse(
    lexical.map(({ row, score }) => ({ row, value: score })),
    [...near, ...alsoNear].map(({ row, similarity }) => ({ row, value: similarity })),
    embedder?.fusionWeight ?? 0,
  );
  // Diversification leaves some out, so more are fetched than wanted.
  const scored = new Map(
    fused.slice(0, Math.max(compared, limit * 3)).map((candidate) => [candidate.row, candidate]),
  );
  const stored = (await index.passages([...scored.keys()], signal)).flatMap((one): Hit[] => {
    const candidate = scored.get(one.row);
    return candidate ? [{ ...one, ...candidate, similar: new Map(), asked: [0, 0], relevance: 0 }] : [];
  });
  const seen = await compare(stored.slice(0, compared), similarities);
  // Each side alone shows what it finds by itself.
  const first = kind === "hybrid" ? rerank(query, seen) : seen;
  const hits = diversify([...first, ...stored.slice(compared)], limit);
  return { query, hits, vectorsUsed: vector !== undefined };
}

/** How near each embedded text of each passage is to the question. */
type Similarities = (rows: readonly number[]) => Promise<(readonly Similarity[])[]>;

/** Reads each passage of one question once, however often it is asked for. */
function similaritiesOf(
  vector: readonly number[],
  index: KnowledgeIndex,
  signal: AbortSignal | undefined,
): Similarities {
  const known = new Map<number, readonly Similarity[]>();
  return async (rows) => {
    const unread = rows.filter((row) => !known.has(row));
    const found = await index.similarities(vector, unread, signal);
    for (const [position, row] of unread.entries()) known.set(row, found[position] ?? []);
    return rows.map((row) => known.get(row) ?? []);
  };
}

/** Compares the question with every embedded text of some passages, and with the questions written for them. */
async function compare(hits: readonly Hit[], similarities: Similarities | undefined): Promise<Hit[]> {
  if (!similarities) return [...hits];
  const found = await similarities(hits.map(({ row }) => row));
  return hits.map((hit, rank) => {
    const similar = new Map(found[rank]?.map(({ text, similarity }) => [text, similarity]));
    const questions = new Set(hit.passage.questions);
    const values = (ofQuestions: boolean) =>
      [...similar].flatMap(([text, value]) => (questions.has(text) === ofQuestions ? [value] : []));
    const [best = 0, second = 0] = values(true).sort((a, b) => b - a);
    return { ...hit, similar, vector: Math.max(0, ...values(false)), asked: [best, second] };
  });
}

/**
 * Similarities of the best lexical candidates that the vector side did not bring: not among the nearest is
 * not the same as not near at all.
 */
async function missingSimilarities(
  lexical: readonly LexicalHit[],
  near: readonly VectorHit[],
  similarities: Similarities,
): Promise<VectorHit[]> {
  const known = new Set(near.map(({ row }) => row));
  const rows = lexical.slice(0, comparedExactly).flatMap(({ row }) => (known.has(row) ? [] : [row]));
  const found = await similarities(rows);
  return rows.map((row, position) => ({
    row,
    similarity: Math.max(0, ...(found[position] ?? []).map(({ similarity }) => similarity)),
  }));
}

/** Whether a query vector of this embedder can be compared with the vectors of the index. */
export function vectorsMatch(index: KnowledgeIndex, embedder: Embedder | undefined): boolean {
  return embedder !== undefined && index.manifest.embedder?.fingerprint === embedder.fingerprint;
}

async function queryVector(
  question: string,
  index: KnowledgeIndex,
  embedder: Embedder | undefined,
  signal: AbortSignal | undefined,
): Promise<number[] | undefined> {
  if (!embedder || !vectorsMatch(index, embedder) || index.manifest.vectors === 0) return undefined;
  const text = embedder.prepare(question);
  if (text === "") return undefined;
  const deadline = AbortSignal.timeout(embeddingDeadlineMs);
  try {
    const made = await Promise.race([
      embedder.embed([text], {
        role: "query",
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      }),
      new Promise<never>((_, reject) => deadline.addEventListener("abort", () => reject(deadline.reason))),
    ]);
    return made[0];
  } catch (error) {
    if (isAbort(error) && signal?.aborted) throw error;
    return undefined;
  }
}
