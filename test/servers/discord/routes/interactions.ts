import type { APIInteractionResponse } from "discord-api-types/v10";
import {
  ComponentType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  MessageType,
} from "discord-api-types/v10";
import type { Core } from "../core.ts";
import { ApiError, alreadyAcknowledged, FormErrors, unknownInteraction } from "../errors.ts";
import type { Call, Reply, Route } from "../http.ts";
import type { Interaction } from "../interaction.ts";
import { badLength, LIMITS, required, tooLong } from "../limits.ts";
import type { MessageBody } from "../message-limits.ts";
import { checkMessage } from "../message-limits.ts";
import { createMessage, editMessage } from "../messaging.ts";
import { openRoute, parameter, shown } from "./access.ts";

const CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback";

export function interactionRoutes(core: Core): Route[] {
  return [
    openRoute(
      "POST",
      CALLBACK,
      (call) => {
        const interaction = core.interactions.get(parameter(call, "interaction_id"));
        if (interaction === undefined || interaction.token !== parameter(call, "interaction_token"))
          throw unknownInteraction();
        try {
          return respond(core, interaction, call);
        } catch (error) {
          if (error instanceof ApiError) interaction.errors.push(error.code);
          throw error;
        }
      },
      (call) => {
        try {
          checkCallback(call.body as APIInteractionResponse);
        } catch (error) {
          if (error instanceof ApiError)
            core.interactions.get(parameter(call, "interaction_id"))?.errors.push(error.code);
          throw error;
        }
      },
    ),
  ];
}

function respond(core: Core, interaction: Interaction, call: Call): Reply {
  if (interaction.acknowledgedAt !== null) throw alreadyAcknowledged();
  if (Date.now() - interaction.createdAt > core.options.acknowledgeMs) throw unknownInteraction();
  const body = call.body as APIInteractionResponse;
  checkKind(interaction, body.type);
  switch (body.type) {
    case InteractionResponseType.ChannelMessageWithSource:
    case InteractionResponseType.DeferredChannelMessageWithSource: {
      const deferred = body.type === InteractionResponseType.DeferredChannelMessageWithSource;
      const given = (body.data ?? {}) as MessageBody;
      interaction.original = createMessage(core, interaction.channel, {
        ...answerOf(core, interaction, ((given.flags ?? 0) & MessageFlags.Ephemeral) !== 0),
        body: deferred ? {} : given,
        files: call.files,
        ...(deferred
          ? { flags: MessageFlags.Loading | ((given.flags ?? 0) & MessageFlags.Ephemeral) }
          : { flags: (given.flags ?? 0) & MessageFlags.Ephemeral }),
      });
      break;
    }
    case InteractionResponseType.DeferredMessageUpdate:
      interaction.original = interaction.source;
      break;
    case InteractionResponseType.UpdateMessage:
      interaction.original = interaction.source;
      if (interaction.source !== null)
        editMessage(core, interaction.source, (body.data ?? {}) as never, call.files);
      break;
    case InteractionResponseType.ApplicationCommandAutocompleteResult:
      interaction.choices = body.data.choices ?? [];
      break;
    case InteractionResponseType.Modal:
      interaction.modal = body.data;
      break;
    default:
      break;
  }
  interaction.acknowledgedAt = Date.now();
  interaction.response = body.type;
  return call.query.get("with_response") === "true"
    ? { status: 200, body: callbackResponse(core, interaction, body.type) }
    : { status: 204 };
}

/** How an answer to an interaction looks as a message: its type, its reference, who sees it. */
export function answerOf(core: Core, interaction: Interaction, ephemeral: boolean) {
  const { type, source } = interaction;
  const menu = (interaction.payload as { data?: { type?: number } } | null)?.data?.type ?? 1;
  return {
    author: core.bot,
    metadata: interaction.metadata,
    onlyFor: ephemeral ? interaction.member.id : null,
    ...(source === null
      ? {
          type:
            type === InteractionType.ApplicationCommand
              ? menu === 1
                ? MessageType.ChatInputCommand
                : MessageType.ContextMenuCommand
              : MessageType.Default,
        }
      : { repliesTo: source, pingsAuthor: false }),
  };
}

