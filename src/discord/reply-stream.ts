import { setTimeout as sleep } from "node:timers/promises";
import { DiscordAPIError } from "discord.js";
import type { Logger } from "../log.ts";
import { requestFault } from "./faults.ts";
import type { Outlet, Sent } from "./outlet.ts";
import type { Payload } from "./render.ts";

/** Milliseconds between two edits: what the maintainers of discord.js ask for at least. */
export const editIntervalMs = 1_000;
/** Milliseconds before the final state is tried again after a fault of Discord's. */
const finalRetriesMs: readonly number[] = [1_000, 4_000];

export interface ReplyStreamOptions {
  /** False: nothing is shown before the final state. */
  readonly streaming: boolean;
  readonly log: Logger;
  /** Called once when nobody can read the reply any more. */
  readonly onGone: () => void;
}

/** A reply that grows: few edits, never more than one a second, and the final state in any case. */
export interface ReplyStream {
  /** Shows an intermediate state soon; states in between are skipped. Never throws. */
  show(payloads: readonly Payload[]): void;
  /** Shows the final state. Never throws; resolves to the ids of the messages that show it. */
  finish(payloads: readonly Payload[]): Promise<readonly string[]>;
}

export function replyStream(outlet: Outlet, { streaming, log, onGone }: ReplyStreamOptions): ReplyStream {
  let way = outlet;
  let sent: { readonly message: Sent; content: string }[] = [];
  let waiting: readonly Payload[] | undefined;
  let running: Promise<void> | undefined;
  let state: "open" | "expired" | "finishing" | "gone" = "open";
  let lastEdit = Number.NEGATIVE_INFINITY;

  const pause = async () => {
    const left = lastEdit + editIntervalMs - performance.now();
    if (left > 0) await sleep(left);
  };

  /** Brings what stands in Discord to these messages. */
  const bring = async (payloads: readonly Payload[], final: boolean) => {
    for (const [index, payload] of payloads.entries()) {
      const there = sent[index];
      if (there?.content === payload.content) continue;
      try {
        if (there) await there.message.edit(payload);
        else sent[index] = { message: await way.send(payload), content: payload.content };
        if (there) there.content = payload.content;
      } finally {
        // Measured from the end of a request, so that waiting out a 429 makes edits rarer by itself.
        lastEdit = performance.now();
      }
    }
    if (!final) return;
    for (const { message } of sent.splice(payloads.length)) await message.delete();
  };

  const giveUp = (error: unknown) => {
    state = "gone";
    log.info({ err: error }, "A reply was given up: nobody can read it any more.");
    onGone();
  };

  const pump = async () => {
    while (waiting) {
      await pause();
      const next = waiting;
      waiting = undefined;
      if (state !== "open" || !next) return;
      try {
        await bring(next, false);
      } catch (error) {
        const fault = requestFault(error);
        if (fault === "gone") giveUp(error);
        else if (fault === "expired") state = "expired";
        else log.warn({ err: error }, "An intermediate state of an answer could not be shown.");
      }
    }
  };

  const finishOnce = async (payloads: readonly Payload[]) => {
    await pause();
    try {
      await bring(payloads, true);
    } catch (error) {
      if (requestFault(error) !== "expired") throw error;
      const other = await way.fallback();
      if (!other) throw error;
      way = other;
      sent = [];
      await bring(payloads, true);
    }
  };

  return {
    show(payloads) {
      if (!streaming || state !== "open" || payloads.length === 0) return;
      waiting = payloads;
      running ??= pump().finally(() => {
        running = undefined;
      });
    },
    async finish(payloads) {
      if (state === "open") state = "finishing";
      await running;
      if (state === "gone") return [];
      for (let attempt = 0; ; attempt++) {
        try {
          await finishOnce(payloads);
          return sent.map(({ message }) => message.id);
        } catch (error) {
          const wait = finalRetriesMs[attempt];
          const fault = requestFault(error);
          if (fault === "gone" || fault === "expired") {
            giveUp(error);
            return [];
          }
          if (wait === undefined || isRefused(error)) {
            log.error({ err: error }, "An answer could not be shown.");
            return [];
          }
          log.warn({ err: error }, "An answer could not be shown yet; trying again.");
          await sleep(wait);
        }
      }
    },
  };
}

/** Whether Discord understood a request and said no: sending it again changes nothing. */
function isRefused(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status < 500;
}
