import { MessageFlags, MessageType } from "discord-api-types/v10";
import type { Core } from "../core.ts";
import { invalidWebhookToken, unknownMessage, unknownWebhook } from "../errors.ts";
import type { Call, Route } from "../http.ts";
import type { Interaction } from "../interaction.ts";
import type { MessageBody } from "../message-limits.ts";
import { createMessage, deleteMessage, editMessage } from "../messaging.ts";
import type { LocalMessage } from "../state.ts";
import { openRoute, parameter, shown } from "./access.ts";
import { answerOf } from "./interactions.ts";
import { checkMessageBody } from "./messages.ts";

const ROOT = "/webhooks/{webhook_id}/{webhook_token}";
const ORIGINAL = `${ROOT}/messages/@original`;
const ONE = `${ROOT}/messages/{message_id}`;

/** What an interaction's token allows: its reply and its follow-ups. */
export function webhookRoutes(core: Core): Route[] {
  const edit = (message: LocalMessage, call: Call) => {
    editMessage(core, message, (call.body ?? {}) as never, call.files);
    return { status: 200, body: shown(core, message) };
  };
  return [
    openRoute("POST", ROOT, (call) => followUp(core, call), checkMessageBody),
    openRoute("GET", ORIGINAL, (call) => ({
      status: 200,
      body: shown(core, original(interactionOf(core, call))),
    })),
    openRoute("PATCH", ORIGINAL, (call) => edit(original(interactionOf(core, call)), call), checkMessageBody),
    openRoute("DELETE", ORIGINAL, (call) => {
      deleteMessage(core, original(interactionOf(core, call)));
      return { status: 204 };
    }),
    openRoute("GET", ONE, (call) => ({
      status: 200,
      body: shown(core, one(interactionOf(core, call), call)),
    })),
    openRoute("PATCH", ONE, (call) => edit(one(interactionOf(core, call), call), call), checkMessageBody),
    openRoute("DELETE", ONE, (call) => {
      deleteMessage(core, one(interactionOf(core, call), call));
      return { status: 204 };
    }),
  ];
}

function followUp(core: Core, call: Call): { status: number; body?: unknown } {
  const interaction = interactionOf(core, call);
  const body = (call.body ?? {}) as MessageBody;
  const thinking = interaction.original;
  // The first follow-up to a deferred answer becomes that answer.
  if (thinking?.loading && !thinking.deleted) {
    editMessage(core, thinking, body as never, call.files);
    return { status: 200, body: shown(core, thinking) };
  }
  const ephemeral = ((body.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
  const reply = interaction.original;
  const message = createMessage(core, interaction.channel, {
    ...answerOf(core, interaction, ephemeral),
    type: reply === null || reply.deleted ? MessageType.Default : MessageType.Reply,
    body,
    files: call.files,
    flags: ephemeral ? MessageFlags.Ephemeral : 0,
    ...(reply === null || reply.deleted ? {} : { repliesTo: reply, pingsAuthor: false }),
  });
  interaction.followups.push(message);
  return { status: 200, body: shown(core, message) };
}

/** The acknowledged interaction whose token this is, while the token lives. */
function interactionOf(core: Core, call: Call): Interaction {
  const token = parameter(call, "webhook_token");
  const interaction = [...core.interactions.values()].find((one) => one.token === token);
  if (interaction === undefined || parameter(call, "webhook_id") !== core.bot.id) throw invalidWebhookToken();
  if (Date.now() - interaction.createdAt > core.options.interactionTokenMs) throw invalidWebhookToken();
  if (interaction.acknowledgedAt === null) throw unknownWebhook();
  return interaction;
}

function original(interaction: Interaction): LocalMessage {
  if (interaction.original === null || interaction.original.deleted) throw unknownMessage();
  return interaction.original;
}

function one(interaction: Interaction, call: Call): LocalMessage {
  const id = parameter(call, "message_id");
  const found = [interaction.original, ...interaction.followups].find((message) => message?.id === id);
  if (found === undefined || found === null || found.deleted) throw unknownMessage();
  return found;
}