function checkKind(interaction: Interaction, type: InteractionResponseType): void {
  const autocomplete = interaction.type === InteractionType.ApplicationCommandAutocomplete;
  const forAutocomplete = type === InteractionResponseType.ApplicationCommandAutocompleteResult;
  const updates =
    type === InteractionResponseType.UpdateMessage || type === InteractionResponseType.DeferredMessageUpdate;
  const modal = type === InteractionResponseType.Modal;
  if (
    autocomplete !== forAutocomplete ||
    (updates && interaction.source === null) ||
    (modal && interaction.type === InteractionType.ModalSubmit)
  ) {
    const errors = new FormErrors();
    errors.add(
      ["type"],
      "INTERACTION_RESPONSE_TYPE_INVALID",
      `Type ${type} cannot answer an interaction of type ${interaction.type}.`,
    );
    errors.throwIfAny();
  }
}

function checkCallback(body: APIInteractionResponse | undefined): void {
  const errors = new FormErrors();
  required(errors, ["type"], body?.type);
  errors.throwIfAny();
  if (body === undefined) return;
  switch (body.type) {
    case InteractionResponseType.ChannelMessageWithSource:
    case InteractionResponseType.UpdateMessage:
      nested(() => checkMessage((body.data ?? {}) as MessageBody));
      break;
    case InteractionResponseType.ApplicationCommandAutocompleteResult:
      checkChoices(errors, body.data.choices ?? []);
      break;
    case InteractionResponseType.Modal:
      checkModal(errors, body.data as unknown as Record<string, unknown>);
      break;
    default:
      break;
  }
  errors.throwIfAny();
}

/** The errors of a callback's message lie below `data`. */
function nested(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof ApiError && error.errors !== undefined)
      throw new ApiError(error.status, error.code, error.message, { data: error.errors });
    throw error;
  }
}

function checkChoices(errors: FormErrors, choices: readonly { name: string; value: unknown }[]): void {
  if (choices.length > LIMITS.choices)
    errors.add(["data", "choices"], "BASE_TYPE_MAX_LENGTH", `Must be ${LIMITS.choices} or fewer in length.`);
  choices.forEach((choice, n) => {
    badLength(errors, ["data", "choices", n, "name"], choice.name, 1, LIMITS.choiceText);
    tooLong(errors, ["data", "choices", n, "value"], choice.value, LIMITS.choiceText);
  });
}

function checkModal(errors: FormErrors, modal: Record<string, unknown>): void {
  badLength(errors, ["data", "custom_id"], modal.custom_id, 1, LIMITS.customId);
  badLength(errors, ["data", "title"], modal.title, 1, 45);
  badLength(errors, ["data", "components"], modal.components, 1, LIMITS.rows);
  const rows = (modal.components ?? []) as Record<string, unknown>[];
  rows.forEach((row, n) => {
    const label = row.type === ComponentType.Label;
    if (label) badLength(errors, ["data", "components", n, "label"], row.label, 1, 45);
    const inputs = (label ? [row.component] : (row.components ?? [])) as Record<string, unknown>[];
    inputs.forEach((input, m) => {
      const at = ["data", "components", n, "components", m];
      badLength(errors, [...at, "custom_id"], input.custom_id, 1, LIMITS.customId);
      if (input.type !== ComponentType.TextInput) return;
      if (!label) badLength(errors, [...at, "label"], input.label ?? "", 1, 45);
      tooLong(errors, [...at, "value"], input.value, 4000);
      tooLong(errors, [...at, "placeholder"], input.placeholder, 100);
    });
  });
}

function callbackResponse(core: Core, interaction: Interaction, type: InteractionResponseType): object {
  const message = interaction.original;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      channel_id: interaction.channel.id,
      ...(interaction.channel.guild === null ? {} : { guild_id: interaction.channel.guild.id }),
      ...(message === null
        ? {}
        : {
            response_message_id: message.id,
            response_message_loading: message.loading,
            response_message_ephemeral: message.ephemeral,
          }),
    },
    ...(message === null || type === InteractionResponseType.DeferredMessageUpdate
      ? {}
      : { resource: { type, message: shown(core, message) } }),
  };
}
