import type {
  APIApplication,
  APIChannel,
  APIGuild,
  APIGuildMember,
  APIInteractionGuildMember,
  APIThreadMember,
  APIUser,
} from "discord-api-types/v10";
import { ApplicationFlags, ChannelType, Locale } from "discord-api-types/v10";
import { channelPermissions } from "./permissions.ts";
import { timestamp } from "./snowflakes.ts";
import type { Channel, Guild, Member, ThreadState } from "./state.ts";

/** No bit of any of Discord's flag sets. */
export const NO_FLAGS = 0 as never;

/** A complete user, as REST gives it. */
export function userObject(id: string, username: string, bot: boolean): APIUser {
  return {
    id,
    username,
    discriminator: bot ? "4242" : "0",
    global_name: bot ? null : username.charAt(0).toUpperCase() + username.slice(1),
    avatar: null,
    banner: null,
    accent_color: null,
    public_flags: NO_FLAGS,
    flags: NO_FLAGS,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
    ...(bot ? { bot: true } : {}),
  };
}

/** The bot's own user, as `GET /users/@me` and READY give it. */
export function ownUser(bot: APIUser): APIUser {
  return { ...bot, mfa_enabled: true, locale: Locale.EnglishUS, verified: true, email: null };
}

type BareMember = Omit<APIGuildMember, "user">;

export function bareMember(member: Member): BareMember {
  return {
    avatar: null,
    banner: null,
    avatar_decoration_data: null,
    collectibles: null,
    communication_disabled_until: null,
    flags: NO_FLAGS,
    joined_at: timestamp(member.joinedAt),
    nick: member.nick,
    pending: false,
    premium_since: null,
    roles: [...member.roles],
    mute: false,
    deaf: false,
  };
}

export function memberObject(member: Member): APIGuildMember {
  return { ...bareMember(member), user: member.user };
}

export function interactionMember(member: Member, channel: Channel): APIInteractionGuildMember {
  return { ...memberObject(member), permissions: channelPermissions(channel, member).toString() };
}

export function guildObject(guild: Guild): APIGuild {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: "us-east",
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: guild.roles,
    default_message_notifications: 1,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: Locale.EnglishUS,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
    hub_type: null,
  } as unknown as APIGuild;
}

export function isThread(channel: Channel): channel is Channel & { thread: ThreadState } {
  return channel.thread !== null;
}

export function threadMemberObject(channel: Channel, userId: string): APIThreadMember {
  const joined = channel.thread?.members.get(userId) ?? Date.now();
  return { id: channel.id, user_id: userId, join_timestamp: timestamp(joined), flags: NO_FLAGS };
}

/** The channel as the bot sees it; `botId` adds its thread membership. */
export function channelObject(channel: Channel, botId: string): APIChannel {
  const lastMessage = channel.messages
    .filter((message) => !message.deleted && message.onlyFor === null)
    .at(-1);
  const common = {
    id: channel.id,
    type: channel.type,
    flags: NO_FLAGS,
    last_message_id: lastMessage?.id ?? null,
  };
  if (channel.guild === null)
    return {
      ...common,
      recipients: channel.recipient === null ? [] : [channel.recipient],
    } as unknown as APIChannel;
  const inGuild = { ...common, guild_id: channel.guild.id, name: channel.name };
  if (isThread(channel)) {
    const { thread } = channel;
    return {
      ...inGuild,
      parent_id: channel.parent?.id ?? null,
      rate_limit_per_user: 0,
      bitrate: 64_000,
      user_limit: 0,
      rtc_region: null,
      owner_id: thread.ownerId,
      thread_metadata: {
        archived: thread.archived,
        archive_timestamp: timestamp(thread.archivedAt),
        auto_archive_duration: thread.autoArchive,
        locked: thread.locked,
        create_timestamp: timestamp(thread.createdAt),
        ...(channel.type === ChannelType.PrivateThread ? { invitable: true } : {}),
      },
      message_count: thread.sent,
      member_count: thread.members.size,
      total_message_sent: thread.sent,
      ...(channel.parent?.type === ChannelType.GuildForum ? { applied_tags: thread.appliedTags } : {}),
      ...(thread.members.has(botId) ? { member: threadMemberObject(channel, botId) } : {}),
    } as unknown as APIChannel;
  }
  return {
    ...inGuild,
    parent_id: null,
    rate_limit_per_user: 0,
    topic: null,
    position: channel.position,
    permission_overwrites: channel.overwrites,
    nsfw: false,
    ...(channel.type === ChannelType.GuildForum
      ? {
          available_tags: channel.availableTags,
          default_reaction_emoji: null,
          default_sort_order: null,
          default_forum_layout: 0,
        }
      : {}),
  } as unknown as APIChannel;
}

/** The application, with the portal's privileged intents in its flags. */
export function applicationObject(
  id: string,
  bot: APIUser,
  owner: APIUser,
  guilds: number,
  granted: readonly string[],
): APIApplication {
  const flags =
    (granted.includes("MessageContent") ? ApplicationFlags.GatewayMessageContentLimited : 0) |
    (granted.includes("GuildMembers") ? ApplicationFlags.GatewayGuildMembersLimited : 0) |
    (granted.includes("GuildPresences") ? ApplicationFlags.GatewayPresenceLimited : 0);
  return {
    id,
    name: bot.username,
    icon: null,
    description: "",
    type: null,
    bot,
    bot_public: true,
    bot_require_code_grant: false,
    integration_types_config: { "0": {} },
    verify_key: "0".repeat(64),
    flags,
    flags_new: flags.toString(),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner,
    approximate_guild_count: guilds,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
  } as unknown as APIApplication;
}
