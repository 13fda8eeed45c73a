import type { Detail } from "../answer/detail.ts";
import type { AnswerService } from "../answer/service.ts";
import type { Config } from "../config.ts";
import { isAbort } from "../errors.ts";
import type { Answer } from "../knowledge/types.ts";
import { type AnswerLabel, type Ledger, labelOf } from "../ledger/types.ts";
import type { Logger } from "../log.ts";
import { type Asked, askerKey, type Conversation, conversationOf, exchangeOf } from "./conversation.ts";
import type { Inbox } from "./inbox.ts";
import type { Outlet } from "./outlet.ts";
import { type Payload, type RenderOptions, renderAnswer, renderNotice, renderPartial } from "./render.ts";
import { replyStream } from "./reply-stream.ts";
import { wordsFor } from "./words.ts";

/** What every handler works with. */
export interface BotTools {
  readonly config: Pick<Config, "STREAM">;
  readonly service: Pick<AnswerService, "ask">;
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly inbox: Inbox;
}

export interface Question {
  readonly text: string;
  /** Short by default. */
  readonly detail?: Detail | undefined;
  readonly asked: Asked;
  readonly outlet: Outlet;
  readonly render: RenderOptions;
  /** `performance.now()` when the question arrived. */
  readonly arrived: number;
}

interface Outcome {
  readonly label: AnswerLabel;
  readonly answer: Answer | null;
  readonly payloads: readonly Payload[];
}

/**
 * Answers one question that was acknowledged already: finds its conversation, streams, shows the final state
 * and keeps it in the ledger. A failing ledger costs the memory of the question, not its answer. Never throws.
 */
export async function answerQuestion(
  question: Question,
  { config, service, ledger, log }: BotTools,
  controller: AbortController,
): Promise<void> {
  const { text, detail, asked, outlet, render, arrived } = question;
  const stream = replyStream(outlet, {
    streaming: config.STREAM,
    log,
    onGone: () => controller.abort(),
  });
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      log.error({ err: error }, `The ledger failed to ${what}.`);
      return undefined;
    }
  };

  const conversation =
    (await attempt("find the conversation", () => conversationOf(asked, ledger))) ??
    ({ key: "", history: [] } satisfies Conversation);
  const { label, answer, payloads } = await outcomeOf();
  const latencyMs = performance.now() - arrived;
  const id = await attempt("keep an answer", async () => {
    const { key, history, after } = conversation;
    if (key === "") return undefined;
    const turns = exchangeOf({ question: text, answer });
    if (turns.length > 0) await ledger.remember(key, turns, after);
    return ledger.record({
      conversation: key,
      asker: askerKey(asked.member),
      question: text,
      history,
      label,
      answer,
      latencyMs,
    });
  });
  const messages = await stream.finish(payloads);
  if (id !== undefined) {
    await attempt("link an answer", async () => {
      for (const message of messages) await ledger.link(message, id);
    });
  }
  log.info(
    { label, latencyMs: Math.round(latencyMs), messages: messages.length },
    "A question was answered.",
  );

  /** A text that cannot be shown yet is no reason to end its answer. */
  function showPartial(soFar: string): void {
    try {
      stream.show(renderPartial(soFar, render));
    } catch (error) {
      log.error({ err: error }, "An intermediate text could not be rendered.");
    }
  }

  async function outcomeOf(): Promise<Outcome> {
    try {
      const made = await service.ask(text, {
        history: conversation.history,
        signal: controller.signal,
        onText: showPartial,
        ...(detail ? { detail } : {}),
      });
      return { label: labelOf(made), answer: made, payloads: renderAnswer(made, render) };
    } catch (error) {
      const stopped = isAbort(error) && controller.signal.aborted;
      if (!stopped) log.error({ err: error }, "A question failed.");
      return {
        label: stopped ? "stopped" : "failed",
        answer: null,
        payloads: [renderNotice(wordsFor(error))],
      };
    }
  }
}
