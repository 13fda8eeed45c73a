import { GatewayIntentBits } from "discord-api-types/v10";
import type { Core } from "./core.ts";
import { visible } from "./messaging.ts";
import { channelObject, guildObject, isThread, memberObject, ownUser } from "./objects.ts";
import type { Outgoing, Session } from "./session.ts";
import { timestamp } from "./snowflakes.ts";
import type { Guild } from "./state.ts";

/** READY: the guilds are named only; each follows in its GUILD_CREATE. */
export function readyData(core: Core, session: Session): object {
  const { id, flags } = core.application;
  const mine = [...core.state.guilds.values()].filter(
    (guild) => Number((BigInt(guild.id) >> 22n) % BigInt(session.shard[1])) === session.shard[0],
  );
  return {
    v: 10,
    user: ownUser(core.bot),
    guilds: mine.map((guild) => ({ id: guild.id, unavailable: true })),
    session_id: session.id,
    resume_gateway_url: `${core.address.replace(/^http/, "ws")}/gateway`,
    shard: session.shard,
    application: { id, flags },
  };
}

/** Without the privileged intents a guild arrives with the bot as its only member. */
export function guildCreate(core: Core, guild: Guild): Outgoing {
  const channels = [...guild.channels.values()];
  const bot = core.botIn(guild);
  return {
    t: "GUILD_CREATE",
    d: {
      ...guildObject(guild),
      joined_at: timestamp(guild.joinedAt),
      large: false,
      unavailable: false,
      member_count: guild.members.size,
      voice_states: [],
      members: bot === null ? [] : [memberObject(bot)],
      channels: channels
        .filter((channel) => !isThread(channel))
        .map((channel) => channelObject(channel, core.bot.id)),
      threads: channels
        .filter((channel) => isThread(channel) && !channel.thread.archived && visible(core, channel))
        .map((channel) => channelObject(channel, core.bot.id)),
      presences: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
    },
    guildId: guild.id,
    intents: [GatewayIntentBits.Guilds],
  };
}

/** The answer to REQUEST_GUILD_MEMBERS: a list needs the privileged intent, single members do not. */
export function membersChunk(
  core: Core,
  session: Session,
  request: Record<string, unknown>,
): Outgoing | null {
  const guild = core.state.guilds.get(String(request.guild_id));
  if (guild === undefined) return null;
  const ids = request.user_ids === undefined ? null : [request.user_ids].flat().map(String);
  const everybody = (session.intents & GatewayIntentBits.GuildMembers) !== 0;
  if (ids === null && !everybody) return null;
  const query = String(request.query ?? "");
  const found = [...guild.members.values()].filter((member) =>
    ids === null ? member.name.startsWith(query) : ids.includes(member.id),
  );
  return {
    t: "GUILD_MEMBERS_CHUNK",
    d: {
      guild_id: guild.id,
      members: found.map(memberObject),
      chunk_index: 0,
      chunk_count: 1,
      not_found: (ids ?? []).filter((id) => !guild.members.has(id)),
      ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    },
    guildId: guild.id,
    intents: [],
  };
}
