import { randomBytes } from "node:crypto";
import type {
  APIApplicationCommandOptionChoice,
  APIMessage,
  APIMessageInteractionMetadata,
  APIModalInteractionResponseCallbackData,
} from "discord-api-types/v10";
import { InteractionResponseType, InteractionType } from "discord-api-types/v10";
import type { Core } from "./core.ts";
import { snowflake } from "./snowflakes.ts";
import type { Channel, LocalMessage, Member } from "./state.ts";

export interface InteractionStart {
  readonly type: InteractionType;
  readonly member: Member;
  readonly channel: Channel;
  /** The message that carries the component, also of a modal opened from it. */
  readonly source?: LocalMessage;
  readonly target?: Member | LocalMessage;
  /** Of a submitted modal: what opened it. */
  readonly opener?: Interaction;
}

/** One interaction and all that the bot made of it. */
export class Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly member: Member;
  readonly channel: Channel;
  readonly source: LocalMessage | null;
  readonly createdAt = Date.now();
  readonly followups: LocalMessage[] = [];
  /** Callbacks that were refused, by Discord's code. */
  readonly errors: number[] = [];
  readonly metadata: APIMessageInteractionMetadata;
  acknowledgedAt: number | null = null;
  response: InteractionResponseType | null = null;
  /** What `@original` means: the reply, or the message that a click updates. */
  original: LocalMessage | null = null;
  modal: APIModalInteractionResponseCallbackData | null = null;
  choices: readonly APIApplicationCommandOptionChoice[] | null = null;
  /** INTERACTION_CREATE's data. */
  payload: unknown = null;
  /** Whether a connected client has received it; a session that is away finds it on RESUME. */
  delivered = false;
  /** How many states the source had when it was clicked. */
  readonly #sourceStates: number;
  readonly #core: Core;

  constructor(core: Core, start: InteractionStart) {
    this.id = snowflake();
    this.token = Buffer.from(`interaction:${this.id}:${randomBytes(96).toString("hex")}`).toString(
      "base64url",
    );
    this.type = start.type;
    this.member = start.member;
    this.channel = start.channel;
    this.source = start.source ?? null;
    this.#sourceStates = start.source?.history.length ?? 0;
    this.#core = core;
    this.metadata = describe(this, start);
  }

  get acknowledgedAfterMs(): number | null {
    return this.acknowledgedAt === null ? null : this.acknowledgedAt - this.createdAt;
  }

  /** The member's client shows "The application did not respond". */
  get failed(): boolean {
    return this.acknowledgedAt === null && Date.now() - this.createdAt > this.#core.options.acknowledgeMs;
  }

  /** "… is thinking". */
  get loading(): boolean {
    return this.reply?.loading ?? false;
  }

  /** The message with which it was answered; null while there is none, and once it is deleted. */
  get reply(): LocalMessage | null {
    return this.original === null || this.original === this.source || this.original.deleted
      ? null
      : this.original;
  }

  get deleted(): boolean {
    return this.original?.deleted ?? false;
  }

  /** Every state that the reply had, the first included. */
  get edits(): readonly { readonly at: number; readonly message: APIMessage }[] {
    return this.original === null || this.original === this.source ? [] : this.original.history;
  }

  get ephemeral(): boolean {
    return this.original !== null && this.original !== this.source && this.original.ephemeral;
  }

  /** The message of the clicked component, once this interaction has changed it. */
  get updated(): LocalMessage | null {
    return this.source !== null &&
      this.original === this.source &&
      this.source.history.length > this.#sourceStates
      ? this.source
      : null;
  }

  /** Waits; by default until the member sees the outcome: a reply that is not "thinking", an update, a modal, choices. */
  async settled(predicate: (self: this) => boolean = isSettled, timeoutMs = 5000): Promise<this> {
    await this.#core
      .until(() => predicate(this), timeoutMs, "the interaction has not settled")
      .catch((error: Error) => {
        throw new Error(`${error.message}: ${this.summary()}`, { cause: error });
      });
    return this;
  }

  summary(): string {
    return JSON.stringify({
      delivered: this.delivered,
      acknowledgedAfterMs: this.acknowledgedAfterMs,
      response: this.response === null ? null : InteractionResponseType[this.response],
      loading: this.loading,
      reply: this.reply?.content ?? null,
      followups: this.followups.map((message) => message.content),
      errors: this.errors,
    });
  }
}

function isSettled(self: Interaction): boolean {
  switch (self.response) {
    case null:
      return false;
    case InteractionResponseType.DeferredMessageUpdate:
      return self.updated !== null || self.followups.length > 0 || self.deleted;
    case InteractionResponseType.DeferredChannelMessageWithSource:
      return !self.loading || self.deleted;
    default:
      return true;
  }
}

function describe(self: Interaction, start: InteractionStart): APIMessageInteractionMetadata {
  const { member, channel, source, target, opener } = start;
  const common = {
    id: self.id,
    type: start.type,
    user: member.user,
    authorizing_integration_owners: owners(channel),
  };
  if (start.type === InteractionType.MessageComponent)
    return { ...common, interacted_message_id: source?.id ?? "" } as unknown as APIMessageInteractionMetadata;
  if (start.type === InteractionType.ModalSubmit)
    return {
      ...common,
      triggering_interaction_metadata: opener?.metadata,
    } as unknown as APIMessageInteractionMetadata;
  if (target === undefined) return common as unknown as APIMessageInteractionMetadata;
  return {
    ...common,
    ...("user" in target ? { target_user: target.user } : { target_message_id: target.id }),
  } as unknown as APIMessageInteractionMetadata;
}

/** `0` is the guild installation: its guild, or 0 in a direct message with the bot. */
export function owners(channel: Channel): Record<string, string> {
  return { "0": channel.guild?.id ?? "0" };
}
