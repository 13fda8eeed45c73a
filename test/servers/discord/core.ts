import { EventEmitter } from "node:events";
import type { APIApplication, APIUser } from "discord-api-types/v10";
import type { Gateway, PrivilegedIntent } from "./gateway.ts";
import type { Interaction } from "./interaction.ts";
import { applicationObject, userObject } from "./objects.ts";
import { snowflake } from "./snowflakes.ts";
import type { Channel, Guild, LocalMessage, Member, Pings } from "./state.ts";
import { State } from "./state.ts";

const POLL_MS = 20;

export interface CoreOptions {
  readonly privilegedIntents: readonly PrivilegedIntent[];
  readonly acknowledgeMs: number;
  readonly interactionTokenMs: number;
}

/** Whom one message of the bot notified. An edit notifies nobody, but says what it mentions. */
export interface PingRecord extends Pings {
  readonly message: LocalMessage;
  readonly edit: boolean;
}

/** What the gateway, the routes and the test's side share. */
export class Core {
  readonly state = new State();
  readonly options: CoreOptions;
  readonly bot: APIUser;
  readonly owner: APIUser;
  readonly interactions = new Map<string, Interaction>();
  readonly pings: PingRecord[] = [];
  readonly typing: { readonly at: number; readonly channel: Channel }[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #gateway: Gateway | null = null;
  /** `http://127.0.0.1:port`, known once the server listens. */
  address = "";

  constructor(options: CoreOptions) {
    this.options = options;
    this.bot = userObject(snowflake(), "rackmate", true);
    this.owner = userObject(snowflake(), "owner", false);
    this.state.users.set(this.bot.id, this.bot);
    this.state.users.set(this.owner.id, this.owner);
  }

  get gateway(): Gateway {
    if (this.#gateway === null) throw new Error("The gateway has not been started.");
    return this.#gateway;
  }

  attach(gateway: Gateway): void {
    this.#gateway = gateway;
  }

  /** The bot's application shares the bot's id, as those of today's applications do. */
  get application(): APIApplication {
    const { bot, owner, state, options } = this;
    return applicationObject(bot.id, bot, owner, state.guilds.size, options.privilegedIntents);
  }

  /** Whether the portal lets REST show message content. */
  get seesContent(): boolean {
    return this.options.privilegedIntents.includes("MessageContent");
  }

  botIn(guild: Guild | null): Member | null {
    return guild?.members.get(this.bot.id) ?? null;
  }

  readonly changed = (): void => {
    this.#changes.emit("change");
  };

  /** The first truthy value of `probe`, tried now, after every change and every 20 ms. */
  async until<T>(probe: () => T | null | undefined | false, timeoutMs: number, what: string): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        clearInterval(poll);
        this.#changes.off("change", attempt);
        act();
      };
      const attempt = (): void => {
        try {
          const value = probe();
          if (value) settle(() => resolve(value));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`After ${timeoutMs} ms: ${what}`))),
        timeoutMs,
      );
      // A probe may look at the test's own state too, whose changes nobody announces.
      const poll = setInterval(attempt, POLL_MS);
      this.#changes.on("change", attempt);
      attempt();
    });
  }
}
