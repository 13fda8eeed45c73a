import { ChannelType, GatewayIntentBits, MessageFlags, MessageType } from "discord-api-types/v10";
import type { Core } from "../core.ts";
import { FormErrors, threadExists, unknownChannel, unknownMember } from "../errors.ts";
import type { Call, Route } from "../http.ts";
import { badLength } from "../limits.ts";
import type { MessageBody } from "../message-limits.ts";
import { checkMessage } from "../message-limits.ts";
import { createMessage, dispatchMessage } from "../messaging.ts";
import { channelObject, isThread, NO_FLAGS, threadMemberObject } from "../objects.ts";
import { snowflake, timestamp } from "../snowflakes.ts";
import type { Channel, ThreadState } from "../state.ts";
import { LocalMessage } from "../state.ts";
import type { ThreadOptions } from "../world.ts";
import { newThread } from "../world.ts";
import { channelOf, messageOf, need, parameter, route, shown } from "./access.ts";

interface ThreadBody {
  name: string;
  type?: ChannelType;
  auto_archive_duration?: ThreadState["autoArchive"];
  message?: MessageBody;
  applied_tags?: string[];
}

export function threadRoutes(core: Core): Route[] {
  const shownChannel = (channel: Channel) => channelObject(channel, core.bot.id);
  return [
    route("GET", "/channels/{channel_id}", (call) => ({
      status: 200,
      body: shownChannel(channelOf(core, call)),
    })),
    route("PATCH", "/channels/{channel_id}", (call) => {
      const channel = channelOf(core, call);
      if (!isThread(channel) || channel.thread.ownerId !== core.bot.id)
        need(core, channel, isThread(channel) ? "ManageThreads" : "ManageChannels");
      changeChannel(core, channel, (call.body ?? {}) as Record<string, unknown>);
      return { status: 200, body: shownChannel(channel) };
    }),
    route("DELETE", "/channels/{channel_id}", (call) => {
      const channel = channelOf(core, call);
      need(core, channel, isThread(channel) ? "ManageThreads" : "ManageChannels");
      removeChannel(core, channel);
      return { status: 200, body: shownChannel(channel) };
    }),
    route(
      "POST",
      "/channels/{channel_id}/messages/{message_id}/threads",
      (call) => {
        const channel = channelOf(core, call);
        const message = messageOf(channel, call);
        need(core, channel, "CreatePublicThreads");
        if (message.thread !== null) throw threadExists();
        const body = call.body as ThreadBody;
        const thread = startThread(core, channel, {
          name: body.name,
          type: ChannelType.PublicThread,
          owner: core.bot.id,
          message,
          ...archiveOf(body),
        });
        return { status: 201, body: shownChannel(thread) };
      },
      checkName,
    ),
    route(
      "POST",
      "/channels/{channel_id}/threads",
      (call) => {
        const channel = channelOf(core, call);
        const body = call.body as ThreadBody;
        const forum = channel.type === ChannelType.GuildForum;
        const type = forum ? ChannelType.PublicThread : (body.type ?? ChannelType.PrivateThread);
        const hidden = type === ChannelType.PrivateThread;
        need(core, channel, forum ? "SendMessages" : hidden ? "CreatePrivateThreads" : "CreatePublicThreads");
        const thread = startThread(core, channel, {
          name: body.name,
          type,
          owner: core.bot.id,
          appliedTags: body.applied_tags ?? [],
          ...archiveOf(body),
        });
        if (!forum) return { status: 201, body: shownChannel(thread) };
        const first = createMessage(core, thread, {
          author: core.bot,
          body: body.message ?? {},
          files: call.files,
        });
        return { status: 201, body: { ...shownChannel(thread), message: shown(core, first) } };
      },
      (call) => {
        checkName(call);
        const { message } = call.body as ThreadBody;
        if (message !== undefined) checkMessage(message);
      },
    ),
    route("GET", "/channels/{channel_id}/thread-members/{user_id}", (call) => {
      const channel = channelOf(core, call);
      const user = parameter(call, "user_id").replace("@me", core.bot.id);
      if (!isThread(channel)) throw unknownChannel();
      if (!channel.thread.members.has(user)) throw unknownMember();
      return { status: 200, body: threadMemberObject(channel, user) };
    }),
    route("PUT", "/channels/{channel_id}/thread-members/@me", (call) => membership(core, call, true)),
    route("DELETE", "/channels/{channel_id}/thread-members/@me", (call) => membership(core, call, false)),
    route("PUT", "/channels/{channel_id}/thread-members/{user_id}", (call) => {
      const channel = channelOf(core, call);
      if (!isThread(channel)) throw unknownChannel();
      channel.thread.members.set(parameter(call, "user_id"), Date.now());
      return { status: 204 };
    }),
  ];
}

