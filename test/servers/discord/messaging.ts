import type {
  APIAttachment,
  APIMessage,
  APIMessageInteractionMetadata,
  APIMessageReference,
  APIUser,
} from "discord-api-types/v10";
import {
  ChannelType,
  GatewayIntentBits,
  MessageFlags,
  MessageReferenceType,
  MessageType,
} from "discord-api-types/v10";
import {
  mentionableText,
  renderComponents,
  renderEmbeds,
  resolveMentions,
  withMembers,
} from "./components.ts";
import type { Core } from "./core.ts";
import { emptyMessage } from "./errors.ts";
import type { MessageBody } from "./message-limits.ts";
import type { UploadedFile } from "./multipart.ts";
import { bareMember, isThread } from "./objects.ts";
import { may } from "./permissions.ts";
import type { Outgoing } from "./session.ts";
import { snowflake, timestamp } from "./snowflakes.ts";
import type { Channel } from "./state.ts";
import { LocalMessage } from "./state.ts";

/** The flags that a sender may set itself. */
const SETTABLE =
  MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications | MessageFlags.IsComponentsV2;

export interface Draft {
  /** The first message of a forum post has its thread's id. */
  readonly id?: string;
  readonly author: APIUser;
  readonly body: MessageBody;
  readonly files?: readonly UploadedFile[];
  readonly type?: MessageType;
  readonly flags?: number;
  readonly onlyFor?: string | null;
  readonly repliesTo?: LocalMessage | null;
  /** A reply to an interaction's response never mentions its author by itself. */
  readonly pingsAuthor?: boolean;
  readonly metadata?: APIMessageInteractionMetadata;
}

export function createMessage(core: Core, channel: Channel, draft: Draft): LocalMessage {
  const { author, body } = draft;
  const id = draft.id ?? snowflake();
  const content = (body.content ?? "").trim();
  const components = renderComponents(body.components ?? []);
  const embeds = renderEmbeds(body.embeds ?? []);
  const attachments = uploads(core, channel, body, draft.files ?? []);
  const flags = ((body.flags ?? 0) & SETTABLE) | (draft.flags ?? 0);
  const loading = (flags & MessageFlags.Loading) !== 0;
  if (!loading && !content && !embeds.length && !attachments.length && !components.length && !body.poll)
    throw emptyMessage();
  const repliesTo = draft.repliesTo ?? null;
  const member = channel.guild?.members.get(author.id) ?? null;
  const mentions = resolveMentions(
    mentionableText(content, components),
    channel,
    member,
    body.allowed_mentions,
    core.state.users,
    repliesTo !== null && draft.pingsAuthor !== false ? repliesTo.author : null,
  );
  const type = draft.type ?? (repliesTo === null ? MessageType.Default : MessageType.Reply);
  const message: APIMessage = {
    type,
    content,
    mentions: mentions.mentioned,
    mention_roles: mentions.roles,
    mention_everyone: mentions.everyone,
    attachments,
    embeds,
    components,
    timestamp: timestamp(),
    edited_timestamp: null,
    flags,
    id,
    channel_id: channel.id,
    author,
    pinned: false,
    tts: body.tts ?? false,
    ...(body.nonce === undefined || body.nonce === null ? {} : { nonce: body.nonce }),
    ...(isThread(channel) ? { position: channel.thread.sent } : {}),
    ...(draft.metadata === undefined
      ? {}
      : { application_id: core.bot.id, webhook_id: core.bot.id, interaction_metadata: draft.metadata }),
    ...(repliesTo === null
      ? {}
      : { message_reference: referenceTo(repliesTo), referenced_message: referenced(repliesTo) }),
  };
  const local = new LocalMessage(channel, message, draft.onlyFor ?? null);
  local.nonce = body.nonce ?? null;
  local.pings = { everyone: mentions.everyone, users: mentions.users, roles: mentions.roles };
  channel.messages.push(local);
  if (channel.thread !== null && local.onlyFor === null) {
    channel.thread.sent++;
    channel.thread.archived = false;
    if (!channel.thread.members.has(author.id)) channel.thread.members.set(author.id, Date.now());
  }
  if (author.id === core.bot.id) core.pings.push({ message: local, edit: false, ...local.pings });
  dispatchMessage(core, "MESSAGE_CREATE", local);
  return local;
}

