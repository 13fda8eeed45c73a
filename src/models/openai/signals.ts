import { abortError } from "../../errors.ts";

export { type Deadline, startDeadline } from "../../abort.ts";
export { abortError };

/** Waits. Rejects with the abort as soon as the signal fires. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    const finish = () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const abort = () => {
      clearTimeout(timer);
      if (signal) reject(abortError(signal));
    };
    const timer = setTimeout(finish, milliseconds);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** A signal that fires with the first of several; `clear` lets go of them. */
export function linkSignals(sources: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  readonly clear: () => void;
} {
  const controller = new AbortController();
  const links = sources.flatMap((source) => {
    if (!source) return [];
    const follow = () => controller.abort(source.reason);
    if (source.aborted) follow();
    source.addEventListener("abort", follow, { once: true });
    return [() => source.removeEventListener("abort", follow)];
  });
  const clear = () => {
    for (const unlink of links) unlink();
  };
  return { signal: controller.signal, clear };
}
