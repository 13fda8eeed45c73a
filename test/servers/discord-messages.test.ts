import { Events, GatewayIntentBits } from "discord.js";
import { describe, expect, it } from "vitest";
import {
  cleanUp,
  client,
  discord,
  logIn,
  nextFrom,
  ORDINARY,
  onCommand,
  registered,
  start,
  TOKEN,
} from "./discord-client.ts";

cleanUp();

describe("message content", () => {
  it("is empty without the intent, unless the bot is mentioned or it is a direct message", async () => {
    await start();
    await logIn();
    const [ada, general] = [discord.member("ada"), discord.channel("general")];
    let seen = nextFrom();
    await discord.say(ada, general, "nobody in particular");
    const hidden = await seen;
    expect(hidden.content).toBe("");
    expect((await hidden.fetch()).content).toBe("");
    seen = nextFrom();
    await hidden.reply("what was that?");
    expect((await seen).content).toBe("what was that?");
    expect(discord.events.findLast(({ t }) => t === "MESSAGE_CREATE")?.d).toMatchObject({
      content: "what was that?",
      referenced_message: { content: "" },
    });
    seen = nextFrom();
    await discord.say(ada, general, "@bot what is NVLink?");
    const mentioned = await seen;
    expect(mentioned.content).toBe(`<@${discord.bot.id}> what is NVLink?`);
    expect(mentioned.mentions.has(discord.bot.id)).toBe(true);
    seen = nextFrom();
    await discord.dm(ada, "between us");
    const direct = await seen;
    expect(direct.content).toBe("between us");
    expect(direct.guildId).toBeNull();
    await direct.reply("and me");
    expect(discord.messages(discord.dmChannel(ada)).map((message) => message.content)).toEqual([
      "between us",
      "and me",
    ]);
  });

  it("is there with the intent", async () => {
    await start({ privilegedIntents: ["MessageContent"] }, [...ORDINARY, GatewayIntentBits.MessageContent]);
    await logIn();
    const seen = nextFrom();
    await discord.say(discord.member("ada"), discord.channel("general"), "nobody in particular");
    expect((await seen).content).toBe("nobody in particular");
  });

  it("comes with a pinging reply to an ordinary message, not with one to the answer of a command", async () => {
    await start();
    await registered();
    const [ada, general] = [discord.member("ada"), discord.channel("general")];
    onCommand(async (interaction) => await interaction.reply("an answer"));
    const asked = await (await discord.slash(ada, general, "ask", { question: "?" })).settled();
    const channel = await client.channels.fetch(general.id);
    if (!channel?.isSendable()) throw new Error("no channel");
    await channel.send("an ordinary message");
    const ordinary = await discord.nextMessage(general, (message) => message.content.includes("ordinary"));
    const contents: string[] = [];
    client.on(Events.MessageCreate, (message) => void contents.push(message.content));
    if (asked.reply === null) throw new Error("no reply");
    await discord.say(ada, general, "to the command", { replyTo: asked.reply });
    await discord.say(ada, general, "pinging", { replyTo: ordinary });
    await discord.say(ada, general, "silent", { replyTo: ordinary, ping: false });
    await discord.until(() => contents.length === 3);
    expect(contents).toEqual(["", "pinging", ""]);
  });

  it("is not sent at all without the intents for messages, and a DM is lost without Partials.Channel", async () => {
    await start({}, [GatewayIntentBits.Guilds, GatewayIntentBits.DirectMessages]);
    client.options.partials = [];
    await logIn();
    const heard: string[] = [];
    client.on(Events.MessageCreate, (message) => void heard.push(message.content));
    await discord.say(discord.member("ada"), discord.channel("general"), "@bot hello");
    await discord.dm(discord.member("ada"), "hello");
    await discord.until(() => discord.events.some((event) => event.t === "MESSAGE_CREATE"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(discord.events.filter((event) => event.t === "MESSAGE_CREATE")).toHaveLength(1);
    expect(heard).toEqual([]);
  });
});

describe("what the bot sends", () => {
  async function general() {
    const channel = await client.channels.fetch(discord.channel("general").id);
    if (!channel?.isSendable()) throw new Error("no channel");
    return channel;
  }

  it("is refused with 50035 beyond the limits, and recorded", async () => {
    await start();
    await logIn();
    const channel = await general();
    await expect(channel.send("x".repeat(2001))).rejects.toMatchObject({
      code: 50035,
      rawError: { errors: { content: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH" }] } } },
    });
    const embeds = [1, 2].map(() => ({ description: "y".repeat(3001) }));
    await expect(channel.send({ embeds })).rejects.toThrow(/6000/);
    const button = { type: 2, style: 5, label: "Source", url: `https://example.org/${"a".repeat(500)}` };
    await expect(channel.send({ components: [{ type: 1, components: [button] }] })).rejects.toThrow(/512/);
    await expect(channel.send(" ")).rejects.toMatchObject({ code: 50006 });
    expect(discord.messages(discord.channel("general"))).toEqual([]);
    expect(() => discord.assertValid()).toThrow(/3 violations/);
    expect(discord.takeViolations().map((violation) => violation.kind)).toEqual(["limit", "limit", "limit"]);
  });

  it("is recorded as a violation where it does not follow the description", async (context) => {
    await start();
    if (!discord.validated) context.skip("there is no official description here");
    await logIn();
    const path = `/channels/${discord.channel("general").id}/messages` as const;
    await expect(client.rest.post(path, { body: { content: { text: "x" } } })).rejects.toMatchObject({
      code: 50035,
    });
    await expect(client.rest.post(path, { body: { embeds: { title: "x" } } })).rejects.toMatchObject({
      code: 50035,
    });
    await expect(client.rest.get("/sticker-packs")).rejects.toMatchObject({ status: 404 });
    expect(discord.takeViolations()).toMatchObject([
      { kind: "request", detail: expect.stringContaining("/content") },
      { kind: "request", detail: expect.stringContaining("/embeds") },
      { kind: "route" },
    ]);
  });

  it("needs the permissions of the channel", async () => {
    await start();
    await logIn();
    discord.setPermissions(discord.channel("general"), "bot", { deny: ["SendMessages"] });
    discord.setPermissions(discord.channel("help"), "everyone", { deny: ["ViewChannel"] });
    await expect((await general()).send("hello")).rejects.toMatchObject({ code: 50013, status: 403 });
    const help = `/channels/${discord.channel("help").id}/messages` as const;
    await expect(client.rest.post(help, { body: { content: "hello" } })).rejects.toMatchObject({
      code: 50001,
    });
    discord.setPermissions(discord.channel("general"), "bot", { allow: ["SendMessages"] });
    await (await general()).send("hello");
    expect(discord.messages(discord.channel("general"))).toHaveLength(1);
  });

  it("pings whom allowed_mentions lets it ping", async () => {
    await start({ botPermissions: ["ViewChannel", "SendMessages", "MentionEveryone"] });
    await logIn();
    const ada = discord.member("ada");
    const channel = await general();
    await channel.send(`@everyone and <@${ada.id}>`);
    await channel.send({ content: `@everyone and <@${ada.id}>`, allowedMentions: { parse: [] } });
    expect(discord.pings).toMatchObject([
      { everyone: true, users: [ada.id] },
      { everyone: false, users: [] },
    ]);
  });

  it("waits out a 429 for the route and loses nothing", async () => {
    await start();
    await logIn();
    const fault = discord.fault("POST /channels/*/messages", { kind: "rate-limit", retryAfterMs: 300 });
    const before = Date.now();
    await (await general()).send("patient");
    expect(Date.now() - before).toBeGreaterThanOrEqual(300);
    expect(fault.hits).toBe(1);
    expect(discord.requestsTo("POST /channels/*/messages").map((request) => request.status)).toEqual([
      429, 200,
    ]);
    const burst = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => (await general()).send(`${n}`)),
    );
    expect(burst).toHaveLength(6);
    const last = discord.requestsTo("POST /channels/*/messages");
    expect(last.every((request) => request.status === 200 || request === last[0])).toBe(true);
    expect((last.at(-1)?.at ?? 0) - (last[1]?.at ?? 0)).toBeGreaterThan(4000);
  });

  it("waits out a global 429, and gives up a request that stalls", async () => {
    await start();
    await logIn();
    const channel = await general();
    discord.fault("POST /channels/*/messages", { kind: "rate-limit", retryAfterMs: 400, global: true });
    const before = Date.now();
    await Promise.all([channel.send("one"), client.users.fetch(discord.member("ada").id)]);
    expect(Date.now() - before).toBeGreaterThanOrEqual(400);
    client.rest.options.timeout = 200;
    client.rest.options.retries = 0;
    const stalled = discord.fault("POST /channels/*/messages", { kind: "stall" });
    await expect(channel.send("two")).rejects.toThrow(/aborted/i);
    expect(stalled.hits).toBe(1);
    discord.member("ada").dmsClosed = true;
    await expect((await client.users.fetch(discord.member("ada").id)).send("hello")).rejects.toMatchObject({
      code: 50007,
    });
  });

  it("is refused with 429 when it does not wait", async () => {
    await start();
    await logIn();
    const url = `${discord.api}/v10/channels/${discord.channel("general").id}/messages`;
    const headers = { Authorization: `Bot ${TOKEN}`, "Content-Type": "application/json" };
    const send = () => fetch(url, { method: "POST", headers, body: JSON.stringify({ content: "x" }) });
    const replies = await Promise.all(Array.from({ length: 6 }, send));
    const refused = replies.filter((reply) => reply.status === 429);
    expect(refused).toHaveLength(1);
    expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(1);
    expect(refused[0]?.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(await refused[0]?.json()).toMatchObject({ global: false, retry_after: expect.any(Number) });
    expect(discord.messages(discord.channel("general"))).toHaveLength(5);
  });

  it("meets a server error, a cut connection and a malformed answer", async () => {
    await start();
    await logIn();
    discord.fault("POST /channels/*/messages", { kind: "status", status: 500 });
    await (await general()).send("retried");
    expect(discord.messages(discord.channel("general"))).toHaveLength(1);
    discord.fault("POST /channels/*/messages", { kind: "cut", reset: true, carriedOut: true });
    await (await general()).send({ content: "once", nonce: "n1", enforceNonce: true });
    const contents = discord.messages(discord.channel("general")).map((message) => message.content);
    expect(contents).toEqual(["retried", "once"]);
    // discord.js repeats a request after a reset, and not after an orderly close.
    discord.fault("POST /channels/*/messages", { kind: "cut" });
    await expect((await general()).send("lost")).rejects.toThrow(/other side closed/);
    discord.fault("POST /channels/*/messages", { kind: "malformed" });
    await expect((await general()).send("spoiled")).rejects.toThrow(SyntaxError);
  });

  it("carries files, reactions and threads", async () => {
    await start();
    await logIn();
    const channel = await general();
    const sent = await channel.send({
      content: "a log",
      files: [{ attachment: Buffer.from("line\r\n--x\r\n"), name: "log.txt" }],
    });
    const url = sent.attachments.first()?.url ?? "";
    expect(await (await fetch(url)).text()).toBe("line\r\n--x\r\n");
    await sent.react("👍");
    const thread = await sent.startThread({ name: "About the log" });
    await thread.send("in the thread");
    const local = discord.channel("About the log");
    expect(local.id).toBe(sent.id);
    expect(discord.messages(local).map((message) => message.content)).toEqual(["in the thread"]);
    expect((await thread.messages.fetch()).size).toBe(2);
    await expect(sent.startThread({ name: "Again" })).rejects.toMatchObject({
      code: "MessageExistingThread",
    });
    const again = `/channels/${channel.id}/messages/${sent.id}/threads` as const;
    await expect(client.rest.post(again, { body: { name: "Again" } })).rejects.toMatchObject({
      code: 160004,
    });
    await thread.setArchived(true);
    expect(local.thread?.archived).toBe(true);
  });
});