/** Applies an edit: absent fields stay, null empties them. */
export function editMessage(
  core: Core,
  local: LocalMessage,
  body: Partial<Omit<MessageBody, "content">> & { content?: string | null },
  files: readonly UploadedFile[] = [],
): void {
  const before = local.current;
  const wasLoading = local.loading;
  const content = body.content === undefined ? before.content : (body.content ?? "").trim();
  const components =
    body.components === undefined ? before.components : renderComponents(body.components ?? []);
  const embeds = body.embeds === undefined ? before.embeds : renderEmbeds(body.embeds ?? []);
  const kept = body.attachments?.map((one) => String(one.id));
  const attachments = [
    ...before.attachments.filter((one) => kept === undefined || kept.includes(one.id)),
    ...uploads(core, local.channel, body, files),
  ];
  const settable = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;
  const given = body.flags ?? before.flags ?? 0;
  // IS_COMPONENTS_V2 cannot be taken back.
  const sticky = (before.flags ?? 0) & ~MessageFlags.Loading & ~MessageFlags.SuppressEmbeds;
  const flags = sticky | (given & settable);
  if (!content && !embeds.length && !attachments.length && !components?.length) throw emptyMessage();
  const mentions = resolveMentions(
    mentionableText(content, components ?? []),
    local.channel,
    core.botIn(local.channel.guild),
    body.allowed_mentions,
    core.state.users,
    null,
  );
  local.change({
    ...before,
    content,
    embeds,
    attachments,
    flags,
    components: components ?? [],
    mentions: body.content === undefined ? before.mentions : mentions.mentioned,
    mention_roles: body.content === undefined ? before.mention_roles : mentions.roles,
    mention_everyone: body.content === undefined ? before.mention_everyone : mentions.everyone,
    // The answer that ends "thinking" does not count as edited.
    edited_timestamp: wasLoading ? null : timestamp(),
  });
  const pings = { everyone: mentions.everyone, users: mentions.users, roles: mentions.roles };
  if (wasLoading) local.pings = pings;
  if (local.author.id === core.bot.id) core.pings.push({ message: local, edit: !wasLoading, ...pings });
  dispatchMessage(core, "MESSAGE_UPDATE", local);
}

export function deleteMessage(core: Core, local: LocalMessage): void {
  local.deleted = true;
  const { channel } = local;
  if (!visible(core, channel)) return;
  core.gateway.dispatch({
    t: "MESSAGE_DELETE",
    d: {
      id: local.id,
      channel_id: channel.id,
      ...(channel.guild === null || local.onlyFor !== null ? {} : { guild_id: channel.guild.id }),
    },
    ...audience(local),
  });
}

/** Sends a message event as Discord does: an ephemeral message looks like a direct one (discord-api-docs #4557). */
export function dispatchMessage(
  core: Core,
  t: "MESSAGE_CREATE" | "MESSAGE_UPDATE",
  local: LocalMessage,
): void {
  if (visible(core, local.channel)) core.gateway.dispatch(messageEvent(t, local));
}

export function messageEvent(t: "MESSAGE_CREATE" | "MESSAGE_UPDATE", local: LocalMessage): Outgoing {
  const { channel, current } = local;
  const author = channel.guild?.members.get(current.author.id);
  const inGuild = channel.guild !== null && local.onlyFor === null;
  return {
    t,
    d: {
      ...current,
      channel_type: channel.type,
      ...(inGuild ? { guild_id: channel.guild?.id } : {}),
      ...(inGuild && author !== undefined ? { member: bareMember(author) } : {}),
      mentions: inGuild ? withMembers(current.mentions, channel, bareMember) : current.mentions,
    },
    ...audience(local),
  };
}

function audience(local: LocalMessage): Pick<Outgoing, "guildId" | "intents"> {
  return local.channel.guild === null || local.onlyFor !== null
    ? { guildId: null, intents: [GatewayIntentBits.DirectMessages] }
    : { guildId: local.channel.guild.id, intents: [GatewayIntentBits.GuildMessages] };
}

/** Events of a channel reach the bot only when it may see it; of a private thread, when it is in it. */
export function visible(core: Core, channel: Channel): boolean {
  if (channel.guild === null) return true;
  const bot = core.botIn(channel.guild);
  if (!may(channel, bot, "ViewChannel")) return false;
  if (channel.type !== ChannelType.PrivateThread) return true;
  return channel.thread?.members.has(core.bot.id) === true || may(channel, bot, "ManageThreads");
}

function referenceTo(message: LocalMessage): APIMessageReference {
  const { channel } = message;
  return {
    type: MessageReferenceType.Default,
    channel_id: channel.id,
    message_id: message.id,
    ...(channel.guild === null ? {} : { guild_id: channel.guild.id }),
  };
}

/** The message replied to, one level deep; null once deleted. */
function referenced(message: LocalMessage): APIMessage | null {
  if (message.deleted) return null;
  const { referenced_message: _deeper, ...rest } = message.current;
  return rest;
}

function uploads(
  core: Core,
  channel: Channel,
  body: {
    attachments?:
      | readonly { id: string | number; description?: string | null | undefined }[]
      | null
      | undefined;
  },
  files: readonly UploadedFile[],
): APIAttachment[] {
  return files.map((file) => {
    const index = /\[(\d+)\]/.exec(file.field)?.[1];
    const described = body.attachments?.find((one) => String(one.id) === index);
    const id = snowflake();
    const path = `/attachments/${channel.id}/${id}/${encodeURIComponent(file.filename)}`;
    core.state.attachments.set(path, { data: file.data, type: file.type });
    return {
      id,
      filename: file.filename,
      size: file.data.length,
      url: core.address + path,
      proxy_url: core.address + path,
      content_type: file.type,
      ...(described?.description ? { description: described.description } : {}),
    };
  });
}

/** The message as REST shows it now, with its reactions and its thread. */
export function restMessage(local: LocalMessage, botId: string, thread: unknown): APIMessage {
  const reactions = [...local.reactions].map(([name, users]) => ({
    emoji: { id: null, name },
    count: users.size,
    count_details: { burst: 0, normal: users.size },
    burst_colors: [],
    me_burst: false,
    me: users.has(botId),
  }));
  return {
    ...local.current,
    ...(reactions.length === 0 ? {} : { reactions }),
    ...(thread === null ? {} : { thread }),
  } as APIMessage;
}
