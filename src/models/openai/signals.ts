import { abortError } from "../../errors.ts";

export { abortError };

/** A signal that ends with its parent or after a time, and says which it was. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True when the time ran out, false when the parent was aborted or nothing happened. */
  readonly expired: () => boolean;
  /** Lets go of timer and parent. */
  readonly clear: () => void;
}

/** Written with a plain controller: `AbortSignal.any` over `AbortSignal.timeout` can be garbage-collected unfired. */
export function startDeadline(milliseconds: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    controller.abort(new DOMException("The request took too long.", "TimeoutError"));
  }, milliseconds);
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  parent?.addEventListener("abort", follow, { once: true });
  const clear = () => {
    clearTimeout(timer);
    parent?.removeEventListener("abort", follow);
  };
  return { signal: controller.signal, expired: () => expired, clear };
}

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
