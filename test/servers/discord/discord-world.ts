import type { Server } from "node:http";
import type { APIApplicationCommand, APIUser } from "discord-api-types/v10";
import { ChannelType, GatewayIntentBits, MessageType, OverwriteType } from "discord-api-types/v10";
import type { Core, PingRecord } from "./core.ts";
import type { Faults } from "./faults.ts";
import { routePattern } from "./faults.ts";
import type { Gateway } from "./gateway.ts";
import { guildCreate } from "./guild-events.ts";
import type { LoggedRequest, Violation } from "./http.ts";
import type { PermissionName } from "./permissions.ts";
import { permissionBits } from "./permissions.ts";
import { changeChannel, dispatchChannel, removeChannel } from "./routes/threads.ts";
import type { Dispatched } from "./session.ts";
import { snowflake } from "./snowflakes.ts";
import type { Channel, Guild, LocalMessage, Member } from "./state.ts";
import type { GuildOptions } from "./world.ts";
import { directChannel, knownUser, newChannel, newGuild, newMember, roleObject } from "./world.ts";

export interface Parts {
  readonly core: Core;
  readonly http: Server;
  readonly gateway: Gateway;
  readonly faults: Faults;
  readonly requests: LoggedRequest[];
  readonly violations: Violation[];
  readonly validated: boolean;
}

const VISIBLE_TYPES: readonly number[] = [
  MessageType.Default,
  MessageType.Reply,
  MessageType.ChatInputCommand,
  MessageType.ContextMenuCommand,
];

/** What is there and what has happened: guilds, channels, members, messages, requests. */
export class DiscordWorld {
  readonly gateway: Gateway;
  readonly requests: readonly LoggedRequest[];
  readonly violations: readonly Violation[];
  /** Whether bodies are checked against the official description. */
  readonly validated: boolean;
  protected readonly parts: Parts;
  protected readonly core: Core;

  constructor(parts: Parts) {
    this.parts = parts;
    this.core = parts.core;
    this.gateway = parts.gateway;
    this.requests = parts.requests;
    this.violations = parts.violations;
    this.validated = parts.validated;
  }

  /** What `rest.api` must be. */
  get api(): string {
    return `${this.core.address}/api`;
  }
  get bot(): APIUser {
    return this.core.bot;
  }
  get guild(): Guild {
    const [first] = this.core.state.guilds.values();
    if (first === undefined) throw new Error("The bot is in no guild.");
    return first;
  }
  get events(): readonly Dispatched[] {
    return this.gateway.events;
  }
  get identifies() {
    return this.gateway.identifies;
  }
  get resumes() {
    return this.gateway.resumes;
  }
  get pings(): readonly PingRecord[] {
    return this.core.pings;
  }
  get typing() {
    return this.core.typing;
  }

  channel(name: string, guild: Guild = this.guild): Channel {
    const found = [...guild.channels.values()].find((channel) => channel.name === name);
    if (found === undefined) throw new Error(`There is no channel ${name} in ${guild.name}.`);
    return found;
  }

  member(name: string, guild: Guild = this.guild): Member {
    const found = [...guild.members.values()].find((member) => member.name === name);
    if (found === undefined) throw new Error(`There is no member ${name} in ${guild.name}.`);
    return found;
  }

  addGuild(options: GuildOptions = {}): Guild {
    const guild = newGuild(this.core.state, this.bot, options);
    this.gateway.dispatch(guildCreate(this.core, guild));
    return guild;
  }

  /** Somebody throws the bot out. */
  removeGuild(guild: Guild): void {
    this.core.state.guilds.delete(guild.id);
    const intents = [GatewayIntentBits.Guilds];
    this.gateway.dispatch({ t: "GUILD_DELETE", d: { id: guild.id }, guildId: guild.id, intents });
  }

  addMember(
    name: string,
    { guild = this.guild, permissions = [] }: { guild?: Guild; permissions?: readonly PermissionName[] } = {},
  ): Member {
    const people = guild.roles.find((role) => role.name === "people");
    const roles = people === undefined ? [] : [people.id];
    if (permissions.length > 0) {
      const role = roleObject(snowflake(), `of ${name}`, permissionBits(permissions), guild.roles.length);
      guild.roles.push(role);
      roles.push(role.id);
      const d = { guild_id: guild.id, role };
      this.gateway.dispatch({
        t: "GUILD_ROLE_CREATE",
        d,
        guildId: guild.id,
        intents: [GatewayIntentBits.Guilds],
      });
    }
    return newMember(guild, knownUser(this.core.state, name), roles);
  }

  addChannel(name: string, { guild = this.guild, type = ChannelType.GuildText } = {}): Channel {
    const channel = newChannel(guild, name, type);
    dispatchChannel(this.core, "CHANNEL_CREATE", channel);
    return channel;
  }

  removeChannel(channel: Channel): void {
    removeChannel(this.core, channel);
  }

  /** Archives, locks, renames or tags a thread. */
  changeThread(
    thread: Channel,
    change: { archived?: boolean; locked?: boolean; name?: string; applied_tags?: string[] },
  ): void {
    changeChannel(this.core, thread, change);
  }

  setPermissions(
    channel: Channel,
    who: "bot" | "everyone" | Member,
    { allow = [], deny = [] }: { allow?: readonly PermissionName[]; deny?: readonly PermissionName[] },
  ): void {
    if (channel.guild === null) throw new Error("A direct channel has no permissions.");
    const id = who === "bot" ? this.bot.id : who === "everyone" ? channel.guild.id : who.id;
    const type = who === "everyone" ? OverwriteType.Role : OverwriteType.Member;
    const others = channel.overwrites.filter((one) => one.id !== id);
    const overwrite = {
      id,
      type,
      allow: permissionBits(allow).toString(),
      deny: permissionBits(deny).toString(),
    };
    channel.overwrites.splice(0, channel.overwrites.length, ...others, overwrite);
    dispatchChannel(this.core, "CHANNEL_UPDATE", channel);
  }

  dmChannel(member: Member): Channel {
    return directChannel(this.core.state, member.user);
  }

  /** The messages that everybody sees, oldest first. */
  messages(channel: Channel): LocalMessage[] {
    return channel.messages.filter(
      (message) =>
        !message.deleted && message.onlyFor === null && VISIBLE_TYPES.includes(message.current.type),
    );
  }

  ephemeralMessages(channel?: Channel): LocalMessage[] {
    const { state } = this.core;
    const channels = [...state.guilds.values()].flatMap((guild) => [...guild.channels.values()]);
    return (channel === undefined ? [...channels, ...state.directChannels.values()] : [channel])
      .flatMap((one) => one.messages)
      .filter((message) => message.onlyFor !== null && !message.deleted);
  }

  registeredCommands(guild?: Guild): readonly APIApplicationCommand[] {
    return this.core.state.commands.get(guild?.id ?? "global") ?? [];
  }

  requestsTo(pattern: string): LoggedRequest[] {
    const expression = routePattern(pattern);
    return this.requests.filter((request) => expression.test(`${request.method} ${request.path}`));
  }
}
