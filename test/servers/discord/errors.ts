import type { APIUser } from "discord-api-types/v10";

/** The errors of a form body: one branch per field, `_errors` at the leaves. */
export interface FormErrorTree {
  [field: string]: FormErrorTree | { code: string; message: string }[];
}

/** An error reply of the REST interface. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: FormErrorTree | undefined;

  constructor(status: number, code: number, message: string, errors?: FormErrorTree) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  get body(): { message: string; code: number; errors?: FormErrorTree } {
    return {
      message: this.message,
      code: this.code,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}

// Codes and words: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
export const unauthorized = () => new ApiError(401, 0, "401: Unauthorized");
export const notFound = () => new ApiError(404, 0, "404: Not Found");
export const unknownChannel = () => new ApiError(404, 10003, "Unknown Channel");
export const unknownGuild = () => new ApiError(404, 10004, "Unknown Guild");
export const unknownMember = () => new ApiError(404, 10007, "Unknown Member");
export const unknownMessage = () => new ApiError(404, 10008, "Unknown Message");
export const unknownUser = () => new ApiError(404, 10013, "Unknown User");
export const unknownEmoji = () => new ApiError(400, 10014, "Unknown Emoji");
export const unknownWebhook = () => new ApiError(404, 10015, "Unknown Webhook");
export const unknownInteraction = () => new ApiError(404, 10062, "Unknown interaction");
export const unknownCommand = () => new ApiError(404, 10063, "Unknown application command");
export const alreadyAcknowledged = () =>
  new ApiError(400, 40060, "Interaction has already been acknowledged.");
export const missingAccess = () => new ApiError(403, 50001, "Missing Access");
export const notYourMessage = () =>
  new ApiError(403, 50005, "Cannot edit a message authored by another user");
export const emptyMessage = () => new ApiError(400, 50006, "Cannot send an empty message");
export const cannotSendToUser = (_user: APIUser) =>
  new ApiError(403, 50007, "Cannot send messages to this user");
export const missingPermissions = () => new ApiError(403, 50013, "Missing Permissions");
export const invalidWebhookToken = () => new ApiError(401, 50027, "Invalid Webhook Token");
export const archivedThread = () => new ApiError(400, 50083, "Thread is archived");
export const invalidJson = () => new ApiError(400, 50109, "The request body contains invalid JSON.");
export const replyNeedsHistory = () =>
  new ApiError(400, 160002, "You cannot reply without permission to read message history");
export const threadExists = () =>
  new ApiError(400, 160004, "A thread has already been created for this message");

/** Collects the errors of a form body and throws them as one 50035. */
export class FormErrors {
  readonly tree: FormErrorTree = {};
  #count = 0;

  add(path: readonly (string | number)[], code: string, message: string): void {
    let branch = this.tree;
    for (const step of path) {
      const next = branch[step];
      if (next === undefined || Array.isArray(next)) {
        const fresh: FormErrorTree = {};
        branch[step] = fresh;
        branch = fresh;
      } else branch = next;
    }
    const leaf = branch._errors;
    if (Array.isArray(leaf)) leaf.push({ code, message });
    else branch._errors = [{ code, message }];
    this.#count++;
  }

  throwIfAny(): void {
    if (this.#count > 0) throw new ApiError(400, 50035, "Invalid Form Body", this.tree);
  }
}
