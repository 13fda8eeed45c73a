/** A source named in a document's front matter. */
export interface Source {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly date?: string;
}

/** First and last line, both counted from 1 and inclusive. */
export type Lines = readonly [from: number, to: number];

/** Questions that one section of a document answers. */
export interface SectionQuestions {
  /** The section's heading, or `""` for the text before the first heading. */
  readonly heading: string;
  readonly questions: readonly string[];
}

/** One document of the corpus as a reader delivers it. */
export interface Document {
  /** Path below the corpus folder with forward slashes, or the `_id` of a JSONL record. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly aliases: readonly string[];
  readonly questions: readonly string[];
  /** Questions that single sections answer, in members' words; absent when nobody wrote any. */
  readonly sectionQuestions?: readonly SectionQuestions[];
  readonly tags: readonly string[];
  readonly sources: readonly Source[];
  /** ISO date on which the facts were last checked. */
  readonly reviewed?: string;
  /** SHA-256 of the exact bytes or text read. */
  readonly hash: string;
  /** Blocks in reading order. */
  readonly blocks: readonly Block[];
}

export type BlockKind = "heading" | "paragraph" | "list" | "table" | "code" | "quote";

/** A block of a document: what can be quoted whole. Text is plain, without Markdown and footnote marks. */
export interface Block {
  readonly kind: BlockKind;
  /** Plain text. Lists: one item a line; tables: one row a line, cells joined by " | ", header first; code: as written. */
  readonly text: string;
  readonly lines: Lines;
  /** For headings 1–6, otherwise absent. */
  readonly depth?: number;
  /** Footnote ids referenced in the block, in order. */
  readonly notes: readonly string[];
  /** Sentences, list items, table rows or the whole code block, each with its own lines. */
  readonly units: readonly Unit[];
  /** For tables: the header cells. */
  readonly header?: readonly string[];
  /** For code: its language. */
  readonly language?: string;
}

/** The smallest thing that is cited: a sentence, list item, table row or code block. */
export interface Unit {
  readonly text: string;
  readonly lines: Lines;
  readonly notes: readonly string[];
}

/** A retrievable stretch of one section. */
export interface Passage {
  /** Hash of document id, heading path and text: stable across generations. */
  readonly id: string;
  readonly document: string;
  readonly title: string;
  /** Heading path below the title. */
  readonly heading: readonly string[];
  /** Position of the passage in its document, from 0. */
  readonly position: number;
  readonly lines: Lines;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Questions of the document and its sections that this passage answers best; absent when there are none. */
  readonly questions?: readonly string[];
}

/** A passage with what the retrieval found out about it. */
export interface Hit {
  readonly passage: Passage;
  /** Fused score between 0 and 1, comparable only within one query. */
  readonly score: number;
  readonly lexical: number;
  readonly vector: number;
}

/** One span of one passage that claims rest on; `quote` is the text of exactly `lines`. */
export interface Citation {
  readonly n: number;
  readonly document: string;
  readonly title: string;
  readonly heading: readonly string[];
  readonly lines: Lines;
  readonly url: string | null;
  readonly quote: string;
  /** ISO date of the document's last review, for display. */
  readonly reviewed?: string;
}

/** One sentence, list item, table row or code block that is shown, with the numbers of its citations (never empty). */
export interface Claim {
  readonly text: string;
  readonly citations: readonly number[];
}

/** A section that is close to a question without answering it. */
export interface Nearest {
  readonly document: string;
  readonly title: string;
  readonly heading: readonly string[];
  readonly lines: Lines;
  readonly url: string | null;
}

/** Why a block that a model wrote was refused. */
export type RefusalReason =
  | "no_citation"
  | "unknown_citation"
  | "figure"
  | "unit"
  | "name"
  | "unsupported"
  | "contradicted"
  /** It leans on a block that was dropped. */
  | "orphan"
  /** It says again what is shown already. */
  | "repeated";

/**
 * What became of one block (sentence, list item, table row, code block) that a model wrote. For maintainers:
 * what was dropped is never shown to members.
 */
export interface BlockVerdict {
  readonly outcome: "kept" | "repaired" | "dropped";
  /** As the model wrote it, with its marks, at most 300 characters. */
  readonly text: string;
  /** Why it was refused before a repair; null for what was kept. */
  readonly reason: RefusalReason | null;
  /** The reason in words; null for what was kept. */
  readonly detail: string | null;
  /** Share of the content words shown, or refused, that the cited passages hold, 0 to 1; null where none was cited. */
  readonly support: number | null;
}

export type AnswerMode = "extractive" | "generative";
export type DeclineReason = "greeting" | "ambiguous" | "unsafe" | "overloaded" | "stopped";

interface AnswerBase {
  /** Markdown for display. Citation marks are written `[1]`. */
  readonly text: string;
  readonly claims: readonly Claim[];
  readonly citations: readonly Citation[];
  readonly nearest: readonly Nearest[];
  readonly mode: AnswerMode;
  readonly generation: string;
  readonly latencyMs: number;
  /** Of each block that a model wrote, in order; absent when none wrote. */
  readonly verdicts?: readonly BlockVerdict[];
}

/** What the pipeline returns; renderers see nothing else. */
export type Answer =
  | (AnswerBase & {
      readonly status: "answered";
      /** True when generation broke off and only the verified beginning is shown. */
      readonly incomplete?: boolean;
      /** Plain sentences to the member about how the answer came about (a fall-back, vectors still being made). */
      readonly notices: readonly string[];
      /** Claims that were generated but dropped because their citation did not support them. */
      readonly dropped: number;
    })
  | (AnswerBase & { readonly status: "no_evidence" })
  | (AnswerBase & { readonly status: "declined"; readonly reason: DeclineReason });

/** One turn of a conversation, oldest first. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string;
}
