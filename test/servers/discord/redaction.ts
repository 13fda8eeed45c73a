import type { APIMessage } from "discord-api-types/v10";

/**
 * Empties what needs the Message Content intent, unless the bot wrote the message, is mentioned in it, or it is a
 * direct message: https://discord.com/developers/docs/events/gateway#message-content-intent
 */
export function redactMessage<T extends APIMessage>(message: T, botId: string, direct: boolean): T {
  const open = direct || message.author.id === botId || message.mentions.some((user) => user.id === botId);
  const referenced = message.referenced_message;
  const kept = referenced ? { referenced_message: redactMessage(referenced, botId, direct) } : {};
  if (open) return { ...message, ...kept };
  const { poll: _poll, ...rest } = message;
  return { ...rest, ...kept, content: "", embeds: [], attachments: [], components: [] } as unknown as T;
}

/** Applies the rule to the data of a dispatch. */
export function redactEvent(type: string, data: unknown, botId: string, seesContent: boolean): unknown {
  if (seesContent || (type !== "MESSAGE_CREATE" && type !== "MESSAGE_UPDATE")) return data;
  const message = data as APIMessage & { guild_id?: string };
  return redactMessage(message, botId, message.guild_id === undefined);
}
