import type {
  APIApplicationCommand,
  APIApplicationCommandOption,
  RESTPostAPIApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import { ApplicationCommandOptionType, ApplicationCommandType } from "discord-api-types/v10";
import type { Core } from "../core.ts";
import { FormErrors, missingAccess, unknownCommand, unknownGuild } from "../errors.ts";
import type { Call, Route } from "../http.ts";
import type { Path } from "../limits.ts";
import { badLength, codePoints, LIMITS, tooLong } from "../limits.ts";
import { snowflake } from "../snowflakes.ts";
import { parameter, route } from "./access.ts";

type Body = RESTPostAPIApplicationCommandsJSONBody & { default_member_permissions?: string | number | null };

const GLOBAL = "/applications/{application_id}/commands";
const GUILD = "/applications/{application_id}/guilds/{guild_id}/commands";
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
/** Names, descriptions and values of one command together. */
const COMMAND_TEXT = 8000;
const CHAT_COMMANDS = 100;

export function commandRoutes(core: Core): Route[] {
  return [GLOBAL, GUILD].flatMap((root) => {
    const one = `${root}/{command_id}`;
    return [
      route("GET", root, (call) => {
        const localized = call.query.get("with_localizations") === "true";
        return { status: 200, body: stored(core, call).map((command) => listed(command, localized)) };
      }),
      route(
        "PUT",
        root,
        (call) => {
          const before = stored(core, call);
          const made = ((call.body ?? []) as Body[]).map((body) => command(core, call, body, before));
          core.state.commands.set(scope(core, call), made);
          return { status: 200, body: made };
        },
        (call) => checkAll((call.body ?? []) as Body[]),
      ),
      route(
        "POST",
        root,
        (call) => {
          const before = stored(core, call);
          const made = command(core, call, call.body as Body, before);
          const existed = before.some((other) => other.id === made.id);
          core.state.commands.set(scope(core, call), [
            ...before.filter((other) => other.id !== made.id),
            made,
          ]);
          return { status: existed ? 200 : 201, body: made };
        },
        (call) => checkOne(call.body as Body),
      ),
      route("GET", one, (call) => ({ status: 200, body: known(core, call) })),
      route("PATCH", one, (call) => {
        const before = known(core, call);
        const merged = { ...before, ...(call.body as object) } as unknown as Body;
        checkOne(merged);
        const made = { ...command(core, call, merged, []), id: before.id };
        const others = stored(core, call).filter((other) => other.id !== before.id);
        core.state.commands.set(scope(core, call), [...others, made]);
        return { status: 200, body: made };
      }),
      route("DELETE", one, (call) => {
        const gone = known(core, call);
        core.state.commands.set(
          scope(core, call),
          stored(core, call).filter((other) => other.id !== gone.id),
        );
        return { status: 204 };
      }),
    ];
  });
}

function scope(core: Core, call: Call): string {
  if (parameter(call, "application_id") !== core.bot.id) throw missingAccess();
  const guild = call.params.guild_id;
  if (guild === undefined) return "global";
  if (!core.state.guilds.has(guild)) throw unknownGuild();
  return guild;
}

function stored(core: Core, call: Call): readonly APIApplicationCommand[] {
  return core.state.commands.get(scope(core, call)) ?? [];
}

function known(core: Core, call: Call): APIApplicationCommand {
  const found = stored(core, call).find((one) => one.id === call.params.command_id);
  if (found === undefined) throw unknownCommand();
  return found;
}

/** A list leaves the localizations out unless asked. */
function listed(command: APIApplicationCommand, localized: boolean): object {
  if (localized) return command;
  const { name_localizations: _names, description_localizations: _descriptions, ...rest } = command;
  return rest;
}

/** The command as Discord stores it; a name that is known keeps its id. */
function command(
  core: Core,
  call: Call,
  body: Body,
  before: readonly APIApplicationCommand[],
): APIApplicationCommand {
  const type = body.type ?? ApplicationCommandType.ChatInput;
  const guild = call.params.guild_id;
  const same = before.find((one) => one.name === body.name && one.type === type);
  const permissions = body.default_member_permissions;
  const { default_member_permissions: _given, ...rest } = withoutNulls(body) as Record<string, unknown>;
  return {
    ...(guild === undefined
      ? { dm_permission: body.dm_permission ?? true, integration_types: [0], contexts: null }
      : { guild_id: guild, integration_types: [0] }),
    nsfw: false,
    ...rest,
    id: same?.id ?? snowflake(),
    application_id: core.bot.id,
    version: snowflake(),
    default_member_permissions: permissions == null ? null : String(permissions),
    type,
    name: body.name,
    name_localizations: body.name_localizations ?? null,
    description: "description" in body ? (body.description ?? "") : "",
    description_localizations:
      ("description_localizations" in body && body.description_localizations) || null,
  } as unknown as APIApplicationCommand;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && one !== undefined)
      .map(([key, one]) => [key, withoutNulls(one)]),
  );
}

