import type {
  APIApplicationCommand,
  APIApplicationCommandBasicOption,
  APIApplicationCommandOption,
  APIApplicationCommandSubcommandOption,
} from "discord-api-types/v10";
import {
  ApplicationCommandOptionType,
  type ApplicationCommandType,
  InteractionContextType,
  PermissionFlagsBits,
} from "discord-api-types/v10";
import type { Core } from "./core.ts";
import { bareMember, channelObject } from "./objects.ts";
import { channelPermissions } from "./permissions.ts";
import { snowflake } from "./snowflakes.ts";
import type { Channel, Member } from "./state.ts";

export interface TestFile {
  readonly filename: string;
  readonly data: Buffer | string;
  readonly type?: string;
}

/** What a test gives for an option; members, channels and files for the types that take them. */
export type OptionValue = string | number | boolean | Member | Channel | TestFile;

interface DataOption {
  name: string;
  type: ApplicationCommandOptionType;
  value?: string | number | boolean;
  focused?: true;
  options?: DataOption[];
}

export interface ResolvedOptions {
  readonly list: readonly DataOption[];
  readonly resolved: Record<string, Record<string, unknown>> | null;
}

/** Finds a command as the member's client would offer it; anything else is an error of the test. */
export function findCommand(
  core: Core,
  name: string,
  type: ApplicationCommandType,
  member: Member,
  channel: Channel,
): APIApplicationCommand {
  const inGuild = channel.guild === null ? [] : (core.state.commands.get(channel.guild.id) ?? []);
  const all = [...inGuild, ...(core.state.commands.get("global") ?? [])];
  const command = all.find((one) => one.name === name && one.type === type);
  const offered = all.map((one) => one.name).join(", ") || "none";
  if (command === undefined)
    throw new Error(`No such command is registered: ${name} (registered: ${offered})`);
  const context = channel.guild === null ? InteractionContextType.BotDM : InteractionContextType.Guild;
  const dm = command.contexts == null ? command.dm_permission !== false : command.contexts.includes(context);
  if (!dm && (channel.guild === null || command.contexts != null))
    throw new Error(`The command ${name} is not offered in this context.`);
  const needed = command.default_member_permissions;
  const has = channelPermissions(channel, channel.guild === null ? null : member);
  if (channel.guild !== null && (has & PermissionFlagsBits.UseApplicationCommands) === 0n)
    throw new Error(`${member.name} may not use commands in #${channel.name}.`);
  if (needed !== null && channel.guild !== null) {
    const administrator = (has & PermissionFlagsBits.Administrator) !== 0n;
    if (!administrator && (BigInt(needed) === 0n || (has & BigInt(needed)) !== BigInt(needed)))
      throw new Error(`${member.name} lacks the permissions for ${name}.`);
  }
  return command;
}

/** The options of an invocation, nested under their subcommands and checked against the registration. */
export function resolveOptions(
  core: Core,
  command: APIApplicationCommand,
  path: readonly string[],
  given: Readonly<Record<string, OptionValue>>,
  focused: string | null,
): ResolvedOptions {
  const resolved: Record<string, Record<string, unknown>> = {};
  const descend = (
    options: readonly APIApplicationCommandOption[],
    rest: readonly string[],
  ): DataOption[] => {
    const [next, ...further] = rest;
    const groups = options.filter(isGroup);
    if (next !== undefined) {
      const group = groups.find((option) => option.name === next);
      if (group === undefined) throw new Error(`/${command.name} has no subcommand ${next}.`);
      return [{ name: group.name, type: group.type, options: descend(group.options ?? [], further) }];
    }
    if (groups.length > 0)
      throw new Error(`/${command.name} wants one of: ${groups.map((group) => group.name).join(", ")}`);
    return leaves(
      core,
      command.name,
      options as APIApplicationCommandBasicOption[],
      given,
      focused,
      resolved,
    );
  };
  const list = descend(command.options ?? [], path);
  return { list, resolved: Object.keys(resolved).length === 0 ? null : resolved };
}

function isGroup(option: APIApplicationCommandOption): option is APIApplicationCommandSubcommandOption {
  return (
    option.type === ApplicationCommandOptionType.Subcommand ||
    option.type === ApplicationCommandOptionType.SubcommandGroup
  );
}

