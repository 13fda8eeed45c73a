import {
  Client,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  Options,
  Partials,
} from "discord.js";
import type { Config } from "../config.ts";
import { OperatorError } from "../errors.ts";

/** Members and users kept in memory; discord.js keeps all that it ever sees unless told otherwise. */
const mostPeople = 200;
/** Seconds between two sweeps of what is cached, and the age from which it goes. */
const sweepSeconds = 3_600;

/** Caches of what this bot never reads are empty; guilds, channels and roles must stay, says discord.js. */
const emptyCaches = {
  MessageManager: 0,
  ReactionManager: 0,
  ReactionUserManager: 0,
  PresenceManager: 0,
  VoiceStateManager: 0,
  ThreadMemberManager: 0,
  GuildBanManager: 0,
  GuildInviteManager: 0,
  GuildEmojiManager: 0,
  BaseGuildEmojiManager: 0,
  GuildStickerManager: 0,
  GuildScheduledEventManager: 0,
  StageInstanceManager: 0,
  AutoModerationRuleManager: 0,
  ApplicationCommandManager: 0,
  EntitlementManager: 0,
} as const;

/** A client that may hear what needs no privileged intent, and keeps little in memory. */
export function createClient(config: Pick<Config, "DISCORD_API_URL">): Client {
  const self = (id: string, client: Client) => id === client.user?.id;
  return new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    // Direct messages come from channels that are not known beforehand.
    partials: [Partials.Channel],
    // The second lock after each payload's own setting.
    allowedMentions: { parse: [], repliedUser: false },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      ...emptyCaches,
      GuildMemberManager: { maxSize: mostPeople, keepOverLimit: ({ id, client }) => self(id, client) },
      UserManager: { maxSize: mostPeople, keepOverLimit: ({ id, client }) => self(id, client) },
    }),
    sweepers: {
      ...Options.DefaultSweeperSettings,
      users: {
        interval: sweepSeconds,
        filter:
          () =>
          ({ id, client }) =>
            !self(id, client),
      },
      guildMembers: {
        interval: sweepSeconds,
        filter:
          () =>
          ({ id, client }) =>
            !self(id, client),
      },
    },
    ...(config.DISCORD_API_URL ? { rest: { api: config.DISCORD_API_URL.replace(/\/+$/, "") } } : {}),
  });
}

/**
 * Logs in and waits until the client is ready, within DISCORD_LOGIN_TIMEOUT_MS: some servers never settle a
 * login. Throws OperatorError in one sentence; the client is destroyed then.
 */
export async function logIn(
  client: Client,
  config: Pick<Config, "DISCORD_TOKEN" | "DISCORD_LOGIN_TIMEOUT_MS" | "DISCORD_API_URL">,
): Promise<Client<true>> {
  const { DISCORD_TOKEN: token, DISCORD_LOGIN_TIMEOUT_MS: limit } = config;
  if (!token) throw new OperatorError("DISCORD_TOKEN is not set: put the bot's token into .env.");
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new OperatorError(
          `Discord did not finish the login within ${limit / 1000} s: check the network and DISCORD_API_URL, or raise DISCORD_LOGIN_TIMEOUT_MS.`,
        ),
      );
    }, limit);
  });
  // After a refused login nobody waits for this one.
  late.catch(() => {});
  try {
    return await Promise.race([client.login(token).then(() => ready), late]);
  } catch (error) {
    // Not awaited: discord.js may wait for a connection that never comes.
    client.destroy().catch(() => {});
    throw loginError(error);
  } finally {
    clearTimeout(timer);
  }
}

function loginError(error: unknown): OperatorError {
  if (error instanceof OperatorError) return error;
  const { code, status } = error as { code?: unknown; status?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  if (
    code === DiscordjsErrorCodes.TokenInvalid ||
    status === 401 ||
    /invalid token|authentication failed/i.test(message)
  ) {
    return new OperatorError(wrongToken, { cause: error });
  }
  if (/(disallowed|invalid) intents/i.test(message))
    return new OperatorError(refusedIntents, { cause: error });
  if (/sessions? remaining/i.test(message)) {
    return new OperatorError(
      "Discord allows no more logins with this DISCORD_TOKEN today: find out what keeps restarting the bot, and try again tomorrow.",
      { cause: error },
    );
  }
  return new OperatorError(
    `Discord could not be reached (${message}): check the network and DISCORD_API_URL, and try again.`,
    { cause: error },
  );
}

const wrongToken =
  "Discord refused DISCORD_TOKEN: copy the bot's token again from https://discord.com/developers/applications (Bot, Reset Token) into .env.";
const refusedIntents =
  "Discord refused the intents that the bot asks for: Rackmate needs no privileged intent, so check that DISCORD_TOKEN belongs to a bot that is not disabled.";

/** What a connection that Discord ended for good means for the operator; undefined for one that comes back. */
export function fatalClose(code: number): OperatorError | undefined {
  switch (code) {
    case GatewayCloseCodes.AuthenticationFailed:
      return new OperatorError(wrongToken);
    case GatewayCloseCodes.DisallowedIntents:
    case GatewayCloseCodes.InvalidIntents:
      return new OperatorError(refusedIntents);
    case GatewayCloseCodes.InvalidShard:
    case GatewayCloseCodes.ShardingRequired:
      return new OperatorError(
        "Discord asks for sharding: the bot is in too many servers for one connection.",
      );
    case GatewayCloseCodes.InvalidAPIVersion:
      return new OperatorError("Discord no longer accepts this version of its interface: update Rackmate.");
    default:
      return undefined;
  }
}
