import { it } from "vitest";
import { Client, GatewayIntentBits, EmbedBuilder, Events } from "discord.js";
import { startDiscord } from "/work/main/test/servers/discord/index.ts";
it("x", async () => {
  const discord = await startDiscord();
  const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: discord.api } });
  const ready = new Promise((r) => client.once(Events.ClientReady, r));
  await client.login("local-token"); await ready;
  await client.application?.commands.set([{ name: "ask", description: "d" }]);
  client.on("interactionCreate", async (i: any) => { try { await i.deferReply(); await i.editReply({ content: "", embeds: [new EmbedBuilder().setDescription("NVLink")] }); } catch (e) { console.log("ERR", e, JSON.stringify((e as any).rawError)); } });
  const t = Date.now();
  const h = await discord.slash(discord.member("ada"), discord.channel("general"), "ask");
  await h.settled(undefined, 3000).catch((e) => console.log(e.message));
  console.log(Date.now() - t, discord.requests.map((r) => [r.method, r.path.slice(0, 60), r.status, JSON.stringify(r.response)?.slice(0, 900)]));
  console.log(discord.violations);
  const c: any = await client.channels.fetch(discord.channel("general").id); 
  const t2 = Date.now(); await client.destroy(); console.log("destroy", Date.now() - t2); await discord.close().catch(console.log); console.log("close", Date.now() - t2);
});
