import type { OptionValue } from "./commands.ts";
import { DiscordWorld } from "./discord-world.ts";
import type { Fault, FaultHandle } from "./faults.ts";
import type { Violation } from "./http.ts";
import type { Interaction } from "./interaction.ts";
import * as invoke from "./invocations.ts";
import { deleteMessage, editMessage, messageEvent } from "./messaging.ts";
import type { SayOptions, ThreadStart } from "./people.ts";
import * as people from "./people.ts";
import { changeReaction } from "./routes/messages.ts";
import type { Dispatched } from "./session.ts";
import type { Channel, Member } from "./state.ts";
import { LocalMessage } from "./state.ts";

const WAIT_MS = 5000;

/** The server as a test sees it: acts as members, waits, breaks things. README.md describes it. */
export class LocalDiscord extends DiscordWorld {
  readonly #seen = new Map<Channel, number>();

  // Acting as members

  async say(member: Member, channel: Channel, text: string, options: SayOptions = {}): Promise<LocalMessage> {
    return people.say(this.core, member, channel, text, options);
  }

  async dm(member: Member, text: string, options: SayOptions = {}): Promise<LocalMessage> {
    return people.say(this.core, member, this.dmChannel(member), text, options);
  }

  async edit(message: LocalMessage, text: string): Promise<void> {
    editMessage(this.core, message, { content: people.mention(this.core, message.channel, text) });
  }

  async remove(message: LocalMessage): Promise<void> {
    deleteMessage(this.core, message);
  }

  async react(member: Member, message: LocalMessage, emoji: string): Promise<void> {
    changeReaction(this.core, message, emoji, member.id, true);
  }

  async unreact(member: Member, message: LocalMessage, emoji: string): Promise<void> {
    changeReaction(this.core, message, emoji, member.id, false);
  }

  async startThread(
    member: Member,
    channel: Channel,
    name: string,
    start: ThreadStart = {},
  ): Promise<Channel> {
    return people.startThreadAs(this.core, member, channel, name, start);
  }

  async forumPost(member: Member, forum: Channel, title: string, text: string) {
    return people.forumPost(this.core, member, forum, title, text);
  }

  async slash(
    member: Member,
    channel: Channel,
    command: string,
    options: Readonly<Record<string, OptionValue>> = {},
  ): Promise<Interaction> {
    return invoke.slash(this.core, member, channel, command, options, null);
  }

  async autocomplete(
    member: Member,
    channel: Channel,
    command: string,
    options: Readonly<Record<string, OptionValue>>,
    focused: string,
  ): Promise<Interaction> {
    return invoke.slash(this.core, member, channel, command, options, focused);
  }

  async contextMenu(
    member: Member,
    channel: Channel,
    name: string,
    target: Member | LocalMessage,
  ): Promise<Interaction> {
    return invoke.contextMenu(this.core, member, channel, name, target);
  }

  async click(member: Member, message: LocalMessage, customIdOrLabel: string): Promise<Interaction> {
    return invoke.activate(this.core, member, message, customIdOrLabel, null);
  }

  async select(
    member: Member,
    message: LocalMessage,
    customId: string,
    values: readonly string[],
  ): Promise<Interaction> {
    return invoke.activate(this.core, member, message, customId, values);
  }

  async submitModal(opener: Interaction, fields: Readonly<Record<string, string>>): Promise<Interaction> {
    return invoke.submitModal(this.core, opener, fields);
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

  // Waiting

  async until<T>(
    probe: () => T | null | undefined | false,
    timeoutMs = WAIT_MS,
    what = String(probe),
  ): Promise<T> {
    return await this.core.until(probe, timeoutMs, `still waiting for ${what}`);
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
    return this.parts.faults.add(pattern, fault, options);
  }

  /** Gives the violations so far and forgets them. */
  takeViolations(): Violation[] {
    return this.parts.violations.splice(0);
  }

  assertValid(): void {
    if (this.violations.length === 0) return;
    const lines = this.violations.map((one) => `${one.kind}: ${one.request}: ${one.detail}`);
    throw new Error(`${lines.length} violations of Discord's interface:\n${lines.join("\n")}`);
  }

  /** Stops the server, then throws if anything invalid went over the wire. */
  async close(): Promise<void> {
    await this.gateway.close();
    const { http } = this.parts;
    http.closeAllConnections();
    await new Promise<void>((resolve) => http.close(() => resolve()));
    this.assertValid();
  }
}
