import type { APIApplicationCommand, APIInteraction } from "discord-api-types/v10";
import {
  ApplicationCommandType,
  ComponentType,
  InteractionContextType,
  InteractionType,
  Locale,
} from "discord-api-types/v10";
import type { ResolvedOptions } from "./commands.ts";
import type { Core } from "./core.ts";
import type { Interaction, InteractionStart } from "./interaction.ts";
import { owners, Interaction as StartedInteraction } from "./interaction.ts";
import { bareMember, channelObject, interactionMember } from "./objects.ts";
import { channelPermissions } from "./permissions.ts";
import type { Channel, LocalMessage, Member } from "./state.ts";

/** Discord's default for files, in bytes. */
const ATTACHMENT_SIZE_LIMIT = 10_485_760;

/** Sends INTERACTION_CREATE with everything that the real one carries. */
export function startInteraction(
  core: Core,
  start: InteractionStart,
  data: object,
  more: object = {},
): Interaction {
  const interaction = new StartedInteraction(core, start);
  core.interactions.set(interaction.id, interaction);
  const { member, channel } = start;
  const { guild } = channel;
  const payload = {
    id: interaction.id,
    application_id: core.bot.id,
    type: start.type,
    token: interaction.token,
    version: 1,
    data,
    channel: channelObject(channel, core.bot.id),
    channel_id: channel.id,
    ...(guild === null
      ? { user: member.user }
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: Locale.EnglishUS, features: [] },
          guild_locale: Locale.EnglishUS,
          member: interactionMember(member, channel),
        }),
    locale: member.locale,
    app_permissions: channelPermissions(channel, core.botIn(guild)).toString(),
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: owners(channel),
    context: guild === null ? InteractionContextType.BotDM : InteractionContextType.Guild,
    attachment_size_limit: ATTACHMENT_SIZE_LIMIT,
    ...more,
  } as unknown as APIInteraction;
  interaction.payload = payload;
  const sent = core.gateway.dispatch({
    t: "INTERACTION_CREATE",
    d: payload,
    guildId: guild?.id ?? null,
    intents: [],
  });
  interaction.delivered = sent.some(({ session }) => core.gateway.sessions.get(session)?.socket != null);
  return interaction;
}

export function slashData(command: APIApplicationCommand, options: ResolvedOptions): object {
  return {
    id: command.id,
    name: command.name,
    type: ApplicationCommandType.ChatInput,
    ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
    ...(options.list.length === 0 ? {} : { options: options.list }),
    ...(options.resolved === null ? {} : { resolved: options.resolved }),
  };
}

export function contextData(command: APIApplicationCommand, target: Member | LocalMessage): object {
  const common = {
    id: command.id,
    name: command.name,
    type: command.type,
    target_id: target.id,
    ...(command.guild_id === undefined ? {} : { guild_id: command.guild_id }),
  };
  // The target of a context menu comes with its content, whatever the intents.
  if ("user" in target)
    return {
      ...common,
      resolved: { users: { [target.id]: target.user }, members: { [target.id]: bareMember(target) } },
    };
  return { ...common, resolved: { messages: { [target.id]: target.current } } };
}

export function componentData(
  component: { type: number; custom_id: string; id?: number },
  values: readonly string[],
): object {
  return {
    id: component.id ?? 1,
    custom_id: component.custom_id,
    component_type: component.type,
    ...(component.type === ComponentType.Button ? {} : { values }),
  };
}

export function modalStart(member: Member, channel: Channel, opener: Interaction): InteractionStart {
  return {
    type: InteractionType.ModalSubmit,
    member,
    channel,
    opener,
    ...(opener.source === null ? {} : { source: opener.source }),
  };
}
