/**
 * A fault with words for the operator: one sentence that names the thing and the remedy.
 * Entry points print `message` without a stack trace and exit with `exitCode`.
 */
export class OperatorError extends Error {
  override readonly name: string = "OperatorError";
  readonly exitCode: number = 1;
}

/** A variable, flag or file of the configuration is not usable. */
export class ConfigError extends OperatorError {
  override readonly name = "ConfigError";
}

/** The corpus or a document of it cannot be read. */
export class CorpusError extends OperatorError {
  override readonly name = "CorpusError";
}

/** An index is missing, damaged, or of an unknown format. */
export class IndexError extends OperatorError {
  override readonly name = "IndexError";
}

/** Another process holds the writer lock. */
export class LockedError extends OperatorError {
  override readonly name = "LockedError";
}

export type ModelFault =
  | "unauthorized"
  | "unknown_model"
  | "rate_limited"
  | "quota"
  | "unavailable"
  | "timeout"
  | "cut"
  | "truncated"
  | "malformed"
  | "refused";

/** A chat model or embedder failed after its bounded retries. */
export class ModelError extends OperatorError {
  override readonly name = "ModelError";
  readonly fault: ModelFault;

  constructor(fault: ModelFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Whether an error says that its signal was aborted (a deadline, Ctrl-C, a Stop button). */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}

/** What to throw for an aborted signal: its reason if that says so itself, otherwise an AbortError around it. */
export function abortError(signal: AbortSignal): Error {
  if (isAbort(signal.reason)) return signal.reason as Error;
  const error = new Error("The operation was aborted.", { cause: signal.reason });
  error.name = "AbortError";
  return error;
}
