import type { Answer, Turn } from "../knowledge/types.ts";

/** What became of a question: reports, gaps and feedback rest on this rather than on phrases. */
export type AnswerLabel = "answered" | "closest" | "refused" | "declined" | "stopped" | "failed";

/** What is kept of one question. */
export interface AnswerRecord {
  /** Unguessable: it will stand in the custom ids of buttons. */
  readonly id: string;
  /** The conversation that the question belongs to. */
  readonly conversation: string;
  /** An opaque key of the member who asked; the ledger never interprets it. */
  readonly asker: string;
  readonly question: string;
  /** The turns with which the question was resolved: "and on the H200?" means nothing without them. */
  readonly history: readonly Turn[];
  readonly label: AnswerLabel;
  /** The whole answer; null when none came about (a fault, a stop). */
  readonly answer: Answer | null;
  /** Milliseconds from the question's arrival to its answer. */
  readonly latencyMs: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type NewAnswer = Omit<AnswerRecord, "id" | "at">;

/**
 * What the bot remembers, also after a restart. Every call is one short transaction; ports are asynchronous
 * so that a database on another machine can stand behind them.
 */
export interface Ledger {
  /** The live turns of a conversation, oldest first; empty when it is unknown or has expired. */
  conversation(key: string): Promise<readonly Turn[]>;
  /**
   * Appends turns and makes the conversation live for another while. With `after`, the conversation becomes
   * those turns and the new ones: a reply to an older answer goes on from there. Bounded in count and length.
   */
  remember(key: string, turns: readonly Turn[], after?: readonly Turn[]): Promise<void>;
  /** Keeps an answer under a new id. */
  record(answer: NewAnswer): Promise<string>;
  answer(id: string): Promise<AnswerRecord | undefined>;
  /** Says that a message of the bot shows an answer; a message shows one at most, the last said. */
  link(message: string, answer: string): Promise<void>;
  /** The answer that a message of the bot shows. */
  linked(message: string): Promise<AnswerRecord | undefined>;
  setting(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  /** Sets a key unless it is set; true for the one caller who did. What may happen once only rests on it. */
  claim(key: string, value: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Bounds of every ledger. A turn is shortened, older turns are dropped. */
export const bounds = {
  /** Turns of one conversation: six questions with their answers. */
  turns: 12,
  /** Characters of one turn. */
  turnLength: 2_000,
} as const;

/** The turns that a conversation keeps, each within its length; the first is always a question. */
export function boundedTurns(turns: readonly Turn[]): Turn[] {
  const kept = turns.slice(-bounds.turns);
  const first = kept.findIndex(({ role }) => role === "user");
  return kept
    .slice(Math.max(0, first))
    .map(({ role, content }) => ({ role, content: cut(content, bounds.turnLength) }));
}

/** Shortens without leaving half of a character. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

/** The label of an answer that came about. */
export function labelOf(answer: Answer): AnswerLabel {
  switch (answer.status) {
    case "answered":
      return "answered";
    case "no_evidence":
      return answer.nearest.length > 0 ? "closest" : "refused";
    case "declined":
      return answer.reason === "stopped" ? "stopped" : answer.reason === "overloaded" ? "failed" : "declined";
  }
}
