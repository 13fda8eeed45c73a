import { createHash } from "node:crypto";
import Database from "better-sqlite3";
import { IndexError } from "../errors.ts";

/**
 * Vectors outside the generations, keyed by embedder fingerprint and the hash of the exact text embedded.
 * What was committed is never embedded again, whatever happens to documents or generations.
 */
export interface VectorStore {
  /** The vectors that are known, by position in `texts`. */
  find(fingerprint: string, texts: readonly string[]): Map<number, number[]>;
  /** Commits vectors for texts in one transaction. */
  add(fingerprint: string, texts: readonly string[], vectors: readonly (readonly number[])[]): void;
  close(): void;
}

/** Opens the store, creating it when missing. Throws IndexError when the file is damaged. */
export function openVectorStore(path: string): VectorStore {
  let database: Database.Database;
  try {
    database = new Database(path);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec(
      "create table if not exists vectors(fingerprint text, hash blob, vector blob not null, primary key(fingerprint, hash)) without rowid",
    );
  } catch (cause) {
    throw new IndexError(
      `${path} is damaged; delete it and run \`npm run ingest\` to make the vectors again.`,
      { cause },
    );
  }
  const select = database.prepare("select vector from vectors where fingerprint = ? and hash = ?").pluck();
  const insert = database.prepare(
    "insert or replace into vectors(fingerprint, hash, vector) values(?, ?, ?)",
  );
  return {
    find(fingerprint, texts) {
      const found = new Map<number, number[]>();
      for (const [index, text] of texts.entries()) {
        const blob = select.get(fingerprint, hashOf(text)) as Buffer | undefined;
        if (blob) found.set(index, decode(blob));
      }
      return found;
    },
    add: database.transaction((fingerprint, texts, vectors) => {
      for (const [index, text] of texts.entries())
        insert.run(fingerprint, hashOf(text), encode(vectors[index] ?? []));
    }),
    close: () => database.close(),
  };
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function encode(vector: readonly number[]): Buffer {
  return Buffer.from(new Float32Array(vector).buffer);
}

function decode(blob: Buffer): number[] {
  return [...new Float32Array(blob.buffer.slice(blob.byteOffset, blob.byteOffset + blob.byteLength))];
}
