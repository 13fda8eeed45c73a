import type { ChatInputCommandInteraction, Message } from "discord.js";
import { Client, Events, GatewayIntentBits, Partials } from "discord.js";
import { afterEach } from "vitest";
import type { DiscordOptions, LocalDiscord } from "./discord/index.ts";
import { startDiscord } from "./discord/index.ts";

// The real client against the local server, for the tests of the server itself.

export const TOKEN = "local-token";
export const ORDINARY = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.GuildMessageReactions,
];
export const ASK = {
  name: "ask",
  description: "Answers a question",
  options: [{ type: 3, name: "question", description: "The question", required: true, max_length: 300 }],
};

export let discord: LocalDiscord;
export let client: Client;

export async function start(
  options: DiscordOptions = {},
  intents: readonly number[] = ORDINARY,
): Promise<void> {
  discord = await startDiscord(options);
  client = new Client({
    intents: [...intents],
    partials: [Partials.Channel],
    rest: { api: discord.api, retries: 2, timeout: 5000 },
  });
}

export async function logIn(): Promise<void> {
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(TOKEN);
  await ready;
}

export async function registered(commands: readonly object[] = [ASK]): Promise<void> {
  await logIn();
  await client.application?.commands.set(commands as never);
}

export function onCommand(
  act: (interaction: ChatInputCommandInteraction) => Promise<unknown>,
): Promise<unknown> {
  return new Promise((resolve) => {
    client.on(Events.InteractionCreate, (interaction) => {
      if (interaction.isChatInputCommand()) resolve(act(interaction).catch((error: unknown) => error));
    });
  });
}

export const nextFrom = (): Promise<Message> =>
  new Promise((resolve) => client.once(Events.MessageCreate, (message) => resolve(message)));

/** Ends client and server after each test of the file that calls this. */
export function cleanUp(): void {
  afterEach(async () => {
    await client.destroy();
    await discord.close();
  });
}
