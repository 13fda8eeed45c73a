import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../log.ts";

/** Ids remembered to tell a second delivery; Discord repeats within seconds. */
const mostRemembered = 10_000;
/** Milliseconds that work has, once told to stop, to say so to its member. */
const lastWordsMs = 3_000;

export type Accepted = "accepted" | "duplicate" | "closing";

/** What the bot is working on: every event once, nothing new while it stops, no fault ever thrown at the client. */
export interface Inbox {
  /** Begins work at once, in this very call up to its first await, unless the event is known or the bot stops. */
  accept(id: string, work: (controller: AbortController) => Promise<void>): Accepted;
  /** Takes nothing new and waits up to `timeoutMs` for what is in flight, then stops it. Never throws. */
  close(timeoutMs: number): Promise<void>;
}

export function createInbox(log: Logger): Inbox {
  const known = new Set<string>();
  const inFlight = new Map<Promise<void>, AbortController>();
  let closing = false;

  return {
    accept(id, work) {
      if (known.has(id)) return "duplicate";
      known.add(id);
      if (known.size > mostRemembered) {
        const [oldest] = known;
        if (oldest !== undefined) known.delete(oldest);
      }
      if (closing) return "closing";
      const controller = new AbortController();
      const done = work(controller)
        .catch((error: unknown) => log.error({ err: error }, "A question could not be handled."))
        .finally(() => inFlight.delete(done));
      inFlight.set(done, controller);
      return "accepted";
    },
    async close(timeoutMs) {
      closing = true;
      await atMost(timeoutMs, Promise.allSettled(inFlight.keys()));
      if (inFlight.size === 0) return;
      log.warn({ questions: inFlight.size }, "Stopping with questions unanswered.");
      for (const controller of inFlight.values()) controller.abort();
      await atMost(lastWordsMs, Promise.allSettled(inFlight.keys()));
    },
  };
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const timer = sleep(ms, undefined, { signal: stop.signal }).catch(() => {});
  await Promise.race([work, timer]);
  stop.abort();
}
