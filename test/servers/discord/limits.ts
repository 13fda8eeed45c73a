import type {
  APIActionRowComponent,
  APIComponentInMessageActionRow,
  APIEmbed,
  APIMessageTopLevelComponent,
  RESTPostAPIChannelMessageJSONBody,
} from "discord-api-types/v10";
import { ComponentType, MessageFlags } from "discord-api-types/v10";
import { FormErrors } from "./errors.ts";

// The figures of https://discord.com/developers/docs/resources/message#embed-object-embed-limits and
// https://discord.com/developers/docs/components/reference; lengths are code points.
export const LIMITS = {
  content: 2000,
  embeds: 10,
  embedsTotal: 6000,
  embedTitle: 256,
  embedDescription: 4096,
  embedFields: 25,
  embedFieldName: 256,
  embedFieldValue: 1024,
  embedFooter: 2048,
  embedAuthor: 256,
  embedUrl: 2048,
  rows: 5,
  rowButtons: 5,
  buttonLabel: 80,
  buttonUrl: 512,
  customId: 100,
  selectOptions: 25,
  optionText: 100,
  placeholder: 150,
  v2Components: 40,
  v2Text: 4000,
  choices: 25,
  choiceText: 100,
  attachments: 10,
  allowedMentions: 100,
  nonce: 25,
} as const;

export type Path = (string | number)[];

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

export const codePoints = (text: string): number => [...text].length;

export function tooLong(errors: FormErrors, path: Path, value: unknown, maximum: number): void {
  if (typeof value === "string" && codePoints(value) > maximum)
    errors.add(path, "BASE_TYPE_MAX_LENGTH", `Must be ${maximum} or fewer in length.`);
}

export function required(errors: FormErrors, path: Path, value: unknown): void {
  if (value === undefined || value === null || value === "")
    errors.add(path, "BASE_TYPE_REQUIRED", "This field is required");
}

export function badLength(errors: FormErrors, path: Path, value: unknown, from: number, to: number): void {
  const size = Array.isArray(value) ? value.length : typeof value === "string" ? codePoints(value) : from;
  if (size < from || size > to)
    errors.add(path, "BASE_TYPE_BAD_LENGTH", `Must be between ${from} and ${to} in length.`);
}

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

