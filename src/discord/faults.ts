import { DiscordAPIError, RESTJSONErrorCodes } from "discord.js";

/**
 * What a failed request means:
 * - gone: nobody is there to read, or we may not write there. Give up quietly; a retry cannot help.
 * - expired: the interaction's token has run out, an ordinary message can still be sent.
 * - reference: the message replied to is gone or not to be seen; send without the reference.
 * - fault: anything else, after the retries of discord.js.
 */
export type RequestFault = "gone" | "expired" | "reference" | "fault";

const gone: ReadonlySet<number | string> = new Set<number>([
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownGuild,
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.UnknownInteraction,
  RESTJSONErrorCodes.UnknownWebhook,
  RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.CannotSendMessagesToThisUser,
  RESTJSONErrorCodes.CannotSendMessagesInNonTextChannel,
  RESTJSONErrorCodes.InvalidActionOnArchivedThread,
  RESTJSONErrorCodes.ThreadLocked,
]);

/** Tells what a request that failed means; see RequestFault. */
export function requestFault(error: unknown): RequestFault {
  if (!(error instanceof DiscordAPIError)) return "fault";
  if (error.code === RESTJSONErrorCodes.InvalidWebhookToken) return "expired";
  if (error.code === RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory) return "reference";
  return gone.has(error.code) ? "gone" : "fault";
}
