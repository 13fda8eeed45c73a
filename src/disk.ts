import { OperatorError } from "./errors.ts";

/** EFBIG and EDQUOT are how a quota says it; SQLite reports a failed write of either as SQLITE_IOERR_WRITE or _SHMSIZE. */
const full = new Set([
  "ENOSPC",
  "EDQUOT",
  "EFBIG",
  "SQLITE_FULL",
  "SQLITE_IOERR_WRITE",
  "SQLITE_IOERR_SHMSIZE",
]);
const forbidden = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOTDIR",
  "EEXIST",
  "SQLITE_CANTOPEN",
  "SQLITE_READONLY",
  "SQLITE_READONLY_DIRECTORY",
]);

/**
 * A fault of the operating system or of SQLite while something below `place` was written, in words for the
 * operator; anything else is returned as it is.
 */
export function diskFault(error: unknown, place: string): unknown {
  if (error instanceof OperatorError) return error;
  const code = String((error as NodeJS.ErrnoException | undefined)?.code ?? "");
  if (full.has(code)) {
    return new OperatorError(
      `The disk of ${place} is full (${code}); free some space and run \`npm run ingest\` again. What was stored before is unchanged.`,
      { cause: error },
    );
  }
  if (forbidden.has(code)) {
    return new OperatorError(
      `${place} cannot be written (${code}); check the rights of the folder, or set DATA_DIR or --data to another.`,
      { cause: error },
    );
  }
  if (code === "EIO" || code.startsWith("SQLITE_IOERR")) {
    return new OperatorError(`The disk of ${place} failed (${code}); check it and try again.`, {
      cause: error,
    });
  }
  return error;
}