function checkUrl(
  errors: FormErrors,
  path: Path,
  url: string | undefined,
  maximum: number,
  schemes: string[],
): void {
  if (url === undefined || url === null) return;
  tooLong(errors, path, url, maximum);
  const scheme = /^[a-z]+:(?=\/\/)/i.exec(url)?.[0]?.toLowerCase();
  if (scheme === undefined || !schemes.includes(scheme))
    errors.add(
      path,
      "URL_TYPE_INVALID_SCHEME",
      `Scheme "${scheme ?? ""}" is not supported. Scheme must be one of (${schemes.map((one) => `'${one.slice(0, -1)}'`).join(", ")}).`,
    );
  else if (!URL.canParse(url)) errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
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

function checkComponents(
  errors: FormErrors,
  components: readonly APIMessageTopLevelComponent[],
  v2: boolean,
): void {
  const seen = { ids: new Set<string>(), count: 0, text: 0 };
  if (!v2) badLength(errors, ["components"], components, 0, LIMITS.rows);
  components.forEach((component, index) => {
    if (!v2 && component.type !== ComponentType.ActionRow)
      errors.add(
        ["components", index, "type"],
        "UNION_TYPE_CHOICES",
        'Value of field "type" must be one of (1,).',
      );
    else checkComponent(errors, ["components", index], component, seen);
  });
  if (v2 && seen.count > LIMITS.v2Components)
    errors.add(["components"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 40 in length.");
  if (v2 && seen.text > LIMITS.v2Text)
    errors.add(
      ["components"],
      "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
      `The combined length of all displayable text must be ${LIMITS.v2Text} or fewer.`,
    );
}

type Seen = { ids: Set<string>; count: number; text: number };
type Nested = APIMessageTopLevelComponent | APIComponentInMessageActionRow;

function checkComponent(errors: FormErrors, path: Path, component: Nested, seen: Seen): void {
  seen.count++;
  switch (component.type) {
    case ComponentType.ActionRow:
      checkRow(errors, path, component as APIActionRowComponent<APIComponentInMessageActionRow>, seen);
      return;
    case ComponentType.Container:
      for (const [n, one] of component.components.entries())
        checkComponent(errors, [...path, "components", n], one, seen);
      return;
    case ComponentType.Section:
      badLength(errors, [...path, "components"], component.components, 1, 3);
      for (const one of component.components) checkComponent(errors, path, one, seen);
      if (component.accessory.type === ComponentType.Button)
        checkInteractive(errors, [...path, "accessory"], component.accessory, seen);
      return;
    case ComponentType.TextDisplay:
      seen.text += codePoints(component.content);
      badLength(errors, [...path, "content"], component.content, 1, LIMITS.v2Text);
      return;
    default:
      return;
  }
}

function checkRow(
  errors: FormErrors,
  path: Path,
  row: APIActionRowComponent<APIComponentInMessageActionRow>,
  seen: Seen,
): void {
  const buttons = row.components.filter((one) => one.type === ComponentType.Button).length;
  const selects = row.components.length - buttons;
  badLength(errors, [...path, "components"], row.components, 1, LIMITS.rowButtons);
  if (selects > 1 || (selects === 1 && buttons > 0))
    errors.add(
      [...path, "components"],
      "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
      "The specified component exceeds the maximum width",
    );
  row.components.forEach((one, n) => {
    seen.count++;
    checkInteractive(errors, [...path, "components", n], one, seen);
  });
}

function checkInteractive(
  errors: FormErrors,
  path: Path,
  one: APIComponentInMessageActionRow,
  seen: Seen,
): void {
  if ("custom_id" in one && one.custom_id) {
    badLength(errors, [...path, "custom_id"], one.custom_id, 1, LIMITS.customId);
    if (seen.ids.has(one.custom_id))
      errors.add(
        [...path, "custom_id"],
        "COMPONENT_CUSTOM_ID_DUPLICATED",
        "Component custom id cannot be duplicated",
      );
    seen.ids.add(one.custom_id);
  }
  if (one.type === ComponentType.Button) {
    const button = one as {
      style: number;
      label?: string;
      emoji?: unknown;
      url?: string;
      custom_id?: string;
    };
    tooLong(errors, [...path, "label"], button.label, LIMITS.buttonLabel);
    const link = button.style === 5;
    if (link) required(errors, [...path, "url"], button.url);
    else if (button.style !== 6) required(errors, [...path, "custom_id"], button.custom_id);
    if (button.url && button.custom_id)
      errors.add(
        path,
        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
        "A custom id and url cannot both be specified",
      );
    if (link)
      checkUrl(errors, [...path, "url"], button.url, LIMITS.buttonUrl, ["http:", "https:", "discord:"]);
    if (!button.label && !button.emoji && button.style !== 6)
      errors.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji must be specified");
    return;
  }
  tooLong(errors, [...path, "placeholder"], one.placeholder, LIMITS.placeholder);
  if (one.type !== ComponentType.StringSelect) return;
  badLength(errors, [...path, "options"], one.options, 1, LIMITS.selectOptions);
  const values = new Set<string>();
  one.options.forEach((option, n) => {
    badLength(errors, [...path, "options", n, "label"], option.label, 1, LIMITS.optionText);
    badLength(errors, [...path, "options", n, "value"], option.value, 1, LIMITS.optionText);
    tooLong(errors, [...path, "options", n, "description"], option.description, LIMITS.optionText);
    if (values.has(option.value))
      errors.add(
        [...path, "options", n, "value"],
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        "The specified option value is already used",
      );
    values.add(option.value);
  });
}
