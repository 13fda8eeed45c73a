import { Client, Events, GatewayIntentBits, Status } from "discord.js";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { cleanUp, client, discord, logIn, ORDINARY, registered, start, TOKEN } from "./discord-client.ts";

cleanUp();

describe("logging in", () => {
  it("gives the bot its user, its guild and the guild's channels", async () => {
    await start();
    await logIn();
    expect(client.user?.id).toBe(discord.bot.id);
    const guild = client.guilds.cache.get(discord.guild.id);
    expect(guild?.available).toBe(true);
    expect(guild?.channels.cache.map((channel) => channel.name)).toEqual(["general", "help", "questions"]);
    expect(guild?.members.cache.map((member) => member.id)).toEqual([discord.bot.id]);
    expect(discord.identifies).toHaveLength(1);
  });

  it("refuses a wrong token over REST", async () => {
    await start();
    await expect(client.login("another-token")).rejects.toThrow(/token/i);
    expect(discord.identifies).toHaveLength(0);
  });

  it("refuses a wrong token at the gateway with 4004", async () => {
    await start({ gatewayToken: "a-third-token" });
    const failed = client.login(TOKEN).then(
      () => "logged in",
      (error: Error) => error.message,
    );
    await discord.until(() => discord.gateway.closes.some(({ code }) => code === 4004));
    expect(await failed).toMatch(/authentication failed/i);
  });

  it("refuses a privileged intent that the portal does not grant with 4014", async () => {
    await start({}, [...ORDINARY, GatewayIntentBits.MessageContent]);
    await expect(client.login(TOKEN)).rejects.toThrow(/disallowed intents/i);
    expect(discord.gateway.closes.map(({ code }) => code)).toContain(4014);
  });

  it("accepts it once granted, and refuses intents that do not exist with 4013", async () => {
    await start({ privilegedIntents: ["MessageContent"] }, [...ORDINARY, GatewayIntentBits.MessageContent]);
    await logIn();
    expect(client.isReady()).toBe(true);
    const other = new Client({ intents: [], rest: { api: discord.api } });
    Object.assign(other.options, { intents: { bitfield: 1 << 30, has: () => true } });
    await expect(other.login(TOKEN)).rejects.toThrow(/invalid intents/i);
    await other.destroy();
  });

  it("tells of a guild that the bot joins and leaves", async () => {
    await start();
    await logIn();
    const joined = new Promise<string>((resolve) =>
      client.once(Events.GuildCreate, (guild) => resolve(guild.name)),
    );
    const second = discord.addGuild({ name: "Second", channels: ["lobby"] });
    expect(await joined).toBe("Second");
    const left = new Promise<string>((resolve) =>
      client.once(Events.GuildDelete, (guild) => resolve(guild.id)),
    );
    discord.removeGuild(second);
    expect(await left).toBe(second.id);
  });
});

describe("the gateway", () => {
  it("replays after a resumable disconnect what the client has missed", async () => {
    await start();
    await logIn();
    const contents: string[] = [];
    client.on(Events.MessageCreate, (message) => void contents.push(message.content));
    discord.gateway.disconnect({ code: 4000 });
    await discord.dm(discord.member("ada"), "while you were away");
    await discord.until(() => contents.length === 1, 10_000);
    expect(contents).toEqual(["while you were away"]);
    expect(discord.resumes).toMatchObject([{ accepted: true }]);
    expect(discord.identifies).toHaveLength(1);
  });

  it("makes the client identify anew once its session is gone", async () => {
    await start();
    await logIn();
    // Waited for: discord.js hangs in destroy() while it waits for READY.
    const again = new Promise((resolve) => client.once(Events.ShardReady, resolve));
    discord.gateway.disconnect({ code: 4000, resumable: false });
    await again;
    expect(discord.identifies).toHaveLength(2);
    expect(discord.resumes).toMatchObject([{ accepted: false }]);
  });

  it("drops a connection whose heartbeats it stops acknowledging, and lets it resume", async () => {
    await start({ heartbeatIntervalMs: 150 });
    await logIn();
    discord.gateway.muteHeartbeats(2);
    await discord.until(() => discord.resumes.length === 1, 10_000);
    expect(discord.resumes).toMatchObject([{ accepted: true }]);
  });

  it("makes the client resume with opcode 7 and with a resumable opcode 9", async () => {
    await start();
    await logIn();
    discord.gateway.reconnect();
    await discord.until(() => discord.resumes.length === 1 && discord.gateway.connected);
    // The client takes opcode 9 once it has seen RESUMED.
    await discord.until(() => client.ws.shards.first()?.status === Status.Ready);
    discord.gateway.invalidate({ resumable: true });
    await discord.until(() => discord.resumes.length === 2);
    expect(discord.resumes).toMatchObject([{ accepted: true }, { accepted: true }]);
    expect(discord.identifies).toHaveLength(1);
  });

  it("closes with 4008 after 120 sends in a minute, and with 4003 what has not identified", async () => {
    await start();
    const closed = async (sends: readonly object[]): Promise<number> => {
      const socket = new WebSocket(discord.api.replace("http", "ws").replace("/api", "/gateway"));
      const code = new Promise<number>((resolve) => socket.once("close", resolve));
      await new Promise((resolve) => socket.once("message", resolve));
      for (const one of sends) socket.send(JSON.stringify(one));
      return await code;
    };
    expect(await closed(Array.from({ length: 121 }, () => ({ op: 1, d: null })))).toBe(4008);
    expect(await closed([{ op: 3, d: {} }])).toBe(4003);
  });

  it("delivers an event twice when told to", async () => {
    await start();
    await registered();
    const ids: string[] = [];
    client.on(Events.InteractionCreate, (interaction) => void ids.push(interaction.id));
    const question = { question: "?" };
    const asked = await discord.slash(discord.member("ada"), discord.channel("general"), "ask", question);
    await discord.redeliver(asked);
    await discord.until(() => ids.length === 2);
    expect(ids).toEqual([asked.id, asked.id]);
  });
});
