import type { Message } from "discord.js";
import type { BotTools } from "./answer-question.ts";
import { conversationKey } from "./conversation.ts";
import { requestFault } from "./faults.ts";
import { messageOutlet } from "./outlet.ts";
import { renderNotice } from "./render.ts";
import { words } from "./words.ts";

/**
 * Says once in a channel how to follow up, to a message that arrived without its content and seems meant for
 * the bot: a reply to an answer of it, or a plain message in a thread where this member was just answered.
 */
export async function giveHint(
  message: Message,
  { ledger, log }: Pick<BotTools, "ledger" | "log">,
): Promise<void> {
  try {
    if (!(await seemsMeant(message, ledger))) return;
    const key = `hint:${message.channelId}`;
    if (!(await ledger.claim(key, new Date().toISOString()))) return;
    await messageOutlet(message).send(renderNotice(words.hint));
  } catch (error) {
    log[requestFault(error) === "gone" ? "info" : "warn"]({ err: error }, "A hint could not be given.");
  }
}

async function seemsMeant(message: Message, ledger: BotTools["ledger"]): Promise<boolean> {
  const repliesTo = message.reference?.messageId;
  if (repliesTo !== undefined) return (await ledger.linked(repliesTo)) !== undefined;
  if (!message.channel.isThread()) return false;
  const key = conversationKey({ channel: message.channelId, member: message.author.id, private: false });
  return (await ledger.conversation(key)).length > 0;
}
