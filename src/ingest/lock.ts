import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import Database from "better-sqlite3";
import { diskFault } from "../disk.ts";
import { LockedError, OperatorError } from "../errors.ts";

/**
 * Takes the one writer lock of a data folder. It is a lock of the operating system on a small SQLite file,
 * so a crashed holder releases it. Throws LockedError naming the holder, and OperatorError.
 */
export function takeWriterLock(data: string, path: string): { release(): void } {
  const holder = `${path}.json`;
  let database: Database.Database | undefined;
  try {
    mkdirSync(data, { recursive: true });
    database = new Database(path, { timeout: 0 });
    database.exec("begin exclusive");
    writeFileSync(
      holder,
      JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }),
    );
  } catch (error) {
    database?.close();
    throw fault(error, data, path);
  }
  const held = database;
  return {
    release: () => {
      held.exec("rollback");
      held.close();
    },
  };
}

function fault(error: unknown, data: string, path: string): unknown {
  const { code } = error as { code?: string };
  if (code?.startsWith("SQLITE_BUSY")) {
    const holder = describeHolder(`${path}.json`);
    return new LockedError(`Another process is writing to ${data} (${holder}); wait for it or stop it.`, {
      cause: error,
    });
  }
  if (code === "EEXIST" || code === "ENOTDIR") {
    return new OperatorError(`${data} is not a folder; set DATA_DIR or --data to one.`, { cause: error });
  }
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") {
    return new OperatorError(`${path} is not a lock of Rackmate; delete it and try again.`, { cause: error });
  }
  return diskFault(error, data);
}

function describeHolder(path: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(path, "utf8"));
    return `process ${pid} on ${host} since ${since}`;
  } catch {
    return "holder unknown";
  }
}
