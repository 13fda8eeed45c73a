import type { APIRole, APIUser } from "discord-api-types/v10";
import { ChannelType } from "discord-api-types/v10";
import { NO_FLAGS, userObject } from "./objects.ts";
import type { PermissionName } from "./permissions.ts";
import { permissionBits } from "./permissions.ts";
import { snowflake } from "./snowflakes.ts";
import type { Channel, Guild, LocalMessage, Member, State, ThreadState } from "./state.ts";

/** What `@everyone` has in a new guild, shortened to what matters here. */
const EVERYONE: readonly PermissionName[] = [
  "ViewChannel",
  "SendMessages",
  "SendMessagesInThreads",
  "CreatePublicThreads",
  "CreatePrivateThreads",
  "EmbedLinks",
  "AttachFiles",
  "AddReactions",
  "ReadMessageHistory",
  "UseApplicationCommands",
  "UseExternalEmojis",
];

/** What a bot is usually invited with. */
export const ORDINARY_BOT: readonly PermissionName[] = [...EVERYONE, "ManageMessages", "ManageThreads"];

export interface GuildOptions {
  readonly name?: string;
  readonly members?: readonly string[];
  readonly channels?: readonly string[];
  readonly forums?: readonly string[];
  readonly botPermissions?: readonly PermissionName[];
}

export function roleObject(
  id: string,
  name: string,
  permissions: bigint,
  position: number,
  managedBy?: string,
): APIRole {
  return {
    id,
    name,
    permissions: permissions.toString(),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: managedBy !== undefined,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: NO_FLAGS,
    ...(managedBy === undefined ? {} : { tags: { bot_id: managedBy } }),
  };
}

export function newGuild(state: State, bot: APIUser, options: GuildOptions): Guild {
  const owner = knownUser(state, "owner");
  const id = snowflake();
  const botRole = roleObject(
    snowflake(),
    bot.username,
    permissionBits(options.botPermissions ?? ORDINARY_BOT),
    1,
    bot.id,
  );
  // `@everyone` gives the bot nothing of its own, so that `botPermissions` is the whole of it.
  const people = roleObject(snowflake(), "people", permissionBits(EVERYONE), 2);
  const guild: Guild = {
    id,
    name: options.name ?? "Local guild",
    ownerId: owner.id,
    joinedAt: Date.now(),
    roles: [roleObject(id, "@everyone", 0n, 0), botRole, people],
    channels: new Map(),
    members: new Map(),
  };
  state.guilds.set(id, guild);
  newMember(guild, owner, [people.id]);
  newMember(guild, bot, [botRole.id]);
  for (const name of options.members ?? ["ada", "grace"])
    newMember(guild, knownUser(state, name), [people.id]);
  for (const name of options.channels ?? ["general", "help"]) newChannel(guild, name, ChannelType.GuildText);
  for (const name of options.forums ?? ["questions"]) newChannel(guild, name, ChannelType.GuildForum);
  return guild;
}

/** One user per name, the same in every guild. */
export function knownUser(state: State, name: string): APIUser {
  const known = [...state.users.values()].find((user) => user.username === name);
  if (known !== undefined) return known;
  const user = userObject(snowflake(), name, false);
  state.users.set(user.id, user);
  return user;
}

export function newMember(guild: Guild, user: APIUser, roles: string[]): Member {
  const member: Member = {
    id: user.id,
    name: user.username,
    user,
    guild,
    roles,
    joinedAt: Date.now(),
    nick: null,
    locale: "en-US",
    dmsClosed: false,
  };
  guild.members.set(user.id, member);
  return member;
}

export function newChannel(guild: Guild, name: string, type: ChannelType): Channel {
  const channel: Channel = {
    id: snowflake(),
    type,
    name,
    guild,
    parent: null,
    position: guild.channels.size,
    overwrites: [],
    recipient: null,
    thread: null,
    availableTags: [],
    messages: [],
  };
  guild.channels.set(channel.id, channel);
  return channel;
}

export interface ThreadOptions {
  readonly name: string;
  readonly type: ChannelType;
  readonly owner: string;
  /** The message that it hangs on: the two share their id. */
  readonly message?: LocalMessage;
  readonly autoArchive?: ThreadState["autoArchive"];
  readonly appliedTags?: string[];
}

export function newThread(guild: Guild, parent: Channel, options: ThreadOptions): Channel {
  const now = Date.now();
  const channel: Channel = {
    id: options.message?.id ?? snowflake(),
    type: options.type,
    name: options.name,
    guild,
    parent,
    position: 0,
    overwrites: [],
    recipient: null,
    thread: {
      ownerId: options.owner,
      createdAt: now,
      members: new Map([[options.owner, now]]),
      archived: false,
      locked: false,
      archivedAt: now,
      autoArchive: options.autoArchive ?? 1440,
      sent: 0,
      appliedTags: options.appliedTags ?? [],
    },
    availableTags: [],
    messages: [],
  };
  guild.channels.set(channel.id, channel);
  if (options.message !== undefined) options.message.thread = channel;
  return channel;
}

/** The direct channel between the bot and a user, made on first use. */
export function directChannel(state: State, user: APIUser): Channel {
  const known = [...state.directChannels.values()].find((channel) => channel.recipient?.id === user.id);
  if (known !== undefined) return known;
  const channel: Channel = {
    id: snowflake(),
    type: ChannelType.DM,
    name: "",
    guild: null,
    parent: null,
    position: 0,
    overwrites: [],
    recipient: user,
    thread: null,
    availableTags: [],
    messages: [],
  };
  state.directChannels.set(channel.id, channel);
  return channel;
}
