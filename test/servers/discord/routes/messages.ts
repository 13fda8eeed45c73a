import type {
  RESTPatchAPIChannelMessageJSONBody,
  RESTPostAPIChannelMessageJSONBody,
} from "discord-api-types/v10";
import { GatewayIntentBits } from "discord-api-types/v10";
import type { Core } from "../core.ts";
import { FormErrors, notYourMessage, replyNeedsHistory, unknownEmoji } from "../errors.ts";
import type { Call, Route } from "../http.ts";
import type { MessageBody } from "../message-limits.ts";
import { checkMessage } from "../message-limits.ts";
import { createMessage, deleteMessage, editMessage } from "../messaging.ts";
import { bareMember } from "../objects.ts";
import { may } from "../permissions.ts";
import type { Channel, LocalMessage } from "../state.ts";
import { channelOf, messageOf, need, needToSend, parameter, route, shown } from "./access.ts";

/** How long a nonce is remembered: "the past few minutes". */
const NONCE_MS = 5 * 60_000;
const PAGE = 50;

export const checkMessageBody = (call: Call): void => checkMessage((call.body ?? {}) as MessageBody);

export function messageRoutes(core: Core): Route[] {
  return [
    route("GET", "/channels/{channel_id}/messages", (call) => list(core, call)),
    route("POST", "/channels/{channel_id}/messages", (call) => post(core, call), checkMessageBody),
    route("GET", "/channels/{channel_id}/messages/{message_id}", (call) => {
      const channel = channelOf(core, call);
      need(core, channel, "ReadMessageHistory");
      return { status: 200, body: shown(core, messageOf(channel, call)) };
    }),
    route(
      "PATCH",
      "/channels/{channel_id}/messages/{message_id}",
      (call) => {
        const message = messageOf(channelOf(core, call), call);
        if (message.author.id !== core.bot.id) throw notYourMessage();
        editMessage(core, message, call.body as RESTPatchAPIChannelMessageJSONBody as never, call.files);
        return { status: 200, body: shown(core, message) };
      },
      checkMessageBody,
    ),
    route("DELETE", "/channels/{channel_id}/messages/{message_id}", (call) => {
      const channel = channelOf(core, call);
      const message = messageOf(channel, call);
      if (message.author.id !== core.bot.id) need(core, channel, "ManageMessages");
      deleteMessage(core, message);
      return { status: 204 };
    }),
    route("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me", (call) => {
      const channel = channelOf(core, call);
      const message = messageOf(channel, call);
      const emoji = parameter(call, "emoji_name");
      if (!/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(emoji)) throw unknownEmoji();
      need(core, channel, "ReadMessageHistory");
      if (!message.reactions.has(emoji)) need(core, channel, "AddReactions");
      changeReaction(core, message, emoji, core.bot.id, true);
      return { status: 204 };
    }),
    route("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me", (call) => {
      const message = messageOf(channelOf(core, call), call);
      changeReaction(core, message, parameter(call, "emoji_name"), core.bot.id, false);
      return { status: 204 };
    }),
    route("POST", "/channels/{channel_id}/typing", (call) => {
      const channel = channelOf(core, call);
      needToSend(core, channel);
      core.typing.push({ at: Date.now(), channel });
      return { status: 204 };
    }),
  ];
}

function list(core: Core, call: Call): { status: number; body: unknown } {
  const channel = channelOf(core, call);
  if (!may(channel, core.botIn(channel.guild), "ReadMessageHistory")) return { status: 200, body: [] };
  const limit = Number(call.query.get("limit") ?? PAGE);
  const errors = new FormErrors();
  if (!(limit >= 1 && limit <= 100))
    errors.add(["limit"], "NUMBER_TYPE_MAX", "int value should be between 1 and 100.");
  errors.throwIfAny();
  const all = channel.messages.filter((message) => !message.deleted && message.onlyFor === null);
  const bound = (name: string): bigint | null => {
    const value = call.query.get(name);
    return value === null ? null : BigInt(value);
  };
  const [before, after, around] = [bound("before"), bound("after"), bound("around")];
  let page: LocalMessage[];
  if (around !== null) {
    const half = Math.floor(limit / 2);
    const older = all.filter((message) => BigInt(message.id) < around).slice(-half);
    page = [...older, ...all.filter((message) => BigInt(message.id) >= around).slice(0, limit - half)];
  } else if (after !== null) page = all.filter((message) => BigInt(message.id) > after).slice(0, limit);
  else page = all.filter((message) => before === null || BigInt(message.id) < before).slice(-limit);
  return { status: 200, body: page.reverse().map((message) => shown(core, message)) };
}

function post(core: Core, call: Call): { status: number; body: unknown } {
  const channel = channelOf(core, call);
  const body = call.body as RESTPostAPIChannelMessageJSONBody;
  needToSend(core, channel);
  if (body.embeds?.length) need(core, channel, "EmbedLinks");
  if (call.files.length > 0) need(core, channel, "AttachFiles");
  if (body.enforce_nonce === true && body.nonce !== undefined) {
    const known = channel.messages.find(
      (one) =>
        one.nonce === body.nonce &&
        one.author.id === core.bot.id &&
        Date.now() - (one.history[0]?.at ?? 0) < NONCE_MS,
    );
    if (known !== undefined) return { status: 200, body: shown(core, known) };
  }
  const message = createMessage(core, channel, {
    author: core.bot,
    body,
    files: call.files,
    repliesTo: repliedTo(core, channel, body),
  });
  return { status: 200, body: shown(core, message) };
}

function repliedTo(
  core: Core,
  channel: Channel,
  body: RESTPostAPIChannelMessageJSONBody,
): LocalMessage | null {
  const reference = body.message_reference;
  if (reference == null) return null;
  if (!may(channel, core.botIn(channel.guild), "ReadMessageHistory")) throw replyNeedsHistory();
  const found = channel.messages.find(
    (one) => one.id === reference.message_id && !one.deleted && one.onlyFor === null,
  );
  if (found !== undefined || reference.fail_if_not_exists === false) return found ?? null;
  const errors = new FormErrors();
  errors.add(["message_reference"], "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message");
  errors.throwIfAny();
  return null;
}

/** Adds or takes away one reaction and tells the gateway. */
export function changeReaction(
  core: Core,
  message: LocalMessage,
  emoji: string,
  userId: string,
  add: boolean,
): void {
  const users = message.reactions.get(emoji) ?? new Set<string>();
  if (users.has(userId) === add) return;
  if (add) users.add(userId);
  else users.delete(userId);
  if (users.size === 0) message.reactions.delete(emoji);
  else message.reactions.set(emoji, users);
  const { channel } = message;
  const member = channel.guild?.members.get(userId);
  core.gateway.dispatch({
    t: add ? "MESSAGE_REACTION_ADD" : "MESSAGE_REACTION_REMOVE",
    d: {
      user_id: userId,
      channel_id: channel.id,
      message_id: message.id,
      emoji: { id: null, name: emoji },
      burst: false,
      type: 0,
      ...(add ? { message_author_id: message.author.id } : {}),
      ...(channel.guild === null ? {} : { guild_id: channel.guild.id }),
      ...(add && member !== undefined ? { member: { ...bareMember(member), user: member.user } } : {}),
    },
    guildId: channel.guild?.id ?? null,
    intents: [
      channel.guild === null
        ? GatewayIntentBits.DirectMessageReactions
        : GatewayIntentBits.GuildMessageReactions,
    ],
  });
}
