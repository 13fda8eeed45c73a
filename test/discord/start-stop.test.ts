import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startBot } from "../../src/discord/bot.ts";
import { createClient, logIn } from "../../src/discord/client.ts";
import { registerFromConfig } from "../../src/discord/commands.ts";
import { OperatorError } from "../../src/errors.ts";
import { createLogger } from "../../src/log.ts";
import { answered, fakeAnswerService } from "../fakes/answer-service.ts";
import { fakeLedger } from "../fakes/ledger.ts";
import { type DiscordOptions, type LocalDiscord, startDiscord } from "../servers/discord/index.ts";
import { collect, configFor, fromBot, gate, startRoom } from "./set-up.ts";

const registrations = "PUT /applications/*/commands";

describe("logging in", () => {
  let discord: LocalDiscord | undefined;
  afterEach(async () => {
    await discord?.close();
    discord = undefined;
  });

  async function refusal(
    options: DiscordOptions,
    config: Readonly<Record<string, string>> = {},
  ): Promise<Error> {
    discord = await startDiscord(options);
    const lines: Record<string, unknown>[] = [];
    const started = startBot({
      config: configFor(discord, config),
      service: fakeAnswerService(),
      ledger: fakeLedger(),
      log: createLogger({ LOG_LEVEL: "debug" }, collect(lines)),
    });
    const error = await started.then(
      () => new Error("It logged in."),
      (reason: Error) => reason,
    );
    expect(JSON.stringify(lines)).not.toContain("a-wrong-token");
    return error;
  }

  it("with a wrong token is one sentence that names the variable and not the token", async () => {
    const error = await refusal({}, { DISCORD_TOKEN: "a-wrong-token" });
    expect(error).toBeInstanceOf(OperatorError);
    expect(error.message).toMatch(/^Discord refused DISCORD_TOKEN: /);
    expect(error.message).not.toContain("a-wrong-token");
  });

  it("with a token that only the gateway refuses is the same sentence", async () => {
    const error = await refusal({ gatewayToken: "another" });
    expect(error).toBeInstanceOf(OperatorError);
    expect(error.message).toMatch(/^Discord refused DISCORD_TOKEN: /);
  });

  it("without a token says so", async () => {
    discord = await startDiscord();
    const { DISCORD_TOKEN: _, ...config } = configFor(discord);
    const log = createLogger({ LOG_LEVEL: "silent" });
    const started = startBot({ config, service: fakeAnswerService(), ledger: fakeLedger(), log });
    await expect(started).rejects.toThrow(/DISCORD_TOKEN is not set/);
  });

  it("that never ends is given up after DISCORD_LOGIN_TIMEOUT_MS", async () => {
    discord = await startDiscord();
    discord.fault("GET /gateway/bot", { kind: "stall" }, { times: 9 });
    const before = Date.now();
    const started = startBot({
      config: configFor(discord, { DISCORD_LOGIN_TIMEOUT_MS: "1000" }),
      service: fakeAnswerService(),
      ledger: fakeLedger(),
      log: createLogger({ LOG_LEVEL: "silent" }),
    });
    await expect(started).rejects.toThrow(/within 1 s.*DISCORD_LOGIN_TIMEOUT_MS/);
    expect(Date.now() - before).toBeLessThan(3_000);
  });

  it("that cannot reach Discord names the address to check", async () => {
    const server = createServer((_, response) => response.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
    const error = await refusal({}, { DISCORD_API_URL: api, DISCORD_LOGIN_TIMEOUT_MS: "20000" });
    server.close();
    expect(error).toBeInstanceOf(OperatorError);
    expect(error.message).toMatch(/DISCORD_API_URL/);
  });

  it("asks for no privileged intent", async () => {
    const room = await startRoom();
    expect(room.discord.identifies.map(({ intents }) => intents)).toEqual([1 + (1 << 9) + (1 << 12)]);
  });

  it("with refused intents is one sentence", async () => {
    discord = await startDiscord();
    const client = createClient({ DISCORD_API_URL: discord.api });
    client.options.intents = client.options.intents.add("MessageContent");
    await expect(logIn(client, configFor(discord))).rejects.toThrow(/^Discord refused the intents/);
  });
});

describe("the slash commands", () => {
  it("are registered at the first start and then only when their definition changes", async () => {
    const room = await startRoom();
    expect(room.discord.requestsTo(registrations)).toHaveLength(1);
    expect(room.discord.registeredCommands().map(({ name }) => name)).toEqual(["ask", "explain"]);
    await room.restart();
    expect(room.discord.requestsTo(registrations)).toHaveLength(1);
    await room.ledger.set(`commands:${room.discord.bot.id}:global`, "the hash of an older definition");
    await room.restart();
    expect(room.discord.requestsTo(registrations)).toHaveLength(2);
  });

  it("are registered for one guild when it is named", async () => {
    const discord = await startDiscord();
    const bot = await startBot({
      config: configFor(discord, { DISCORD_GUILD_ID: discord.guild.id }),
      service: fakeAnswerService(),
      ledger: fakeLedger(),
      log: createLogger({ LOG_LEVEL: "silent" }),
    });
    expect(discord.registeredCommands(discord.guild).map(({ name }) => name)).toEqual(["ask", "explain"]);
    expect(discord.registeredCommands()).toEqual([]);
    await bot.stop();
    await discord.close();
  });

  it("that cannot be registered keep the bot from nothing, and are tried again at the next start", async () => {
    const discord = await startDiscord();
    discord.fault(registrations, {
      kind: "status",
      status: 403,
      body: { message: "Missing Access", code: 50001 },
    });
    const lines: Record<string, unknown>[] = [];
    const ledger = fakeLedger();
    const options = {
      config: configFor(discord),
      service: fakeAnswerService(() => answered("Yes [1].")),
      ledger,
      log: createLogger({ LOG_LEVEL: "info" }, collect(lines)),
    };
    const bot = await startBot(options);
    await discord.dm(discord.member("ada"), "are you there?");
    expect((await discord.nextMessage(discord.dmChannel(discord.member("ada")))).content).toContain("Yes");
    expect(lines.some(({ msg }) => /could not be registered/.test(String(msg)))).toBe(true);
    await bot.stop();
    await (await startBot(options)).stop();
    expect(discord.registeredCommands().map(({ name }) => name)).toEqual(["ask", "explain"]);
    await discord.close();
  });

  it("can be registered without the gateway", async () => {
    const discord = await startDiscord();
    expect(await registerFromConfig(configFor(discord))).toMatch(
      /^Registered \/ask, \/explain for every server/,
    );
    expect(discord.registeredCommands().map(({ name }) => name)).toEqual(["ask", "explain"]);
    const guild = { DISCORD_GUILD_ID: discord.guild.id };
    expect(await registerFromConfig(configFor(discord, guild))).toContain(discord.guild.id);
    expect(discord.registeredCommands(discord.guild)).toHaveLength(2);
    await expect(registerFromConfig(configFor(discord, { DISCORD_TOKEN: "wrong" }))).rejects.toThrow(
      /DISCORD_TOKEN/,
    );
    const elsewhere = { DISCORD_GUILD_ID: "100000000000000001" };
    await expect(registerFromConfig(configFor(discord, elsewhere))).rejects.toThrow(/DISCORD_GUILD_ID/);
    expect(discord.identifies).toEqual([]);
    await discord.close();
  });
});

describe("stopping", () => {
  it("finishes the answer in flight, turns new questions away kindly, and then leaves", async () => {
    const { discord, service, ask, ada, general, bot, ledger } = await startRoom();
    const open = gate();
    service.script(async ({ question, signal }) => {
      await open.opened;
      signal?.throwIfAborted();
      return answered(`Echo: ${question} [1]`);
    });
    const asked = await ask(ada, "In flight?");
    await discord.until(() => service.asked.length === 1);
    const stopped = bot.stop();
    const refused = await (await ask(ada, "Too late?")).settled();
    expect(refused.reply?.content).toMatch(/^I am just restarting/);
    expect(refused.ephemeral).toBe(true);
    await discord.say(ada, general, "@bot too late?");
    expect(
      (await discord.nextMessage(general, ({ content }) => /restarting/.test(content))).content,
    ).toBeTruthy();
    expect(discord.gateway.connected).toBe(true);
    open.open();
    await stopped;
    expect(asked.reply?.content).toContain("Echo: In flight?");
    expect(ledger.records?.map(({ label }) => label)).toEqual(["answered"]);
    expect(service.asked).toHaveLength(1);
    await discord.until(() => !discord.gateway.connected);
    await bot.closed;
  });

  it("is bounded: an answer that does not come is stopped, and its member told", async () => {
    const { discord, service, ask, ada, bot, ledger, general } = await startRoom({
      config: { SHUTDOWN_TIMEOUT_MS: "300" },
    });
    service.script(
      ({ signal }) =>
        new Promise((_, reject) =>
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
        ),
    );
    const asked = await ask(ada, "For ever?");
    await discord.until(() => service.asked.length === 1);
    const before = Date.now();
    await Promise.all([bot.stop(), bot.stop()]);
    expect(Date.now() - before).toBeLessThan(2_500);
    expect(asked.reply?.content).toMatch(/^I had to stop/);
    expect(ledger.records?.map(({ label }) => label)).toEqual(["stopped"]);
    expect(fromBot(discord, general)).toHaveLength(1);
  });

  it("is bounded even when an answer ignores its signal", async () => {
    const { discord, service, ask, ada, bot } = await startRoom({ config: { SHUTDOWN_TIMEOUT_MS: "100" } });
    service.script(() => new Promise(() => {}));
    await ask(ada, "Deaf?");
    await discord.until(() => service.asked.length === 1);
    const before = Date.now();
    await bot.stop();
    expect(Date.now() - before).toBeLessThan(5_000);
  });
});
