import {
  type ChatInputCommandInteraction,
  type Message,
  MessageFlags,
  type SendableChannels,
} from "discord.js";
import { requestFault } from "./faults.ts";
import type { Payload } from "./render.ts";

/** A message of ours that stands in Discord. */
export interface Sent {
  readonly id: string;
  edit(payload: Payload): Promise<unknown>;
  delete(): Promise<unknown>;
}

/** Where the messages of one reply go, in order. Its calls throw what discord.js throws. */
export interface Outlet {
  send(payload: Payload): Promise<Sent>;
  /** Another way to the same readers, once the token of an interaction has run out; undefined when there is none. */
  fallback(): Promise<Outlet | undefined>;
}

/** The reply to a deferred interaction: the first message is the deferred one, the others are follow-ups. */
export function interactionOutlet(interaction: ChatInputCommandInteraction, hidden: boolean): Outlet {
  let replied = false;
  return {
    async send(payload) {
      if (!replied) {
        const { id } = await interaction.editReply(payload);
        replied = true;
        return {
          id,
          edit: (next) => interaction.editReply(next),
          delete: () => interaction.deleteReply(),
        };
      }
      const flags = hidden ? ([payload.flags, MessageFlags.Ephemeral] as const) : payload.flags;
      const { id } = await interaction.followUp({ ...payload, flags });
      return {
        id,
        edit: (next) => interaction.editReply({ ...next, message: id }),
        delete: () => interaction.deleteReply(id),
      };
    },
    async fallback() {
      // An answer that only the asker may see is not posted for everybody.
      if (hidden) return undefined;
      const channel = interaction.channel ?? (await interaction.client.channels.fetch(interaction.channelId));
      return channel?.isSendable() ? channelOutlet(channel, interaction.id) : undefined;
    },
  };
}

/** The reply to a message: the first message replies to it, the others follow in the channel. */
export function messageOutlet(message: Message): Outlet {
  const { channel } = message;
  let sent = 0;
  return {
    async send(payload) {
      if (!channel.isSendable()) throw new Error("The channel cannot be written to.");
      const options = { ...payload, ...once(message.id, sent) };
      const made = sent === 0 ? await replyTo(message, options) : await channel.send(options);
      sent++;
      return made;
    },
    fallback: async () => undefined,
  };
}

/** Replies, or just writes where the message replied to is gone or its channel's history may not be read. */
async function replyTo(message: Message, options: Payload): Promise<Message> {
  try {
    return await message.reply({ ...options, failIfNotExists: false });
  } catch (error) {
    if (requestFault(error) !== "reference" || !message.channel.isSendable()) throw error;
    return message.channel.send(options);
  }
}

function channelOutlet(channel: SendableChannels, source: string): Outlet {
  let sent = 0;
  return {
    async send(payload) {
      const made = await channel.send({ ...payload, ...once(source, sent) });
      sent++;
      return made;
    },
    fallback: async () => undefined,
  };
}

/** Makes Discord take a message once however often it has to be sent. A nonce has at most 25 characters. */
function once(source: string, count: number): { readonly nonce: string; readonly enforceNonce: true } {
  return { nonce: `${source}-${count}`, enforceNonce: true };
}
