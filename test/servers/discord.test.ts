import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type ChatInputCommandInteraction,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  type Message,
  MessageFlags,
  ModalBuilder,
  Partials,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import { afterEach, describe, expect, it } from "vitest";
import type { DiscordOptions, LocalDiscord } from "./discord/index.ts";
import { startDiscord } from "./discord/index.ts";

const TOKEN = "local-token";
const ORDINARY = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.DirectMessages,
  GatewayIntentBits.GuildMessageReactions,
];
const ASK = {
  name: "ask",
  description: "Answers a question",
  options: [{ type: 3, name: "question", description: "The question", required: true, max_length: 300 }],
};

let discord: LocalDiscord;
let client: Client;

async function start(options: DiscordOptions = {}, intents: readonly number[] = ORDINARY): Promise<void> {
  discord = await startDiscord(options);
  client = new Client({
    intents: [...intents],
    partials: [Partials.Channel],
    rest: { api: discord.api, retries: 2, timeout: 5000 },
  });
}

async function logIn(): Promise<void> {
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(TOKEN);
  await ready;
}

async function registered(commands: readonly object[] = [ASK]): Promise<void> {
  await logIn();
  await client.application?.commands.set(commands as never);
}

function onCommand(act: (interaction: ChatInputCommandInteraction) => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    client.on(Events.InteractionCreate, (interaction) => {
      if (interaction.isChatInputCommand()) resolve(act(interaction).catch((error: unknown) => error));
    });
  });
}

const nextFrom = (): Promise<Message> =>
  new Promise((resolve) => client.once(Events.MessageCreate, (message) => resolve(message)));

afterEach(async () => {
  await client.destroy();
  await discord.close();
});

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
    expect(await failed).toMatch(/token/i);
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

describe("interactions", () => {
  it("shows a deferred answer as thinking, then as edited in place", async () => {
    await start();
    await registered();
    const done = onCommand(async (interaction) => {
      await interaction.deferReply();
      await interaction.editReply({
        content: "",
        embeds: [new EmbedBuilder().setDescription("NVLink is …")],
      });
      return interaction;
    });
    const asked = await discord.slash(discord.member("ada"), discord.channel("general"), "ask", {
      question: "What is NVLink?",
    });
    await asked.settled();
    const interaction = (await done) as ChatInputCommandInteraction;
    expect(interaction.options.getString("question")).toBe("What is NVLink?");
    expect(interaction.guild?.id).toBe(discord.guild.id);
    expect(interaction.appPermissions.has("SendMessages")).toBe(true);
    expect(asked.edits).toHaveLength(2);
    expect((asked.edits[0]?.message.flags ?? 0) & MessageFlags.Loading).toBe(MessageFlags.Loading);
    expect(asked.loading).toBe(false);
    expect(asked.reply?.embeds[0]?.description).toBe("NVLink is …");
    expect(asked.ephemeral).toBe(false);
    expect(asked.acknowledgedAfterMs).toBeLessThan(1000);
    expect(discord.messages(discord.channel("general"))).toHaveLength(1);
  });

  it("answers a callback that comes too late with 10062, a second one with 40060", async () => {
    await start({ acknowledgeMs: 120 });
    await registered();
    const outcomes: unknown[] = [];
    client.on(Events.InteractionCreate, async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      if (interaction.options.getString("question") === "late")
        await new Promise((resolve) => setTimeout(resolve, 200));
      for (const text of ["first", "second"]) {
        const path = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
        await client.rest.post(path, { body: { type: 4, data: { content: text } }, auth: false }).then(
          () => outcomes.push("fine"),
          (error: { code: number }) => outcomes.push(error.code),
        );
      }
    });
    const ada = discord.member("ada");
    const late = await discord.slash(ada, discord.channel("general"), "ask", { question: "late" });
    await discord.until(() => outcomes.length === 2);
    expect(outcomes).toEqual([10062, 10062]);
    expect(late.reply).toBeNull();
    expect(late.failed).toBe(true);
    const prompt = await discord.slash(ada, discord.channel("general"), "ask", { question: "prompt" });
    await discord.until(() => outcomes.length === 4);
    expect(outcomes.slice(2)).toEqual(["fine", 40060]);
    expect(prompt.reply?.content).toBe("first");
    expect(prompt.errors).toEqual([40060]);
  });

  it("lets the token of an interaction run out", async () => {
    await start({ interactionTokenMs: 100 });
    await registered();
    const outcome = onCommand(async (interaction) => {
      await interaction.deferReply();
      await new Promise((resolve) => setTimeout(resolve, 150));
      await interaction.editReply("too late");
    });
    await discord.slash(discord.member("ada"), discord.channel("general"), "ask", { question: "slow" });
    expect(await outcome).toMatchObject({ code: 50027, status: 401 });
  });

  it("keeps an ephemeral answer from the channel and from the others", async () => {
    await start();
    await registered();
    const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
      new ButtonBuilder().setCustomId("more").setLabel("More").setStyle(ButtonStyle.Primary),
    );
    const done = onCommand(async (interaction) => {
      await interaction.reply({ content: "only you", components: [row], flags: MessageFlags.Ephemeral });
      await interaction.followUp({ content: "for all" });
      const { id } = await interaction.fetchReply();
      return await client.rest.get(`/channels/${interaction.channelId}/messages/${id}`);
    });
    const general = discord.channel("general");
    const asked = await discord.slash(discord.member("ada"), general, "ask", { question: "?" });
    expect(await done).toMatchObject({ code: 10008 });
    expect(asked.ephemeral).toBe(true);
    expect(asked.followups.map((message) => message.content)).toEqual(["for all"]);
    expect(discord.messages(general).map((message) => message.content)).toEqual(["for all"]);
    const reply = asked.reply;
    if (reply === null) throw new Error("no reply");
    await expect(discord.click(discord.member("grace"), reply, "more")).rejects.toThrow(/does not see/);
    await expect(discord.click(discord.member("ada"), reply, "less")).rejects.toThrow(/no component less/);
    client.on(Events.InteractionCreate, (interaction) => {
      if (interaction.isButton()) void interaction.update({ content: "more of it", components: [] });
    });
    const clicked = await discord.click(discord.member("ada"), reply, "More");
    await clicked.settled();
    expect(clicked.updated?.content).toBe("more of it");
    expect(reply.components).toEqual([]);
  });

  it("opens, checks and submits a modal, and completes options", async () => {
    await start();
    await registered([{ ...ASK, options: [{ ...ASK.options[0], autocomplete: true }] }]);
    client.on(Events.InteractionCreate, async (interaction) => {
      if (interaction.isAutocomplete()) {
        const typed = interaction.options.getFocused();
        await interaction.respond([{ name: `${typed}…`, value: typed }]);
      } else if (interaction.isChatInputCommand()) {
        const field = new TextInputBuilder()
          .setCustomId("why")
          .setLabel("Why?")
          .setStyle(TextInputStyle.Short)
          .setMaxLength(10);
        const row = new ActionRowBuilder<TextInputBuilder>().addComponents(field);
        await interaction.showModal(
          new ModalBuilder().setCustomId("feedback").setTitle("Feedback").addComponents(row),
        );
      } else if (interaction.isModalSubmit())
        await interaction.reply(`because ${interaction.fields.getTextInputValue("why")}`);
    });
    const [ada, general] = [discord.member("ada"), discord.channel("general")];
    const typing = await discord.autocomplete(ada, general, "ask", { question: "nvl" }, "question");
    expect((await typing.settled()).choices).toEqual([{ name: "nvl…", value: "nvl" }]);
    const asked = await (await discord.slash(ada, general, "ask", { question: "?" })).settled();
    expect(asked.modal?.custom_id).toBe("feedback");
    await expect(discord.submitModal(asked, { why: "far too long" })).rejects.toThrow(/12 characters/);
    const submitted = await (await discord.submitModal(asked, { why: "wrong" })).settled();
    expect(submitted.reply?.content).toBe("because wrong");
  });

  it("makes what no client would offer an error of the test", async () => {
    await start();
    await registered([{ ...ASK, contexts: [0], default_member_permissions: "32" }]);
    const [ada, general] = [discord.member("ada"), discord.channel("general")];
    await expect(discord.slash(ada, general, "settings")).rejects.toThrow(/registered: ask/);
    await expect(discord.slash(ada, general, "ask", { question: "?" })).rejects.toThrow(/permissions/);
    const chief = discord.addMember("chief", { permissions: ["ManageGuild"] });
    await expect(discord.slash(chief, general, "ask")).rejects.toThrow(/needs the option question/);
    await expect(discord.slash(chief, general, "ask", { query: "?" })).rejects.toThrow(/no option query/);
    await expect(discord.slash(chief, general, "ask", { question: "?".repeat(301) })).rejects.toThrow(
      /too long/,
    );
    await expect(discord.slash(chief, discord.dmChannel(chief), "ask", { question: "?" })).rejects.toThrow(
      /context/,
    );
    expect((await discord.slash(chief, general, "ask", { question: "?" })).delivered).toBe(true);
    expect(discord.registeredCommands().map((command) => command.name)).toEqual(["ask"]);
  });
});