function checkName(call: Call): void {
  const errors = new FormErrors();
  badLength(errors, ["name"], (call.body as ThreadBody | undefined)?.name ?? "", 1, 100);
  errors.throwIfAny();
}

const archiveOf = (body: ThreadBody): { autoArchive?: ThreadState["autoArchive"] } =>
  body.auto_archive_duration == null ? {} : { autoArchive: body.auto_archive_duration };

/** Makes a thread and sends what Discord sends: THREAD_CREATE, and the marks on the message that it hangs on. */
export function startThread(core: Core, parent: Channel, options: ThreadOptions): Channel {
  if (parent.guild === null) throw unknownChannel();
  const thread = newThread(parent.guild, parent, options);
  // A bot is put into what it starts, and into no private thread of others.
  dispatchChannel(core, "THREAD_CREATE", thread, { newly_created: true });
  const { message } = options;
  if (message === undefined) return thread;
  message.change({ ...message.current, flags: message.flags | MessageFlags.HasThread });
  dispatchMessage(core, "MESSAGE_UPDATE", message);
  const { referenced_message: _none, ...referenced } = message.current;
  const starter = new LocalMessage(
    thread,
    {
      ...referenced,
      id: snowflake(),
      type: MessageType.ThreadStarterMessage,
      channel_id: thread.id,
      content: "",
      embeds: [],
      components: [],
      attachments: [],
      mentions: [],
      flags: NO_FLAGS,
      timestamp: timestamp(),
      position: 0,
      message_reference: {
        type: 0,
        channel_id: parent.id,
        message_id: message.id,
        guild_id: parent.guild.id,
      },
      referenced_message: referenced,
    },
    null,
  );
  thread.messages.push(starter);
  return thread;
}

export function dispatchChannel(core: Core, t: string, channel: Channel, more: object = {}): void {
  if (channel.guild === null) return;
  const hidden =
    channel.type === ChannelType.PrivateThread && channel.thread?.members.has(core.bot.id) !== true;
  if (hidden) return;
  core.gateway.dispatch({
    t,
    d: { ...channelObject(channel, core.bot.id), ...more },
    guildId: channel.guild.id,
    intents: [GatewayIntentBits.Guilds],
  });
}

export function changeChannel(core: Core, channel: Channel, body: Record<string, unknown>): void {
  if (typeof body.name === "string") channel.name = body.name;
  if (channel.thread !== null) {
    if (typeof body.archived === "boolean") {
      channel.thread.archived = body.archived;
      channel.thread.archivedAt = Date.now();
    }
    if (typeof body.locked === "boolean") channel.thread.locked = body.locked;
    if (Array.isArray(body.applied_tags)) channel.thread.appliedTags = body.applied_tags.map(String);
  }
  dispatchChannel(core, channel.thread === null ? "CHANNEL_UPDATE" : "THREAD_UPDATE", channel);
}

export function removeChannel(core: Core, channel: Channel): void {
  channel.guild?.channels.delete(channel.id);
  dispatchChannel(core, channel.thread === null ? "CHANNEL_DELETE" : "THREAD_DELETE", channel);
}

function membership(core: Core, call: Call, joined: boolean): { status: number } {
  const channel = channelOf(core, call);
  if (!isThread(channel)) throw unknownChannel();
  if (joined) channel.thread.members.set(core.bot.id, Date.now());
  else channel.thread.members.delete(core.bot.id);
  core.gateway.dispatch({
    t: "THREAD_MEMBERS_UPDATE",
    d: {
      id: channel.id,
      guild_id: channel.guild?.id,
      member_count: channel.thread.members.size,
      ...(joined
        ? { added_members: [{ ...threadMemberObject(channel, core.bot.id), presence: null }] }
        : { removed_member_ids: [core.bot.id] }),
    },
    guildId: channel.guild?.id ?? null,
    intents: [GatewayIntentBits.Guilds],
  });
  return { status: 204 };
}
