import { ChannelType, MessageType } from "discord-api-types/v10";
import type { TestFile } from "./commands.ts";
import type { Core } from "./core.ts";
import { createMessage } from "./messaging.ts";
import type { UploadedFile } from "./multipart.ts";
import { may } from "./permissions.ts";
import { startThread } from "./routes/threads.ts";
import type { Channel, LocalMessage, Member } from "./state.ts";

export interface SayOptions {
  readonly replyTo?: LocalMessage;
  /** Whether a reply mentions the author of what it replies to, as clients do unless switched off. */
  readonly ping?: boolean;
  readonly attachments?: readonly TestFile[];
}

/** Writes as a member: `@bot`, `@ada`, `@everyone` and the names of roles become mentions. */
export function say(
  core: Core,
  member: Member,
  channel: Channel,
  text: string,
  options: SayOptions,
): LocalMessage {
  if (
    channel.guild !== null &&
    !may(channel, member, channel.thread === null ? "SendMessages" : "SendMessagesInThreads")
  )
    throw new Error(`${member.name} may not write in #${channel.name}.`);
  const { replyTo } = options;
  if (replyTo !== undefined && replyTo.channel !== channel)
    throw new Error("A reply belongs into the channel of the message that it replies to.");
  if (replyTo?.ephemeral) throw new Error("Nobody can reply to an ephemeral message.");
  const files: UploadedFile[] = (options.attachments ?? []).map((file, n) => ({
    field: `files[${n}]`,
    filename: file.filename,
    type: file.type ?? "application/octet-stream",
    data: Buffer.from(file.data),
  }));
  return createMessage(core, channel, {
    author: member.user,
    body: {
      content: mention(core, channel, text),
      allowed_mentions: {
        parse: ["users", "roles", "everyone"] as never[],
        replied_user: options.ping !== false,
      },
    },
    files,
    repliesTo: replyTo ?? null,
    // A reply to the response of an interaction never counts as a mention (discord-api-docs #5395).
    pingsAuthor: replyTo?.current.interaction_metadata === undefined,
  });
}

export function mention(core: Core, channel: Channel, text: string): string {
  const users = new Map([...core.state.users.values()].map((user) => [user.username, user.id]));
  return text.replace(/(?<!\S)@(\w+)/g, (whole, name: string) => {
    const id = name === "bot" ? core.bot.id : users.get(name);
    if (id !== undefined) return `<@${id}>`;
    const role = channel.guild?.roles.find((one) => one.name === name);
    return role === undefined ? whole : `<@&${role.id}>`;
  });
}

export interface ThreadStart {
  readonly message?: LocalMessage;
  readonly private?: boolean;
  /** Members who are in it from the start; the bot is only when named. */
  readonly with?: readonly string[];
}

export function startThreadAs(
  core: Core,
  member: Member,
  channel: Channel,
  name: string,
  start: ThreadStart,
): Channel {
  const thread = startThread(core, channel, {
    name,
    type: start.private ? ChannelType.PrivateThread : ChannelType.PublicThread,
    owner: member.id,
    ...(start.message === undefined ? {} : { message: start.message }),
  });
  for (const id of start.with ?? []) thread.thread?.members.set(id, Date.now());
  return thread;
}

/** A forum post: a thread, and its first message with the thread's id. */
export function forumPost(
  core: Core,
  member: Member,
  forum: Channel,
  title: string,
  text: string,
): { thread: Channel; message: LocalMessage } {
  if (forum.type !== ChannelType.GuildForum) throw new Error(`#${forum.name} is not a forum.`);
  const thread = startThread(core, forum, { name: title, type: ChannelType.PublicThread, owner: member.id });
  const message = createMessage(core, thread, {
    author: member.user,
    body: { content: mention(core, thread, text) },
    type: MessageType.Default,
    id: thread.id,
  });
  return { thread, message };
}
