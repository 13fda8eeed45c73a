import type { Server } from "node:http";
import type { APIApplicationCommand } from "discord-api-types/v10";
import { ChannelType, GatewayIntentBits, MessageType, OverwriteType } from "discord-api-types/v10";
import type { OptionValue } from "./commands.ts";
import type { Core, PingRecord } from "./core.ts";
import type { Fault, FaultHandle, Faults } from "./faults.ts";
import { routePattern } from "./faults.ts";
import type { Gateway } from "./gateway.ts";
import { guildCreate } from "./guild-events.ts";
import type { LoggedRequest, Violation } from "./http.ts";
import type { Interaction } from "./interaction.ts";
import * as invoke from "./invocations.ts";
import { deleteMessage, editMessage, messageEvent } from "./messaging.ts";
import type { SayOptions, ThreadStart } from "./people.ts";
import * as people from "./people.ts";
import type { PermissionName } from "./permissions.ts";
import { permissionBits } from "./permissions.ts";
import { changeReaction } from "./routes/messages.ts";
import { changeChannel, dispatchChannel, removeChannel } from "./routes/threads.ts";
import type { Dispatched } from "./session.ts";
import { snowflake } from "./snowflakes.ts";
import type { Channel, Guild, Member } from "./state.ts";
import { LocalMessage } from "./state.ts";
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

const WAIT_MS = 5000;
const VISIBLE_TYPES: readonly number[] = [
  MessageType.Default,
  MessageType.Reply,
  MessageType.ChatInputCommand,
  MessageType.ContextMenuCommand,
];

