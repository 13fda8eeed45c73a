import type {
  APIEmbed,
  APIMessageTopLevelComponent,
  RESTPostAPIChannelMessageJSONBody,
} from "discord-api-types/v10";
import { MessageFlags } from "discord-api-types/v10";
import { checkComponents } from "./component-limits.ts";
import { FormErrors } from "./errors.ts";
import type { Path } from "./limits.ts";
import { checkUrl, codePoints, LIMITS, required, tooLong } from "./limits.ts";

export type MessageBody = Pick<
  RESTPostAPIChannelMessageJSONBody,
  | "content"
  | "embeds"
  | "components"
  | "flags"
  | "allowed_mentions"
  | "attachments"
  | "tts"
  | "nonce"
  | "poll"
>;

/** Checks what Discord checks of a message before it looks at anything else; throws one 50035. */
export function checkMessage(body: MessageBody): void {
  const errors = new FormErrors();
  const v2 = ((body.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
  tooLong(errors, ["content"], body.content, LIMITS.content);
  checkEmbeds(errors, body.embeds ?? []);
  checkAllowedMentions(errors, body);
  if ((body.attachments ?? []).length > LIMITS.attachments)
    errors.add(["attachments"], "BASE_TYPE_MAX_LENGTH", `Must be ${LIMITS.attachments} or fewer in length.`);
  tooLong(errors, ["nonce"], body.nonce, LIMITS.nonce);
  if (v2) {
    const told = "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2";
    if (body.content) errors.add(["content"], "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", told);
    if (body.embeds?.length)
      errors.add(
        ["embeds"],
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        told.replace("content", "embeds"),
      );
  }
  checkComponents(errors, (body.components ?? []) as APIMessageTopLevelComponent[], v2);
  errors.throwIfAny();
}

function checkEmbeds(errors: FormErrors, embeds: readonly APIEmbed[]): void {
  if (embeds.length > LIMITS.embeds)
    errors.add(["embeds"], "BASE_TYPE_MAX_LENGTH", `Must be ${LIMITS.embeds} or fewer in length.`);
  let total = 0;
  const count = (text: string | undefined): void => {
    total += codePoints(text ?? "");
  };
  embeds.forEach((embed, index) => {
    const at = (...rest: Path): Path => ["embeds", index, ...rest];
    tooLong(errors, at("title"), embed.title, LIMITS.embedTitle);
    tooLong(errors, at("description"), embed.description, LIMITS.embedDescription);
    tooLong(errors, at("footer", "text"), embed.footer?.text, LIMITS.embedFooter);
    tooLong(errors, at("author", "name"), embed.author?.name, LIMITS.embedAuthor);
    checkUrl(errors, at("url"), embed.url, LIMITS.embedUrl, ["http:", "https:"]);
    checkUrl(errors, at("image", "url"), embed.image?.url, LIMITS.embedUrl, [
      "http:",
      "https:",
      "attachment:",
    ]);
    if ((embed.fields ?? []).length > LIMITS.embedFields)
      errors.add(at("fields"), "BASE_TYPE_MAX_LENGTH", `Must be ${LIMITS.embedFields} or fewer in length.`);
    (embed.fields ?? []).forEach((field, n) => {
      required(errors, at("fields", n, "name"), field.name?.trim());
      required(errors, at("fields", n, "value"), field.value?.trim());
      tooLong(errors, at("fields", n, "name"), field.name, LIMITS.embedFieldName);
      tooLong(errors, at("fields", n, "value"), field.value, LIMITS.embedFieldValue);
      count(field.name);
      count(field.value);
    });
    for (const text of [embed.title, embed.description, embed.footer?.text, embed.author?.name]) count(text);
    const empty =
      !embed.title &&
      !embed.description &&
      !embed.fields?.length &&
      !embed.footer &&
      !embed.author &&
      !embed.image &&
      !embed.thumbnail;
    if (empty) errors.add(at("description"), "BASE_TYPE_REQUIRED", "This field is required");
  });
  if (total > LIMITS.embedsTotal)
    errors.add(
      ["embeds"],
      "MAX_EMBED_SIZE_EXCEEDED",
      `Embed size exceeds maximum size of ${LIMITS.embedsTotal}`,
    );
}

function checkAllowedMentions(errors: FormErrors, body: MessageBody): void {
  const allowed = body.allowed_mentions;
  if (allowed === undefined || allowed === null) return;
  for (const kind of ["users", "roles"] as const) {
    const ids = allowed[kind] ?? [];
    if (ids.length > LIMITS.allowedMentions)
      errors.add(["allowed_mentions", kind], "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.");
    if (ids.length > 0 && (allowed.parse as readonly string[] | undefined)?.includes(kind))
      errors.add(
        ["allowed_mentions"],
        "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
  }
}
