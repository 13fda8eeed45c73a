import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import Database from "better-sqlite3";
import { LockedError, OperatorError } from "../errors.ts";

/**
 * Takes the one writer lock of a data folder. It is a lock of the operating system on a small SQLite file,
 * so a crashed holder releases it. Throws LockedError naming the holder.
 */
export function takeWriterLock(data: string, path: string): { release(): void } {
  const holder = `${path}.json`;
  let database: Database.Database;
  try {
    mkdirSync(data, { recursive: true });
    database = new Database(path, { timeout: 0 });
  } catch (cause) {
    throw new OperatorError(`The data folder ${data} cannot be written; check its rights or set DATA_DIR.`, { cause });
  }
  try {
    database.exec("begin exclusive");
  } catch (cause) {
    database.close();
    throw new LockedError(`Another process is writing to ${data} (${describeHolder(holder)}); wait for it or stop it.`, { cause });
  }
  writeFileSync(holder, JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }));
  return {
    release: () => {
      database.exec("rollback");
      database.close();
    },
  };
}

function describeHolder(path: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(path, "utf8"));
    return `process ${pid} on ${host} since ${since}`;
  } catch {
    return "holder unknown";
  }
}
