import { randomUUID } from "node:crypto";
import type { Turn } from "../../src/knowledge/types.ts";
import { type AnswerRecord, boundedTurns, type Ledger } from "../../src/ledger/types.ts";

export interface FakeLedgerOptions {
  readonly conversationMinutes?: number;
  readonly now?: () => number;
}

/** A ledger in memory. */
export function fakeLedger({ conversationMinutes = 10, now = Date.now }: FakeLedgerOptions = {}): Ledger & {
  /** Everything recorded, in order. */
  readonly records: readonly AnswerRecord[];
} {
  const conversations = new Map<string, { turns: Turn[]; expiresAt: number }>();
  const records: AnswerRecord[] = [];
  const links = new Map<string, string>();
  const settings = new Map<string, string>();
  const live = (key: string) => {
    const found = conversations.get(key);
    return found && found.expiresAt > now() ? found.turns : [];
  };
  const find = (id: string | undefined) => records.find((record) => record.id === id);
  return {
    records,
    conversation: async (key) => structuredClone(live(key)),
    async remember(key, turns, after) {
      const kept = boundedTurns([...(after ?? live(key)), ...turns]);
      conversations.set(key, {
        turns: structuredClone(kept),
        expiresAt: now() + conversationMinutes * 60_000,
      });
    },
    async record(given) {
      const id = randomUUID();
      const record = {
        ...given,
        history: boundedTurns(given.history),
        latencyMs: Math.round(given.latencyMs),
      };
      records.push(structuredClone({ ...record, id, at: now() }));
      return id;
    },
    answer: async (id) => structuredClone(find(id)),
    async link(message, answer) {
      if (!find(answer)) throw new Error(`There is no answer ${answer}.`);
      links.set(message, answer);
    },
    linked: async (message) => structuredClone(find(links.get(message))),
    setting: async (key) => settings.get(key),
    set: async (key, value) => void settings.set(key, value),
    async claim(key, value) {
      if (settings.has(key)) return false;
      settings.set(key, value);
      return true;
    },
    async close() {},
  };
}
