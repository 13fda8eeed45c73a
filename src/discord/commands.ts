import { createHash } from "node:crypto";
import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  REST,
  type RESTGetCurrentApplicationResult,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  Routes,
} from "discord.js";
import { details } from "../answer/detail.ts";
import type { Config } from "../config.ts";
import { OperatorError } from "../errors.ts";
import type { Ledger } from "../ledger/types.ts";
import type { Logger } from "../log.ts";

/** Characters of a question; a message of a member can be as long. */
const longestQuestion = 2_000;

/** What a member needs who looks behind the answers. */
export const maintainerPermission = PermissionFlagsBits.ManageGuild;

/** Every command of the bot. */
export const commands: readonly RESTPostAPIChatInputApplicationCommandsJSONBody[] = [
  {
    type: ApplicationCommandType.ChatInput,
    name: "ask",
    description: "Ask about AI infrastructure; the answer cites its sources",
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: "question",
        description: "What you want to know",
        required: true,
        min_length: 1,
        max_length: longestQuestion,
      },
      {
        type: ApplicationCommandOptionType.Boolean,
        name: "private",
        description: "Only you see the answer",
      },
      {
        type: ApplicationCommandOptionType.String,
        name: "detail",
        description: "How much of the sources to show (short unless you say otherwise)",
        choices: details.map((name) => ({ name, value: name })),
      },
    ],
  },
  {
    type: ApplicationCommandType.ChatInput,
    name: "explain",
    description: "For maintainers: how an answer comes about, shown only to you",
    // A server's administrators may hand it to others, so the handler looks again.
    default_member_permissions: maintainerPermission.toString(),
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: "question",
        description: "The question as a member would ask it",
        required: true,
        min_length: 1,
        max_length: longestQuestion,
      },
    ],
  },
];

/** What identifies the registered definition: a change of any command changes it. */
export function definitionHash(): string {
  return createHash("sha256").update(JSON.stringify(commands)).digest("hex");
}

export interface Registration {
  readonly applicationId: string;
  /** Registers for one guild, where it shows at once; otherwise everywhere. */
  readonly guildId?: string | undefined;
}

/** Replaces the registered commands by ours. Throws what discord.js throws. */
export async function registerCommands(rest: REST, { applicationId, guildId }: Registration): Promise<void> {
  const route = guildId
    ? Routes.applicationGuildCommands(applicationId, guildId)
    : Routes.applicationCommands(applicationId);
  await rest.put(route, { body: commands });
}

/**
 * Registers at the bot's start when the definition has changed since the last time. A failure is logged and
 * tried again at the next start: mentions and direct messages work without commands.
 */
export async function registerWhenChanged(
  rest: REST,
  registration: Registration,
  { ledger, log }: { readonly ledger: Ledger; readonly log: Logger },
): Promise<void> {
  const { applicationId, guildId } = registration;
  const key = `commands:${applicationId}:${guildId ?? "global"}`;
  const hash = definitionHash();
  try {
    if ((await ledger.setting(key)) === hash) return;
    await registerCommands(rest, registration);
    await ledger.set(key, hash);
    log.info({ guildId }, "The slash commands were registered.");
  } catch (error) {
    log.warn(
      { err: error },
      "The slash commands could not be registered; mentions and direct messages work.",
    );
  }
}

/**
 * Registers with the configuration alone, without connecting to the gateway. Returns a sentence for the
 * operator. Throws OperatorError.
 */
export async function registerFromConfig(config: Config): Promise<string> {
  const { DISCORD_TOKEN: token, DISCORD_GUILD_ID: guildId, DISCORD_API_URL: api } = config;
  if (!token) throw new OperatorError("DISCORD_TOKEN is not set: put the bot's token into .env.");
  const rest = new REST(api ? { api: api.replace(/\/+$/, "") } : {}).setToken(token.replace(/^Bot\s+/i, ""));
  try {
    const applicationId = config.DISCORD_APPLICATION_ID ?? (await ownApplication(rest));
    await registerCommands(rest, { applicationId, guildId });
    const names = commands.map(({ name }) => `/${name}`).join(", ");
    return guildId
      ? `Registered ${names} for the server ${guildId}.`
      : `Registered ${names} for every server; Discord may take a while to show it everywhere.`;
  } catch (error) {
    throw registrationError(error, config);
  }
}

async function ownApplication(rest: REST): Promise<string> {
  const { id } = (await rest.get(Routes.currentApplication())) as RESTGetCurrentApplicationResult;
  return id;
}

function registrationError(error: unknown, { DISCORD_GUILD_ID: guildId }: Config): OperatorError {
  const { status } = error as { status?: unknown };
  const message = error instanceof Error ? error.message : String(error);
  if (status === 401) {
    return new OperatorError("Discord refused DISCORD_TOKEN: copy the bot's token again into .env.", {
      cause: error,
    });
  }
  if (status === 403 || status === 404) {
    const where = guildId ? "that the bot is in the server of DISCORD_GUILD_ID, and " : "";
    return new OperatorError(
      `Discord refused to register the commands (${message}): check ${where}DISCORD_APPLICATION_ID.`,
      { cause: error },
    );
  }
  return new OperatorError(
    `The commands could not be registered (${message}): check the network and DISCORD_API_URL, and try again.`,
    { cause: error },
  );
}
