import type { Document } from "../../knowledge/types.ts";

/** A document that was read but not yet parsed, so that an unchanged one need not be. */
export interface Raw {
  readonly id: string;
  /** SHA-256 of the content. */
  readonly hash: string;
  /** Line of the file on which the document starts. */
  readonly line: number;
  /** Throws Problem with a line of the file. */
  parse(): Document;
}
