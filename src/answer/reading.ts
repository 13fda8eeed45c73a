import { type Band, confidence, decide, type Evidence, weigh } from "../retrieve/gate.ts";
import type { Query } from "../retrieve/query.ts";
import type { Retrieved } from "../retrieve/retrieve.ts";
import { holdWhatIsAsked } from "./asked-for.ts";
import type { CitationTarget } from "./cite.ts";
import { type Room, roomFor } from "./detail.ts";
import { type Extract, extract } from "./extract.ts";

/** One search with what the gate makes of it. */
export interface Reading {
  readonly found: Retrieved;
  readonly evidence: Evidence;
  /** Log-odds that the evidence answers the question. */
  readonly odds: number;
  readonly band: Band;
  /** The quotation, when the band allows an answer. */
  readonly extracted: Extract | undefined;
  /** Whether the quotation holds the amount, year or name asked for; undefined without one. */
  readonly holds: boolean | undefined;
}

export interface ReadingOptions {
  readonly target: CitationTarget;
  /** How much may be shown; by default that of a short answer. */
  readonly room?: Room;
  /** The member's question, when another wording was searched for: what it asks for must be held. */
  readonly original?: Query;
}

/** Weighs what was retrieved, and quotes from it where the evidence allows. */
export function readingOf(
  found: Retrieved,
  { target, room = roomFor("short"), original }: ReadingOptions,
): Reading {
  const { query, hits, vectorsUsed } = found;
  const evidence = weigh(query, hits, vectorsUsed);
  const band = decide(evidence);
  const extracted = band === "answer" ? extract(query, hits, target, room) : undefined;
  const holds = extracted && holdWhatIsAsked(original ?? query, extracted.weighed);
  return { found, evidence, odds: confidence(evidence), band, extracted, holds };
}
