import type {
  APIApplicationCommand,
  APIGuildForumTag,
  APIMessage,
  APIOverwrite,
  APIRole,
  APIUser,
  ChannelType,
  ThreadAutoArchiveDuration,
} from "discord-api-types/v10";
import { MessageFlags } from "discord-api-types/v10";

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly joinedAt: number;
  readonly roles: APIRole[];
  readonly channels: Map<string, Channel>;
  readonly members: Map<string, Member>;
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly user: APIUser;
  /** Null for somebody who shares no guild with the bot. */
  readonly guild: Guild;
  readonly roles: string[];
  readonly joinedAt: number;
  nick: string | null;
  locale: string;
  /** Direct messages to this member are refused with 50007. */
  dmsClosed: boolean;
}

export interface ThreadState {
  readonly ownerId: string;
  readonly createdAt: number;
  readonly members: Map<string, number>;
  archived: boolean;
  locked: boolean;
  archivedAt: number;
  autoArchive: ThreadAutoArchiveDuration;
  sent: number;
  appliedTags: string[];
}

export interface Channel {
  readonly id: string;
  readonly type: ChannelType;
  name: string;
  readonly guild: Guild | null;
  readonly parent: Channel | null;
  readonly position: number;
  readonly overwrites: APIOverwrite[];
  /** The other side of a direct message. */
  readonly recipient: APIUser | null;
  readonly thread: ThreadState | null;
  readonly availableTags: APIGuildForumTag[];
  readonly messages: LocalMessage[];
}

/** Whom a message notified, or would have: allowed mentions are applied. */
export interface Pings {
  everyone: boolean;
  users: string[];
  roles: string[];
}

/** A message and every state that it had. */
export class LocalMessage {
  readonly id: string;
  readonly channel: Channel;
  /** The only member who sees it; null for an ordinary message. */
  readonly onlyFor: string | null;
  readonly history: { readonly at: number; readonly message: APIMessage }[] = [];
  readonly reactions = new Map<string, Set<string>>();
  pings: Pings = { everyone: false, users: [], roles: [] };
  deleted = false;
  thread: Channel | null = null;
  /** For `enforce_nonce`. */
  nonce: string | number | null = null;

  constructor(channel: Channel, message: APIMessage, onlyFor: string | null) {
    this.id = message.id;
    this.channel = channel;
    this.onlyFor = onlyFor;
    this.change(message);
  }

  change(message: APIMessage): void {
    this.history.push({ at: Date.now(), message: structuredClone(message) });
  }

  get current(): APIMessage {
    const state = this.history.at(-1);
    if (state === undefined) throw new Error("A message has at least one state.");
    return state.message;
  }
  get content(): string {
    return this.current.content;
  }
  get embeds(): APIMessage["embeds"] {
    return this.current.embeds;
  }
  get components(): NonNullable<APIMessage["components"]> {
    return this.current.components ?? [];
  }
  get attachments(): APIMessage["attachments"] {
    return this.current.attachments;
  }
  get author(): APIUser {
    return this.current.author;
  }
  get flags(): number {
    return this.current.flags ?? 0;
  }
  get ephemeral(): boolean {
    return (this.flags & MessageFlags.Ephemeral) !== 0;
  }
  get loading(): boolean {
    return (this.flags & MessageFlags.Loading) !== 0;
  }
}

/** Everything that the server remembers. */
export class State {
  readonly guilds = new Map<string, Guild>();
  readonly directChannels = new Map<string, Channel>();
  readonly users = new Map<string, APIUser>();
  /** Keyed by guild id, or `global`. */
  readonly commands = new Map<string, APIApplicationCommand[]>();
  readonly attachments = new Map<string, { data: Buffer; type: string }>();

  channel(id: string): Channel | undefined {
    const direct = this.directChannels.get(id);
    if (direct !== undefined) return direct;
    for (const guild of this.guilds.values()) {
      const found = guild.channels.get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Finds a message wherever it is, ephemeral and deleted ones too. */
  message(id: string): LocalMessage | undefined {
    const channels = [
      ...this.directChannels.values(),
      ...[...this.guilds.values()].flatMap((guild) => [...guild.channels.values()]),
    ];
    for (const channel of channels) {
      const found = channel.messages.find((message) => message.id === id);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
