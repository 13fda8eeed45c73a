import { Events, GatewayIntentBits, MessageFlags } from "discord.js";
import { describe, expect, it } from "vitest";
import { ASK, cleanUp, client, discord, nextFrom, onCommand, registered, start } from "./discord-client.ts";

cleanUp();

describe("every route", () => {
  it("answers with what the official description says", async () => {
    await start({ members: ["ada", "grace"] });
    await registered([ASK, { name: "Ask about this", type: 3 }]);
    const { rest, application } = client;
    const ada = discord.member("ada");
    const general = discord.channel("general");
    const guild = await client.guilds.fetch({ guild: discord.guild.id, force: true });
    expect((await guild.members.fetch({ user: ada.id, force: true })).displayName).toBe("Ada");
    await guild.channels.fetch();
    await guild.roles.fetch();
    await application?.fetch();
    for (const path of ["/users/@me", "/oauth2/applications/@me", "/gateway", `/users/${ada.id}`] as const)
      await rest.get(path);
    const own = await guild.commands.create({ name: "local", description: "Only here" });
    await guild.commands.edit(own, { description: "Still only here" });
    await guild.commands.fetch(own.id);
    expect(discord.registeredCommands(discord.guild)).toMatchObject([{ description: "Still only here" }]);
    await guild.commands.delete(own);
    expect(discord.registeredCommands(discord.guild)).toEqual([]);
    await application?.commands.fetch();
    await (await client.users.fetch(ada.id)).send("a word");
    expect(discord.messages(discord.dmChannel(ada))).toHaveLength(1);

    const channel = await client.channels.fetch(general.id);
    if (!channel?.isTextBased() || !("threads" in channel)) throw new Error("no text channel");
    const layout = [
      {
        type: 17,
        components: [
          { type: 10, content: "**Sources**" },
          { type: 14 },
          {
            type: 9,
            components: [{ type: 10, content: `by <@${ada.id}>` }],
            accessory: { type: 2, style: 5, label: "Open", url: "https://example.org/" },
          },
          { type: 1, components: [{ type: 3, custom_id: "pick", options: [{ label: "A", value: "a" }] }] },
        ],
      },
    ];
    const sent = await channel.send({ flags: MessageFlags.IsComponentsV2, components: layout as never });
    expect(discord.pings.at(-1)?.users).toEqual([ada.id]);
    await channel.messages.fetch({ message: sent.id, force: true });
    await channel.sendTyping();
    expect(discord.typing).toHaveLength(1);
    const local = discord.messages(general)[0];
    if (local === undefined) throw new Error("no message");
    client.on(Events.InteractionCreate, async (interaction) => {
      if (interaction.isStringSelectMenu()) {
        await interaction.deferUpdate();
        await interaction.followUp({ content: interaction.values[0] ?? "", flags: MessageFlags.Ephemeral });
      } else if (interaction.isMessageContextMenuCommand())
        await interaction.reply({
          content: `about: ${interaction.targetMessage.content}`,
          withResponse: true,
        });
      else if (interaction.isChatInputCommand()) {
        await interaction.deferReply({ flags: MessageFlags.Ephemeral });
        await interaction.followUp("takes the place of thinking");
        const more = await interaction.followUp({
          content: "more",
          files: [{ attachment: Buffer.from("x") }],
        });
        await interaction.webhook.editMessage(more, "even more");
        await interaction.webhook.deleteMessage(more);
        await interaction.fetchReply();
        await interaction.deleteReply();
      }
    });
    await expect(discord.select(ada, local, "pick", ["b"])).rejects.toThrow(/does not offer b/);
    const picked = await (await discord.select(ada, local, "pick", ["a"])).settled();
    expect(picked.followups[0]).toMatchObject({ content: "a", ephemeral: true });
    const said = await discord.say(ada, general, "nobody in particular");
    const menu = await (await discord.contextMenu(ada, general, "Ask about this", said)).settled();
    expect(menu.reply?.content).toBe("about: nobody in particular");
    const asked = await discord.slash(ada, discord.dmChannel(ada), "ask", { question: "?" });
    await asked.settled((self) => self.deleted);
    expect(asked.edits.map(({ message }) => message.content)).toEqual(["", "takes the place of thinking"]);
    expect(asked.followups.map((message) => message.deleted)).toEqual([true]);

    const thread = await channel.threads.create({ name: "aside", autoArchiveDuration: 60 });
    await thread.join();
    await thread.members.fetchMe();
    await thread.leave();
    await thread.delete();
    expect(() => discord.channel("aside")).toThrow(/no channel aside/);
    const heard = nextFrom();
    const post = await discord.forumPost(ada, discord.channel("questions"), "A title", "@bot a question");
    expect(post.message.id).toBe(post.thread.id);
    const inForum = await heard;
    await inForum.reply("an answer");
    expect(discord.messages(post.thread).map((message) => message.content)[1]).toBe("an answer");
    await inForum.react("✅");
    await discord.react(ada, post.message, "👎");
    await inForum.reactions.cache.get("✅")?.users.remove();
    expect([...post.message.reactions.keys()]).toEqual(["👎"]);
    expect(discord.takeViolations()).toEqual([]);
  });

  it("sends an ephemeral message to the bot as if it were a direct one", async () => {
    await start();
    await registered();
    onCommand((interaction) => interaction.reply({ content: "psst", flags: MessageFlags.Ephemeral }));
    const asked = await discord.slash(discord.member("ada"), discord.channel("general"), "ask", {
      question: "?",
    });
    await asked.settled();
    const event = discord.events.find(({ t }) => t === "MESSAGE_CREATE")?.d as { guild_id?: string };
    expect(event).toMatchObject({ content: "psst" });
    expect(event.guild_id).toBeUndefined();
    expect(discord.ephemeralMessages()).toHaveLength(1);
  });

  it("does not send it without the intent for direct messages", async () => {
    await start({}, [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages]);
    await registered();
    onCommand(async (interaction) => {
      await interaction.reply({ content: "psst", flags: MessageFlags.Ephemeral });
      await interaction.followUp("aloud");
    });
    const ada = discord.member("ada");
    const asked = await discord.slash(ada, discord.channel("general"), "ask", { question: "?" });
    await asked.settled((self) => self.followups.length === 1);
    const heard = discord.events.filter(({ t }) => t === "MESSAGE_CREATE");
    expect(heard.map(({ d }) => (d as { content: string }).content)).toEqual(["aloud"]);
  });
});
