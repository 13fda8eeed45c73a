import { type Client, Events, RESTEvents } from "discord.js";
import type { AnswerService } from "../answer/service.ts";
import type { Config } from "../config.ts";
import type { Ledger } from "../ledger/types.ts";
import type { Logger } from "../log.ts";
import type { BotTools } from "./answer-question.ts";
import { createClient, fatalClose, logIn } from "./client.ts";
import { registerWhenChanged } from "./commands.ts";
import { handleInteraction } from "./handle-interaction.ts";
import { handleMessage } from "./handle-message.ts";
import { createInbox } from "./inbox.ts";

export interface BotOptions {
  readonly config: Config;
  readonly service: Pick<AnswerService, "ask">;
  readonly ledger: Ledger;
  readonly log: Logger;
}

export interface Bot {
  /** How the bot is called in Discord. */
  readonly name: string;
  /** Resolves after `stop`; rejects with an OperatorError when Discord ends the connection for good. */
  readonly closed: Promise<void>;
  /**
   * Takes no new questions, finishes those in flight within SHUTDOWN_TIMEOUT_MS (what is left says that it was
   * stopped) and leaves. The service and the ledger stay open. Never throws; a second call waits for the first.
   */
  stop(): Promise<void>;
}

/** Logs in and answers until stopped. Throws OperatorError when Discord refuses or does not answer. */
export async function startBot({ config, service, ledger, log }: BotOptions): Promise<Bot> {
  const inbox = createInbox(log);
  const tools: BotTools = { config, service, ledger, log, inbox };
  const client = createClient(config);
  let close: (fatal?: Error) => void = () => {};
  const closed = new Promise<void>((resolve, reject) => {
    close = (fatal) => (fatal ? reject(fatal) : resolve());
  });
  // Whoever does not wait for it is not to be ended by it.
  closed.catch(() => {});

  logConnection(client, log);
  client.on(Events.ShardDisconnect, ({ code }) => {
    const fatal = fatalClose(code);
    if (fatal) close(fatal);
  });
  client.on(
    Events.InteractionCreate,
    guarded((interaction) => handleInteraction(interaction, tools), log),
  );
  client.on(
    Events.MessageCreate,
    guarded((message) => handleMessage(message, tools), log),
  );

  const ready = await logIn(client, config);
  log.info({ name: ready.user.tag, guilds: ready.guilds.cache.size }, "The bot is ready.");
  // Compatible servers may not name the application.
  const named: { readonly id: string } | null = ready.application;
  const applicationId = config.DISCORD_APPLICATION_ID ?? named?.id;
  if (applicationId) {
    await registerWhenChanged(
      ready.rest,
      { applicationId, guildId: config.DISCORD_GUILD_ID },
      { ledger, log },
    );
  } else {
    log.warn(
      "This server names no application, so there are no slash commands; mentions and direct messages work.",
    );
  }

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await inbox.close(config.SHUTDOWN_TIMEOUT_MS);
    await client.destroy().catch((error: unknown) => log.warn({ err: error }, "Leaving Discord failed."));
    close();
  };
  return {
    name: ready.user.username,
    closed,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** An event handler that lets nothing through to the client, which would end the process. */
function guarded<T>(handle: (event: T) => void, log: Logger): (event: T) => void {
  return (event) => {
    try {
      handle(event);
    } catch (error) {
      log.error({ err: error }, "An event could not be handled.");
    }
  };
}

function logConnection(client: Client, log: Logger): void {
  // Without these two listeners an error of the connection would end the process.
  client.on(Events.Error, (error) => log.error({ err: error }, "The Discord client met an error."));
  client.on(Events.ShardError, (error) =>
    log.warn({ err: error }, "The connection to Discord met an error."),
  );
  client.on(Events.Warn, (message) => log.warn(message));
  client.on(Events.ShardReconnecting, (shard) => log.info({ shard }, "Reconnecting to Discord."));
  client.on(Events.ShardResume, (shard, missed) =>
    log.info({ shard, missed }, "The connection to Discord was resumed."),
  );
  client.rest.on(RESTEvents.RateLimited, ({ route, retryAfter, global }) =>
    log.debug({ route, retryAfter, global }, "Discord limits the rate."),
  );
  client.rest.on(RESTEvents.InvalidRequestWarning, ({ count, remainingTime }) =>
    log.warn(
      { count, remainingTime },
      "Discord refused many requests; it bans an address after 10,000 in ten minutes.",
    ),
  );
}
