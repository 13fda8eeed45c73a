import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { type Config, parseConfig } from "../../src/config.ts";
import { type Bot, startBot } from "../../src/discord/bot.ts";
import type { Ledger } from "../../src/ledger/types.ts";
import { createLogger } from "../../src/log.ts";
import { answered, type FakeAnswerService, fakeAnswerService } from "../fakes/answer-service.ts";
import { fakeLedger } from "../fakes/ledger.ts";
import {
  type Channel,
  type DiscordOptions,
  type LocalDiscord,
  type LocalMessage,
  type Member,
  startDiscord,
} from "../servers/discord/index.ts";

export const token = "local-token";

export interface StartOptions {
  readonly discord?: DiscordOptions;
  readonly config?: Readonly<Record<string, string>>;
  readonly ledger?: Ledger;
}

export interface Room {
  readonly discord: LocalDiscord;
  readonly service: FakeAnswerService;
  readonly ledger: Ledger & { readonly records?: ReturnType<typeof fakeLedger>["records"] };
  readonly ada: Member;
  readonly grace: Member;
  readonly general: Channel;
  /** Every line logged so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  bot: Bot;
  /** Waits until the bot is done with so many questions, the ledger's part included. */
  done(questions: number): Promise<void>;
  /** Waits for a log line with this message. */
  logged(message: RegExp): Promise<Record<string, unknown>>;
  /** Stops the bot and starts another one on the same ledger. */
  restart(): Promise<void>;
  /** /ask in a channel. */
  ask(member: Member, question: string, options?: AskOptions): ReturnType<LocalDiscord["slash"]>;
}

export interface AskOptions {
  readonly private?: boolean;
  readonly channel?: Channel;
}

/** A local Discord with the bot in it, answering "Echo: …" until it is scripted; both end with the test. */
export async function startRoom({
  discord: server,
  config: given,
  ledger = fakeLedger(),
}: StartOptions = {}): Promise<Room> {
  const discord = await startDiscord({ token, ...server });
  const service = fakeAnswerService(({ question }) => answered(`Echo: ${question} [1]`));
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({ LOG_LEVEL: "debug" }, collect(lines));
  const config = configFor(discord, given);
  const start = async () => {
    const bot = await startBot({ config, service, ledger, log });
    await discord.connected();
    return bot;
  };
  const room: Room = {
    discord,
    service,
    ledger,
    lines,
    ada: discord.member("ada"),
    grace: discord.member("grace"),
    general: discord.channel("general"),
    bot: await start(),
    async done(questions) {
      const finished = () => lines.filter(({ msg }) => msg === "A question was answered.").length;
      await eventually(() => (finished() >= questions ? true : undefined));
    },
    logged: (message) => eventually(() => lines.find(({ msg }) => message.test(String(msg)))),
    async restart() {
      await room.bot.stop();
      room.bot = await start();
    },
    ask: (member, question, { private: hidden, channel = room.general } = {}) =>
      discord.slash(member, channel, "ask", {
        question,
        ...(hidden === undefined ? {} : { private: hidden }),
      }),
  };
  onTestFinished(async () => {
    await room.bot.stop();
    await discord.close();
  });
  return room;
}

export function configFor(discord: LocalDiscord, given: Readonly<Record<string, string>> = {}): Config {
  return parseConfig({
    DISCORD_TOKEN: token,
    DISCORD_API_URL: discord.api,
    SHUTDOWN_TIMEOUT_MS: "2000",
    ...given,
  });
}

/** A stream that keeps each logged line. */
export function collect(lines: Record<string, unknown>[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).trim().split("\n")) lines.push(JSON.parse(line));
      done();
    },
  });
}

/** The messages that the bot wrote in a channel. */
export function fromBot(discord: LocalDiscord, channel: Channel): LocalMessage[] {
  return discord.messages(channel).filter(({ author }) => author.id === discord.bot.id);
}

/** Polls until there is something; fails after ten seconds. */
export async function eventually<T>(probe: () => T | undefined): Promise<T> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    const found = probe();
    if (found !== undefined) return found;
    await pause(20);
  }
  throw new Error(`Still waiting for ${probe}`);
}

/** A promise and its resolve. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
