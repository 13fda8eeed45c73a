import { abortError } from "./errors.ts";

/** A promise that its caller stops waiting for when the signal fires; the work behind it goes on. */
export function abandonable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abandon = () => reject(abortError(signal));
    if (signal.aborted) abandon();
    signal.addEventListener("abort", abandon, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abandon));
  });
}

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
