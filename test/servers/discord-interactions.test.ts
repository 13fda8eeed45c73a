import type { ChatInputCommandInteraction } from "discord.js";
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  EmbedBuilder,
  Events,
  MessageFlags,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import { describe, expect, it } from "vitest";
import { ASK, cleanUp, client, discord, onCommand, registered, start } from "./discord-client.ts";

cleanUp();

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
