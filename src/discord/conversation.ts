import type { Turn } from "../knowledge/types.ts";
import type { AnswerRecord, Ledger } from "../ledger/types.ts";

/** Who asks where. A thread and a direct-message channel are places of their own. */
export interface Asked {
  readonly channel: string;
  readonly member: string;
  /** Whether only the member sees the answer. */
  readonly private: boolean;
  /** The message that the question replies to, if any. */
  readonly repliesTo?: string | undefined;
}

/** The conversation that a question belongs to, and what was said in it. */
export interface Conversation {
  /** Where the exchange is remembered. */
  readonly key: string;
  readonly history: readonly Turn[];
  /** Set when the conversation goes on from an older answer rather than from its last one. */
  readonly after?: readonly Turn[];
}

/**
 * Finds the conversation of a question: the answer that it replies to; else what this member last asked in
 * this channel, thread or direct conversation, within CONVERSATION_MINUTES.
 *
 * A conversation always belongs to one member. A reply to somebody else's answer takes over that one exchange,
 * which everybody sees, and nothing else of that member's conversation. What was asked in private is never
 * part of a public conversation; a private one may go on from a public one.
 */
export async function conversationOf(asked: Asked, ledger: Ledger): Promise<Conversation> {
  const key = conversationKey(asked);
  const replied = asked.repliesTo === undefined ? undefined : await ledger.linked(asked.repliesTo);
  if (replied) {
    const own = replied.asker === askerKey(asked.member);
    const after = [...(own ? replied.history : []), ...exchangeOf(replied)];
    return { key, history: after, after };
  }
  const history = await ledger.conversation(key);
  if (history.length > 0 || !asked.private) return { key, history };
  const open = await ledger.conversation(conversationKey({ ...asked, private: false }));
  return open.length > 0 ? { key, history: open, after: open } : { key, history };
}

/** The key under which a member's conversation in a place is remembered. */
export function conversationKey({ channel, member, private: hidden }: Omit<Asked, "repliesTo">): string {
  return `${channel}:${member}${hidden ? ":private" : ""}`;
}

/** How the ledger knows a member: the one place to change when ids are no longer kept as they are. */
export function askerKey(member: string): string {
  return member;
}

/** What is remembered of a question and its answer; greetings and failures do not become part of a conversation. */
export function exchangeOf({ question, answer }: Pick<AnswerRecord, "question" | "answer">): Turn[] {
  if (answer === null || answer.status === "declined") return [];
  return [
    { role: "user", content: question },
    { role: "assistant", content: answer.text },
  ];
}
