import type { RESTPostAPICurrentUserCreateDMChannelJSONBody } from "discord-api-types/v10";
import type { Core } from "../core.ts";
import { FormErrors, unknownMember, unknownUser } from "../errors.ts";
import type { Route } from "../http.ts";
import { channelObject, guildObject, isThread, memberObject, ownUser } from "../objects.ts";
import { directChannel } from "../world.ts";
import { guildOf, openRoute, parameter, route } from "./access.ts";

/** What a bot reads about itself and where it is, and the one thing it opens: a direct channel. */
export function readingRoutes(
  core: Core,
  sessionStarts: () => { total: number; remaining: number },
): Route[] {
  const gateway = () => `${core.address.replace(/^http/, "ws")}/gateway`;
  const application = () => ({ status: 200, body: core.application });
  return [
    openRoute("GET", "/gateway", () => ({ status: 200, body: { url: gateway() } })),
    route("GET", "/gateway/bot", () => ({
      status: 200,
      body: {
        url: gateway(),
        shards: 1,
        session_start_limit: { ...sessionStarts(), reset_after: 86_400_000, max_concurrency: 1 },
      },
    })),
    route("GET", "/users/@me", () => ({ status: 200, body: ownUser(core.bot) })),
    route("GET", "/users/{user_id}", (call) => {
      const user = core.state.users.get(parameter(call, "user_id"));
      if (user === undefined) throw unknownUser();
      return { status: 200, body: user };
    }),
    route("GET", "/applications/@me", application),
    route("GET", "/oauth2/applications/@me", application),
    route("POST", "/users/@me/channels", (call) => {
      const { recipient_id } = call.body as RESTPostAPICurrentUserCreateDMChannelJSONBody;
      const user = core.state.users.get(recipient_id);
      const errors = new FormErrors();
      if (user === undefined || user.id === core.bot.id)
        errors.add(["recipient_id"], "CHANNEL_RECIPIENT_REQUIRED", "Recipient cannot be opened");
      errors.throwIfAny();
      if (user === undefined) throw unknownUser();
      return { status: 200, body: channelObject(directChannel(core.state, user), core.bot.id) };
    }),
    route("GET", "/guilds/{guild_id}", (call) => {
      const guild = guildOf(core, call);
      const counts = { approximate_member_count: guild.members.size, approximate_presence_count: 1 };
      return {
        status: 200,
        body: { ...guildObject(guild), ...(call.query.get("with_counts") === "true" ? counts : {}) },
      };
    }),
    route("GET", "/guilds/{guild_id}/channels", (call) => ({
      status: 200,
      body: [...guildOf(core, call).channels.values()]
        .filter((channel) => !isThread(channel))
        .map((channel) => channelObject(channel, core.bot.id)),
    })),
    route("GET", "/guilds/{guild_id}/roles", (call) => ({ status: 200, body: guildOf(core, call).roles })),
    route("GET", "/guilds/{guild_id}/members/{user_id}", (call) => {
      const guild = guildOf(core, call);
      const member = guild.members.get(parameter(call, "user_id").replace("@me", core.bot.id));
      if (member === undefined) throw unknownMember();
      return { status: 200, body: memberObject(member) };
    }),
    route("GET", "/applications/{application_id}/guilds/{guild_id}/commands/permissions", (call) => {
      guildOf(core, call);
      return { status: 200, body: [] };
    }),
  ];
}