/** The server as a test sees it. README.md describes it. */
export class LocalDiscord {
  readonly gateway: Gateway;
  readonly requests: readonly LoggedRequest[];
  readonly violations: readonly Violation[];
  readonly validated: boolean;
  readonly #parts: Parts;
  readonly #core: Core;
  readonly #seen = new Map<Channel, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#core = parts.core;
    this.gateway = parts.gateway;
    this.requests = parts.requests;
    this.violations = parts.violations;
    this.validated = parts.validated;
  }

  /** What `rest.api` must be. */
  get api(): string {
    return `${this.#core.address}/api`;
  }
  get bot() {
    return this.#core.bot;
  }
  get guild(): Guild {
    const [first] = this.#core.state.guilds.values();
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
    return this.#core.pings;
  }
  get typing() {
    return this.#core.typing;
  }

  // The world

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
    const guild = newGuild(this.#core.state, this.bot, options);
    this.gateway.dispatch(guildCreate(this.#core, guild));
    return guild;
  }

  /** Somebody throws the bot out. */
  removeGuild(guild: Guild): void {
    this.#core.state.guilds.delete(guild.id);
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
    return newMember(guild, knownUser(this.#core.state, name), roles);
  }

  addChannel(name: string, { guild = this.guild, type = ChannelType.GuildText } = {}): Channel {
    const channel = newChannel(guild, name, type);
    dispatchChannel(this.#core, "CHANNEL_CREATE", channel);
    return channel;
  }

  removeChannel(channel: Channel): void {
    removeChannel(this.#core, channel);
  }

  /** Archives, locks, renames or tags a thread. */
  changeThread(
    thread: Channel,
    change: { archived?: boolean; locked?: boolean; name?: string; applied_tags?: string[] },
  ): void {
    changeChannel(this.#core, thread, change);
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
    dispatchChannel(this.#core, "CHANNEL_UPDATE", channel);
  }

  // Acting as members

  async say(member: Member, channel: Channel, text: string, options: SayOptions = {}): Promise<LocalMessage> {
    return people.say(this.#core, member, channel, text, options);
  }

  dmChannel(member: Member): Channel {
    return directChannel(this.#core.state, member.user);
  }

  async dm(member: Member, text: string, options: SayOptions = {}): Promise<LocalMessage> {
    return people.say(this.#core, member, this.dmChannel(member), text, options);
  }

  async edit(message: LocalMessage, text: string): Promise<void> {
    editMessage(this.#core, message, { content: people.mention(this.#core, message.channel, text) });
  }

  async remove(message: LocalMessage): Promise<void> {
    deleteMessage(this.#core, message);
  }

  async react(member: Member, message: LocalMessage, emoji: string): Promise<void> {
    changeReaction(this.#core, message, emoji, member.id, true);
  }

  async unreact(member: Member, message: LocalMessage, emoji: string): Promise<void> {
    changeReaction(this.#core, message, emoji, member.id, false);
  }

  async startThread(
    member: Member,
    channel: Channel,
    name: string,
    start: ThreadStart = {},
  ): Promise<Channel> {
    return people.startThreadAs(this.#core, member, channel, name, start);
  }

  async forumPost(member: Member, forum: Channel, title: string, text: string) {
    return people.forumPost(this.#core, member, forum, title, text);
  }

  async slash(
    member: Member,
    channel: Channel,
    command: string,
    options: Readonly<Record<string, OptionValue>> = {},
  ): Promise<Interaction> {
    return invoke.slash(this.#core, member, channel, command, options, null);
  }

  async autocomplete(
    member: Member,
    channel: Channel,
    command: string,
    options: Readonly<Record<string, OptionValue>>,
    focused: string,
  ): Promise<Interaction> {
    return invoke.slash(this.#core, member, channel, command, options, focused);
  }

  async contextMenu(
    member: Member,
    channel: Channel,
    name: string,
    target: Member | LocalMessage,
  ): Promise<Interaction> {
    return invoke.contextMenu(this.#core, member, channel, name, target);
  }

  async click(member: Member, message: LocalMessage, customIdOrLabel: string): Promise<Interaction> {
    return invoke.activate(this.#core, member, message, customIdOrLabel, null);
  }

  async select(
    member: Member,
    message: LocalMessage,
    customId: string,
    values: readonly string[],
  ): Promise<Interaction> {
    return invoke.activate(this.#core, member, message, customId, values);
  }

  async submitModal(opener: Interaction, fields: Readonly<Record<string, string>>): Promise<Interaction> {
    return invoke.submitModal(this.#core, opener, fields);
  }

  /** Delivers an event a second time, as Discord now and then does. */
  async redeliver(what: Dispatched | LocalMessage | Interaction): Promise<void> {
    if (what instanceof LocalMessage) {
      this.gateway.dispatch(messageEvent("MESSAGE_CREATE", what));
      return;
    }
    const event =
      "t" in what ? what : this.events.findLast((one) => (one.d as { id?: string }).id === what.id);
    if (event === undefined) throw new Error("This was never delivered.");
    const guildId = (event.d as { guild_id?: string }).guild_id ?? null;
    this.gateway.dispatch({ t: event.t, d: event.d, guildId, intents: [] });
  }

  // Looking

  /** The messages that everybody sees, oldest first. */
  messages(channel: Channel): LocalMessage[] {
    return channel.messages.filter(
      (message) =>
        !message.deleted && message.onlyFor === null && VISIBLE_TYPES.includes(message.current.type),
    );
  }

  ephemeralMessages(channel?: Channel): LocalMessage[] {
    const { state } = this.#core;
    const channels = [...state.guilds.values()].flatMap((guild) => [...guild.channels.values()]);
    return (channel === undefined ? [...channels, ...state.directChannels.values()] : [channel])
      .flatMap((one) => one.messages)
      .filter((message) => message.onlyFor !== null && !message.deleted);
  }

  registeredCommands(guild?: Guild): readonly APIApplicationCommand[] {
    return this.#core.state.commands.get(guild?.id ?? "global") ?? [];
  }

  requestsTo(pattern: string): LoggedRequest[] {
    const expression = routePattern(pattern);
    return this.requests.filter((request) => expression.test(`${request.method} ${request.path}`));
  }

  // Waiting

  async until<T>(
    probe: () => T | null | undefined | false,
    timeoutMs = WAIT_MS,
    what = String(probe),
  ): Promise<T> {
    return await this.#core.until(probe, timeoutMs, `still waiting for ${what}`);
  }

  /** READY has been sent to a session that is still there. */
  async connected(timeoutMs = 15_000): Promise<void> {
    await this.until(() => this.gateway.connected, timeoutMs, "the bot to log in");
  }

  /** The next message of the bot in a channel, after the last one that this gave for the channel. */
  async nextMessage(
    channel: Channel,
    predicate: (message: LocalMessage) => boolean = (message) => !message.loading,
    timeoutMs = WAIT_MS,
  ): Promise<LocalMessage> {
    const from = this.#seen.get(channel) ?? 0;
    const found = await this.until(
      () => {
        const index = channel.messages.findIndex(
          (message, n) =>
            n >= from && !message.deleted && message.author.id === this.bot.id && predicate(message),
        );
        return index === -1 ? null : { index };
      },
      timeoutMs,
      `a message of the bot in #${channel.name}`,
    );
    this.#seen.set(channel, found.index + 1);
    const message = channel.messages[found.index];
    if (message === undefined) throw new Error("The message is gone.");
    return message;
  }

  /** Waits until no request has come for so long: what a test waits for before it says that nothing happened. */
  async quiet(ms = 250): Promise<void> {
    let count: number;
    do {
      count = this.requests.length;
      await new Promise((resolve) => setTimeout(resolve, ms));
    } while (this.requests.length > count);
  }

  // Faults and the end

  fault(pattern: string, fault: Fault, options: { times?: number; after?: number } = {}): FaultHandle {
    return this.#parts.faults.add(pattern, fault, options);
  }

  /** Gives the violations so far and forgets them. */
  takeViolations(): Violation[] {
    return this.#parts.violations.splice(0);
  }

  assertValid(): void {
    if (this.violations.length === 0) return;
    const lines = this.violations.map((one) => `${one.kind}: ${one.request}: ${one.detail}`);
    throw new Error(`${lines.length} violations of Discord's interface:\n${lines.join("\n")}`);
  }

  /** Stops the server, then throws if anything invalid went over the wire. */
  async close(): Promise<void> {
    await this.gateway.close();
    const { http } = this.#parts;
    http.closeAllConnections();
    await new Promise<void>((resolve) => http.close(() => resolve()));
    this.assertValid();
  }
}
