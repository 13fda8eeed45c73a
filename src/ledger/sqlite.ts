import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { OperatorError } from "../errors.ts";
import type { Turn } from "../knowledge/types.ts";
import { migrations } from "./migrations.ts";
import { type AnswerRecord, boundedTurns, type Ledger } from "./types.ts";

export interface LedgerOptions {
  /** Minutes after its last turn at which a conversation is forgotten. */
  readonly conversationMinutes: number;
  /** Milliseconds since the epoch; tests move it. */
  readonly now?: () => number;
}

/** Milliseconds that a call waits while another process writes; it holds the event loop, so it is short. */
const busyTimeoutMs = 1_000;

/**
 * Opens the ledger in one SQLite file, making and migrating it as needed. Throws OperatorError when the file
 * is damaged, cannot be written, or was made by a newer version.
 */
export function openSqliteLedger(path: string, options: LedgerOptions): Ledger {
  const database = open(path);
  try {
    migrate(database, path);
    return ledgerOn(database, options);
  } catch (error) {
    database.close();
    if (error instanceof OperatorError) throw error;
    throw unusable(path, error);
  }
}

function open(path: string): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new Database(path, { timeout: busyTimeoutMs });
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): OperatorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OperatorError(
    `The ledger ${path} cannot be used (${reason}): check the rights and free space of its folder, or move a damaged file away to begin a new one.`,
    { cause },
  );
}

function migrate(database: Database.Database, path: string): void {
  const version = Number(database.pragma("user_version", { simple: true }));
  if (version > migrations.length) {
    throw new OperatorError(
      `The ledger ${path} was written by a newer Rackmate (format ${version}, this one knows ${migrations.length}): update Rackmate, or set DATA_DIR to another folder.`,
    );
  }
  // A process that dies in WAL mode loses nothing that was committed; a power cut at most the last moments.
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("foreign_keys = ON");
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    // Immediate, and the version is read again inside: two processes may start at once.
    database
      .transaction(() => {
        if (Number(database.pragma("user_version", { simple: true })) > index) return;
        database.exec(migration);
        database.pragma(`user_version = ${index + 1}`);
      })
      .immediate();
  }
}

interface AnswerRow {
  readonly id: string;
  readonly conversation: string;
  readonly asker: string;
  readonly question: string;
  readonly history: string;
  readonly label: AnswerRecord["label"];
  readonly answer: string | null;
  readonly latency_ms: number;
  readonly at: number;
}

function ledgerOn(
  database: Database.Database,
  { conversationMinutes, now = Date.now }: LedgerOptions,
): Ledger {
  const prepare = (sql: string) => database.prepare(sql);
  const selectTurns = prepare(
    "select role, content from turns join conversations on key = conversation where key = ? and expires_at > ? order by position",
  );
  const expire = prepare("delete from conversations where expires_at <= ?");
  const touch = prepare(
    "insert into conversations(key, expires_at) values(?, ?) on conflict(key) do update set expires_at = excluded.expires_at",
  );
  const clearTurns = prepare("delete from turns where conversation = ?");
  const addTurn = prepare("insert into turns(conversation, position, role, content) values(?, ?, ?, ?)");
  const addAnswer = prepare(
    "insert into answers(id, conversation, asker, question, history, label, answer, latency_ms, at) values(?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const selectAnswer = prepare("select * from answers where id = ?");
  const addLink = prepare("insert or replace into messages(id, answer) values(?, ?)");
  const selectLinked = prepare(
    "select answers.* from messages join answers on answers.id = messages.answer where messages.id = ?",
  );
  const selectSetting = prepare("select value from settings where key = ?").pluck();
  const setSetting = prepare("insert or replace into settings(key, value) values(?, ?)");
  const claimSetting = prepare("insert or ignore into settings(key, value) values(?, ?)");

  const turnsOf = (key: string) => selectTurns.all(key, now()) as Turn[];
  const remember = database.transaction((key: string, turns: readonly Turn[], after?: readonly Turn[]) => {
    const kept = boundedTurns([...(after ?? turnsOf(key)), ...turns]);
    // Expired conversations go whenever one is written, so that the file does not keep what is forgotten.
    expire.run(now());
    touch.run(key, now() + conversationMinutes * 60_000);
    clearTurns.run(key);
    for (const [position, { role, content }] of kept.entries()) addTurn.run(key, position, role, content);
  });

  return {
    conversation: async (key) => turnsOf(key),
    remember: async (key, turns, after) => remember.immediate(key, turns, after),
    async record(given) {
      const id = randomBytes(16).toString("base64url");
      const { conversation, asker, question, label, latencyMs } = given;
      const history = JSON.stringify(boundedTurns(given.history));
      const answer = given.answer === null ? null : JSON.stringify(given.answer);
      addAnswer.run(id, conversation, asker, question, history, label, answer, Math.round(latencyMs), now());
      return id;
    },
    answer: async (id) => recordOf(selectAnswer.get(id) as AnswerRow | undefined),
    link: async (message, answer) => void addLink.run(message, answer),
    linked: async (message) => recordOf(selectLinked.get(message) as AnswerRow | undefined),
    setting: async (key) => selectSetting.get(key) as string | undefined,
    set: async (key, value) => void setSetting.run(key, value),
    claim: async (key, value) => claimSetting.run(key, value).changes === 1,
    close: async () => void database.close(),
  };
}

function recordOf(row: AnswerRow | undefined): AnswerRecord | undefined {
  if (!row) return undefined;
  const { history, answer, latency_ms, ...rest } = row;
  return {
    ...rest,
    history: JSON.parse(history),
    answer: answer === null ? null : JSON.parse(answer),
    latencyMs: latency_ms,
  };
}