function checkAll(bodies: readonly Body[]): void {
  const errors = new FormErrors();
  const seen = new Set<string>();
  const chat = bodies.filter((body) => (body.type ?? 1) === ApplicationCommandType.ChatInput);
  if (chat.length > CHAT_COMMANDS)
    errors.add([], "APPLICATION_COMMANDS_MAX", `Maximum of ${CHAT_COMMANDS} commands`);
  bodies.forEach((body, n) => {
    checkCommand(errors, [n], body);
    const key = `${body.type ?? 1}:${body.name}`;
    if (seen.has(key))
      errors.add([n], "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
    seen.add(key);
  });
  errors.throwIfAny();
}

function checkOne(body: Body): void {
  const errors = new FormErrors();
  checkCommand(errors, [], body);
  errors.throwIfAny();
}

function checkCommand(errors: FormErrors, path: Path, body: Body): void {
  const chat = (body.type ?? 1) === ApplicationCommandType.ChatInput;
  const description = "description" in body ? body.description : undefined;
  if (chat) {
    checkName(errors, [...path, "name"], body.name);
    badLength(errors, [...path, "description"], description ?? "", 1, 100);
    const options = "options" in body ? (body.options ?? []) : [];
    checkOptions(errors, [...path, "options"], options);
    let text = 0;
    JSON.stringify(body, (key, value) => {
      if (typeof value === "string" && /^(name|description|value)$/.test(key)) text += codePoints(value);
      return key.endsWith("_localizations") ? undefined : value;
    });
    if (text > COMMAND_TEXT)
      errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", `Command exceeds maximum size (${COMMAND_TEXT})`);
  } else {
    badLength(errors, [...path, "name"], body.name, 1, 32);
    if (description)
      errors.add(
        [...path, "description"],
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
        "Context menu commands cannot have description",
      );
  }
}

function checkName(errors: FormErrors, path: Path, name: string): void {
  badLength(errors, path, name, 1, 32);
  if (!NAME.test(name) || name !== name.toLowerCase())
    errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
}

function checkOptions(errors: FormErrors, path: Path, options: readonly APIApplicationCommandOption[]): void {
  if (options.length > LIMITS.choices)
    errors.add(path, "BASE_TYPE_MAX_LENGTH", `Must be ${LIMITS.choices} or fewer in length.`);
  let optional = false;
  options.forEach((option, n) => {
    const at: Path = [...path, n];
    checkName(errors, [...at, "name"], option.name);
    badLength(errors, [...at, "description"], option.description ?? "", 1, 100);
    const group =
      option.type === ApplicationCommandOptionType.Subcommand ||
      option.type === ApplicationCommandOptionType.SubcommandGroup;
    if (!group && option.required === true && optional)
      errors.add(
        at,
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        "Required options must be placed before non-required options",
      );
    if (!group && option.required !== true) optional = true;
    if (group) checkOptions(errors, [...at, "options"], option.options ?? []);
    const choices = "choices" in option ? (option.choices ?? []) : [];
    if (choices.length > LIMITS.choices)
      errors.add([...at, "choices"], "BASE_TYPE_MAX_LENGTH", `Must be ${LIMITS.choices} or fewer in length.`);
    choices.forEach((choice, m) => {
      badLength(errors, [...at, "choices", m, "name"], choice.name, 1, LIMITS.choiceText);
      tooLong(errors, [...at, "choices", m, "value"], choice.value, LIMITS.choiceText);
    });
    if (choices.length > 0 && "autocomplete" in option && option.autocomplete === true)
      errors.add(
        at,
        "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
        "Autocomplete cannot be set when choices are present",
      );
  });
}
