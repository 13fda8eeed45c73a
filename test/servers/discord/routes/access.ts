import type { Core } from "../core.ts";
import {
  cannotSendToUser,
  missingAccess,
  missingPermissions,
  unknownChannel,
  unknownGuild,
  unknownMessage,
} from "../errors.ts";
import type { Call, Handler, Route } from "../http.ts";
import { restMessage, visible } from "../messaging.ts";
import { channelObject } from "../objects.ts";
import type { PermissionName } from "../permissions.ts";
import { may } from "../permissions.ts";
import { redactMessage } from "../redaction.ts";
import type { Channel, Guild, LocalMessage } from "../state.ts";

export function route(method: string, path: string, handler: Handler, check?: (call: Call) => void): Route {
  return { method, route: path, authorized: true, handler, ...(check === undefined ? {} : { check }) };
}

/** A route whose address carries its own token. */
export function openRoute(
  method: string,
  path: string,
  handler: Handler,
  check?: (call: Call) => void,
): Route {
  return { ...route(method, path, handler, check), authorized: false };
}

export function parameter(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}.`);
  return value;
}

/** The channel of the address, if the bot may see it. */
export function channelOf(core: Core, call: Call): Channel {
  const channel = core.state.channel(parameter(call, "channel_id"));
  if (channel === undefined) throw unknownChannel();
  if (!visible(core, channel)) throw missingAccess();
  return channel;
}

export function guildOf(core: Core, call: Call): Guild {
  const guild = core.state.guilds.get(parameter(call, "guild_id"));
  if (guild === undefined) throw unknownGuild();
  return guild;
}

/** A message that others see too: ephemeral ones do not exist for the channel routes. */
export function messageOf(channel: Channel, call: Call): LocalMessage {
  return findMessage(channel, parameter(call, "message_id"));
}

export function findMessage(channel: Channel, id: string): LocalMessage {
  const found = channel.messages.find((one) => one.id === id && !one.deleted && one.onlyFor === null);
  if (found === undefined) throw unknownMessage();
  return found;
}

export function need(core: Core, channel: Channel, ...names: PermissionName[]): void {
  const bot = core.botIn(channel.guild);
  if (names.some((name) => !may(channel, bot, name))) throw missingPermissions();
}

/** Whether the bot may write here, and to this person at all. */
export function needToSend(core: Core, channel: Channel): void {
  need(core, channel, channel.thread === null ? "SendMessages" : "SendMessagesInThreads");
  if (channel.recipient === null) return;
  const members = [...core.state.guilds.values()].flatMap(
    (guild) => guild.members.get(channel.recipient?.id ?? "") ?? [],
  );
  if (members.length === 0 || members.some((member) => member.dmsClosed))
    throw cannotSendToUser(channel.recipient);
}

/** A message in a reply of REST, without what needs the content intent. */
export function shown(core: Core, local: LocalMessage): object {
  const thread = local.thread === null ? null : channelObject(local.thread, core.bot.id);
  const message = restMessage(local, core.bot.id, thread);
  return core.seesContent ? message : redactMessage(message, core.bot.id, local.channel.guild === null);
}
