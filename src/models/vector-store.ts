import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { diskFault } from "../disk.ts";
import { IndexError, OperatorError } from "../errors.ts";

/**
 * Vectors outside the generations, keyed by embedder fingerprint and the hash of the exact text embedded.
 * What was committed is never embedded again, whatever happens to documents or generations.
 * Every method throws an OperatorError that names the file when it is damaged, locked or cannot be written.
 */
export interface VectorStore {
  /** Which texts have a vector, by position in `texts`. */
  known(fingerprint: string, texts: readonly string[]): Set<number>;
  /** The vectors that are known, by position in `texts`; single precision, since there may be hundreds of megabytes. */
  find(fingerprint: string, texts: readonly string[]): Map<number, Float32Array>;
  /** Commits vectors for texts in one transaction. Throws a RangeError when a text has none or a number is not finite. */
  add(fingerprint: string, texts: readonly string[], vectors: readonly (readonly number[])[]): void;
  close(): void;
}

/** The writer lock keeps other ingestions away; someone with a SQLite tool may hold the file for a moment. */
const patienceMs = 1_000;

/** Opens the store, creating it when missing. Throws OperatorError. */
export function openVectorStore(path: string): VectorStore {
  return guard(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const database = new Database(path, { timeout: patienceMs });
    try {
      database.pragma("journal_mode = WAL");
      database.pragma("synchronous = FULL");
      database.exec(
        "create table if not exists vectors(fingerprint text, hash blob, vector blob not null, primary key(fingerprint, hash)) without rowid",
      );
      return storeOn(database, path);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Opens a copy of the store, or an empty one when there is none: even reading a SQLite file in WAL mode
 * makes files beside it, and a dry run must leave the data folder untouched. Throws OperatorError.
 */
export function copyVectorStore(path: string): VectorStore {
  const folder = mkdtempSync(join(tmpdir(), "rackmate-"));
  const copy = join(folder, "embeddings.sqlite");
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const suffix of ["", "-wal", "-journal"]) {
      if (existsSync(path + suffix)) cpSync(path + suffix, copy + suffix);
    }
    const store = guard(path, () => openVectorStore(copy));
    return {
      ...store,
      close: () => {
        store.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function storeOn(database: Database.Database, path: string): VectorStore {
  const exists = database.prepare("select 1 from vectors where fingerprint = ? and hash = ?").pluck();
  const select = database.prepare("select vector from vectors where fingerprint = ? and hash = ?").pluck();
  const insert = database.prepare(
    "insert or replace into vectors(fingerprint, hash, vector) values(?, ?, ?)",
  );
  const insertAll = database.transaction(
    (fingerprint: string, texts: readonly string[], vectors: readonly (readonly number[])[]) => {
      for (const [index, text] of texts.entries())
        insert.run(fingerprint, hashOf(text), encode(vectors[index]));
    },
  );
  return {
    known: (fingerprint, texts) =>
      guard(path, () => {
        const positions = texts.keys();
        return new Set([...positions].filter((index) => exists.get(fingerprint, hashOf(texts[index] ?? ""))));
      }),
    find: (fingerprint, texts) =>
      guard(path, () => {
        const found = new Map<number, Float32Array>();
        for (const [index, text] of texts.entries()) {
          const blob = select.get(fingerprint, hashOf(text)) as Buffer | undefined;
          if (blob) found.set(index, decode(blob));
        }
        return found;
      }),
    add: (fingerprint, texts, vectors) => guard(path, () => insertAll(fingerprint, texts, vectors)),
    close: () => void database.close(),
  };
}

function guard<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code } = error as { code?: string };
    const fault = diskFault(error, path);
    if (fault !== error || !code?.startsWith("SQLITE_")) throw fault;
    if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
      throw new OperatorError(`${path} is in use by another program; close it and try again.`, {
        cause: error,
      });
    }
    throw new IndexError(
      `${path} is damaged; delete it and run \`npm run ingest\` to make the vectors again.`,
      {
        cause: error,
      },
    );
  }
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function encode(vector: readonly number[] | undefined): Buffer {
  if (!vector || vector.length === 0 || !vector.every(Number.isFinite)) {
    throw new RangeError("A vector to be stored is missing or holds something that is not a finite number.");
  }
  return Buffer.from(new Float32Array(vector).buffer);
}

function decode(blob: Buffer): Float32Array {
  // Copied: the numbers must stand at a multiple of four bytes.
  return new Float32Array(blob.buffer.slice(blob.byteOffset, blob.byteOffset + blob.byteLength));
}
