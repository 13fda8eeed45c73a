import type { Parsed } from "./parse.ts";
import type { Plan } from "./plan.ts";
import type { Rejected } from "./read/folder.ts";

/** What an ingestion did; `npm run ingest -- --json` prints it. */
export interface IngestReport {
  readonly documents: number;
  readonly passages: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Passages whose vectors were all there already. */
  readonly reused: number;
  /** Texts sent to the embedder in this run; in a dry run, those that would be. */
  readonly embedded: number;
  /** Tokens of those texts, estimated at four characters each. */
  readonly tokens: number;
  /** Texts left without a vector, because what embedding them costs was not approved. */
  readonly pending: number;
  readonly seconds: number;
  /** The generation that is now current; null when nothing was published and none existed. */
  readonly generation: string | null;
  readonly rejected: readonly Rejected[];
}

/** What embedding would take, for someone who has to approve it. */
export interface Estimate {
  readonly texts: number;
  readonly tokens: number;
}

/** The part of the report that reading and planning give. */
export function summarize({ documents, passages, rejected }: Parsed, { added, changed, removed }: Plan) {
  return {
    documents: documents.length,
    passages: passages.length,
    added: added.length,
    changed: changed.length,
    removed: removed.length,
    embedded: 0,
    tokens: 0,
    pending: 0,
    rejected,
  };
}

/** OpenAI's rule of thumb for English: a token is about four characters. */
export function estimate(texts: readonly string[]): Estimate {
  return { texts: texts.length, tokens: Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / 4) };
}

/** Rejections named in one sentence; a report lists all. */
const mostNamed = 5;

/** Rejected documents in half a sentence. */
export function describe(rejected: readonly Rejected[]): string {
  const named = rejected.slice(0, mostNamed).map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
  const more = rejected.length - named.length;
  return named.join("; ") + (more > 0 ? `; and ${more} more` : "");
}
