import type { Message } from "discord.js";
import { answerQuestion, type BotTools } from "./answer-question.ts";
import { requestFault } from "./faults.ts";
import { giveHint } from "./hint.ts";
import { messageOutlet } from "./outlet.ts";
import { renderNotice } from "./render.ts";
import { words } from "./words.ts";

/** Milliseconds between two signs of typing; Discord shows each for ten seconds. */
const typingMs = 8_000;

/** Handles a message: a question that mentions the bot, replies to it with a ping, or is written to it. Never throws. */
export function handleMessage(message: Message, tools: BotTools): void {
  if (message.author.bot || message.webhookId !== null || message.system) return;
  const me = message.client.user.id;
  const direct = message.guildId === null;
  if (!direct && !message.mentions.users.has(me)) {
    // Without its privileged intent Discord empties everything that is not addressed to the bot.
    if (message.content === "") tools.inbox.accept(message.id, () => giveHint(message, tools));
    return;
  }
  const accepted = tools.inbox.accept(message.id, (controller) => answer(message, tools, controller));
  if (accepted === "closing") void say(message, words.restarting, tools);
}

async function answer(message: Message, tools: BotTools, controller: AbortController): Promise<void> {
  const arrived = performance.now();
  const text = questionOf(message);
  if (text === "") {
    await say(message, words.help, tools);
    return;
  }
  const stopTyping = showTyping(message, tools);
  try {
    const outlet = messageOutlet(message);
    await answerQuestion(
      {
        text,
        asked: {
          channel: message.channelId,
          member: message.author.id,
          private: false,
          repliesTo: message.reference?.messageId,
        },
        outlet: {
          ...outlet,
          send: (payload) => {
            // The first message ends the sign of typing in Discord as well.
            stopTyping();
            return outlet.send(payload);
          },
        },
        render: {},
        arrived,
      },
      tools,
      controller,
    );
  } finally {
    stopTyping();
  }
}

/** The words of a message without the bot's mention; other mentions become words, so that no id is searched for. */
export function questionOf(
  message: Pick<Message, "content"> & { readonly client: { readonly user: { readonly id: string } } },
): string {
  return message.content
    .replaceAll(new RegExp(`<@!?${message.client.user.id}>`, "g"), " ")
    .replace(/<@!?\d+>/g, "@member")
    .replace(/<@&\d+>/g, "@role")
    .replace(/<#\d+>/g, "#channel")
    .replace(/<a?:(\w+):\d+>/g, "$1")
    .replace(/[ \t]{2,}/g, " ")
    .trim();
}

async function say(message: Message, text: string, { log }: BotTools): Promise<void> {
  try {
    await messageOutlet(message).send(renderNotice(text));
  } catch (error) {
    log[requestFault(error) === "gone" ? "info" : "warn"]({ err: error }, "A message could not be answered.");
  }
}

/** Shows typing until the returned function is called; that it cannot be shown harms nobody. */
function showTyping({ channel }: Message, { log }: BotTools): () => void {
  if (!channel.isSendable()) return () => {};
  const type = () => {
    channel.sendTyping().catch((error: unknown) => log.debug({ err: error }, "Typing could not be shown."));
  };
  type();
  const timer = setInterval(type, typingMs);
  return () => clearInterval(timer);
}