describe("message content", () => {
  it("is empty without the intent, unless the bot is mentioned or it is a direct message", async () => {
    await start();
    await logIn();
    const [ada, general] = [discord.member("ada"), discord.channel("general")];
    let seen = nextFrom();
    await discord.say(ada, general, "nobody in particular");
    expect((await seen).content).toBe("");
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

  it("is recorded as a violation where it does not follow the description", async () => {
    await start();
    await logIn();
    expect(discord.validated).toBe(true);
    const path = `/channels/${discord.channel("general").id}/messages` as const;
    await expect(client.rest.post(path, { body: { content: { text: "x" } } })).rejects.toMatchObject({
      code: 50035,
    });
    await expect(client.rest.get("/sticker-packs")).rejects.toMatchObject({ status: 404 });
    expect(discord.takeViolations()).toMatchObject([
      { kind: "request", detail: expect.stringContaining("/content") },
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
    discord.gateway.disconnect({ code: 4000, resumable: false });
    await discord.until(() => discord.identifies.length === 2, 15_000);
    expect(discord.resumes).toMatchObject([{ accepted: false }]);
  });

  it("drops a connection whose heartbeats it stops acknowledging, and lets it resume", async () => {
    await start({ heartbeatIntervalMs: 150 });
    await logIn();
    discord.gateway.muteHeartbeats(2);
    await discord.until(() => discord.resumes.length === 1, 10_000);
    expect(discord.resumes).toMatchObject([{ accepted: true }]);
  });

  it("delivers an event twice when told to", async () => {
    await start();
    await logIn();
    const ids: string[] = [];
    client.on(Events.MessageCreate, (message) => void ids.push(message.id));
    const message = await discord.say(discord.member("ada"), discord.channel("general"), "@bot twice");
    await discord.redeliver(message);
    await discord.until(() => ids.length === 2);
    expect(ids).toEqual([message.id, message.id]);
  });
});