function leaves(
  core: Core,
  command: string,
  declared: readonly APIApplicationCommandBasicOption[],
  given: Readonly<Record<string, OptionValue>>,
  focused: string | null,
  resolved: Record<string, Record<string, unknown>>,
): DataOption[] {
  for (const name of Object.keys(given))
    if (!declared.some((option) => option.name === name))
      throw new Error(`/${command} has no option ${name}.`);
  const made: DataOption[] = [];
  for (const option of declared) {
    const value = given[option.name];
    const isFocused = option.name === focused;
    if (value === undefined && !isFocused) {
      if (option.required === true && focused === null)
        throw new Error(`/${command} needs the option ${option.name}.`);
      continue;
    }
    if (isFocused) {
      if (!("autocomplete" in option) || option.autocomplete !== true)
        throw new Error(`The option ${option.name} of /${command} does not autocomplete.`);
      made.push({ name: option.name, type: option.type, value: String(value ?? ""), focused: true });
      continue;
    }
    made.push({
      name: option.name,
      type: option.type,
      value: convert(core, command, option, value, resolved),
    });
  }
  if (focused !== null && !made.some((option) => option.focused))
    throw new Error(`/${command} has no option ${focused}.`);
  return made;
}

function convert(
  core: Core,
  command: string,
  option: APIApplicationCommandBasicOption,
  value: OptionValue | undefined,
  resolved: Record<string, Record<string, unknown>>,
): string | number | boolean {
  const refuse = (why: string): never => {
    throw new Error(`/${command} ${option.name}: ${why} (given: ${JSON.stringify(value)?.slice(0, 80)})`);
  };
  const note = (kind: string, id: string, object: unknown): string => {
    resolved[kind] = { ...resolved[kind], [id]: object };
    return id;
  };
  switch (option.type) {
    case ApplicationCommandOptionType.String: {
      if (typeof value !== "string") return refuse("wants a text");
      const length = [...value].length;
      if (length < (option.min_length ?? 0) || length > (option.max_length ?? 6000))
        return refuse("is too short or too long");
      if ("choices" in option && option.choices?.length && !option.choices.some((one) => one.value === value))
        return refuse("is not one of the choices");
      return value;
    }
    case ApplicationCommandOptionType.Integer:
    case ApplicationCommandOptionType.Number: {
      if (typeof value !== "number") return refuse("wants a number");
      if (option.type === ApplicationCommandOptionType.Integer && !Number.isInteger(value))
        return refuse("wants an integer");
      if (value < (option.min_value ?? -Infinity) || value > (option.max_value ?? Infinity))
        return refuse("is out of range");
      if ("choices" in option && option.choices?.length && !option.choices.some((one) => one.value === value))
        return refuse("is not one of the choices");
      return value;
    }
    case ApplicationCommandOptionType.Boolean:
      return typeof value === "boolean" ? value : refuse("wants true or false");
    case ApplicationCommandOptionType.User: {
      if (typeof value !== "object" || !("user" in value)) return refuse("wants a member");
      note("members", value.id, bareMember(value));
      return note("users", value.id, value.user);
    }
    case ApplicationCommandOptionType.Channel: {
      if (typeof value !== "object" || !("overwrites" in value)) return refuse("wants a channel");
      if (option.channel_types?.length && !option.channel_types.some((type) => type === value.type))
        return refuse("is a channel of another type");
      const bits = channelPermissions(value, null).toString();
      return note("channels", value.id, { ...channelObject(value, core.bot.id), permissions: bits });
    }
    case ApplicationCommandOptionType.Attachment: {
      if (typeof value !== "object" || !("filename" in value)) return refuse("wants a file");
      const id = snowflake();
      return note("attachments", id, uploadedObject(core, id, "ephemeral", value));
    }
    default:
      return refuse("is of a type that this server does not simulate");
  }
}

/** Stores a member's file and describes it. */
export function uploadedObject(core: Core, id: string, folder: string, file: TestFile): object {
  const data = Buffer.from(file.data);
  const type = file.type ?? "application/octet-stream";
  const path = `/attachments/${folder}/${id}/${encodeURIComponent(file.filename)}`;
  core.state.attachments.set(path, { data, type });
  const url = core.address + path;
  return { id, filename: file.filename, size: data.length, url, proxy_url: url, content_type: type };
}
