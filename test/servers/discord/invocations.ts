import type { APIModalInteractionResponseCallbackData } from "discord-api-types/v10";
import { ApplicationCommandType, ButtonStyle, ComponentType, InteractionType } from "discord-api-types/v10";
import type { OptionValue } from "./commands.ts";
import { findCommand, resolveOptions } from "./commands.ts";
import type { Core } from "./core.ts";
import type { Interaction } from "./interaction.ts";
import { componentData, contextData, modalStart, slashData, startInteraction } from "./payloads.ts";
import type { Channel, LocalMessage, Member } from "./state.ts";

type Options = Readonly<Record<string, OptionValue>>;

/** A slash command; `focused` makes it the autocompletion of that option. */
export function slash(
  core: Core,
  member: Member,
  channel: Channel,
  words: string,
  options: Options,
  focused: string | null,
): Interaction {
  const [name = "", ...path] = words.replace(/^\//, "").split(" ");
  const command = findCommand(core, name, ApplicationCommandType.ChatInput, member, channel);
  const resolved = resolveOptions(core, command, path, options, focused);
  const type =
    focused === null ? InteractionType.ApplicationCommand : InteractionType.ApplicationCommandAutocomplete;
  return startInteraction(core, { type, member, channel }, slashData(command, resolved));
}

export function contextMenu(
  core: Core,
  member: Member,
  channel: Channel,
  name: string,
  target: Member | LocalMessage,
): Interaction {
  const type = "user" in target ? ApplicationCommandType.User : ApplicationCommandType.Message;
  const command = findCommand(core, name, type, member, channel);
  const start = { type: InteractionType.ApplicationCommand, member, channel, target };
  return startInteraction(core, start, contextData(command, target));
}

interface AnyComponent {
  readonly type: ComponentType;
  readonly id?: number;
  readonly custom_id?: string;
  readonly label?: string;
  readonly style?: number;
  readonly disabled?: boolean;
  readonly options?: readonly { value: string }[];
  readonly min_values?: number;
  readonly max_values?: number;
  readonly components?: readonly AnyComponent[];
  readonly component?: AnyComponent;
  readonly accessory?: AnyComponent;
}

function flatten(components: readonly AnyComponent[]): AnyComponent[] {
  return components.flatMap((one) => [
    one,
    ...flatten(one.components ?? []),
    ...(one.component === undefined ? [] : flatten([one.component])),
    ...(one.accessory === undefined ? [] : flatten([one.accessory])),
  ]);
}

/** A click on a button, or a choice in a menu: by custom id, or by the label that a member reads. */
export function activate(
  core: Core,
  member: Member,
  message: LocalMessage,
  which: string,
  values: readonly string[] | null,
): Interaction {
  if (message.deleted) throw new Error("The message is deleted.");
  if (message.onlyFor !== null && message.onlyFor !== member.id)
    throw new Error(`${member.name} does not see this ephemeral message.`);
  const all = flatten(message.components as readonly AnyComponent[]);
  const component =
    all.find((one) => one.custom_id === which) ??
    all.find((one) => one.label !== undefined && one.label === which);
  const there = all.map((one) => one.custom_id ?? one.label).filter((one) => one !== undefined);
  if (component === undefined)
    throw new Error(`The message has no component ${which} (it has: ${there.join(", ")}).`);
  if (component.disabled) throw new Error(`The component ${which} is disabled.`);
  const { custom_id } = component;
  if (component.style === ButtonStyle.Link || custom_id === undefined)
    throw new Error(`The component ${which} is a link: a click on it does not reach the bot.`);
  if ((component.type === ComponentType.Button) !== (values === null))
    throw new Error(
      `The component ${which} is ${values === null ? "a menu: use select" : "a button: use click"}.`,
    );
  if (values !== null) {
    const offered = component.options?.map((option) => option.value);
    const unknown = values.find((value) => offered !== undefined && !offered.includes(value));
    if (unknown !== undefined) throw new Error(`The menu ${which} does not offer ${unknown}.`);
    if (values.length < (component.min_values ?? 1) || values.length > (component.max_values ?? 1))
      throw new Error(`The menu ${which} does not take ${values.length} values.`);
  }
  const start = { type: InteractionType.MessageComponent, member, channel: message.channel, source: message };
  const data = componentData({ ...component, custom_id }, values ?? []);
  return startInteraction(core, start, data, { message: message.current });
}

/** Fills in the modal that an interaction opened. */
export function submitModal(
  core: Core,
  opener: Interaction,
  fields: Readonly<Record<string, string>>,
): Interaction {
  const { modal } = opener;
  if (modal === null) throw new Error(`No modal was opened: ${opener.summary()}`);
  const inputs = flatten(modal.components as unknown as readonly AnyComponent[]);
  const unknown = Object.keys(fields).find((name) => !inputs.some((one) => one.custom_id === name));
  if (unknown !== undefined) throw new Error(`The modal has no field ${unknown}.`);
  const data = { custom_id: modal.custom_id, components: filled(modal, fields) };
  const more = opener.source === null ? {} : { message: opener.source.current };
  return startInteraction(core, modalStart(opener.member, opener.channel, opener), data, more);
}

interface TextInput extends AnyComponent {
  readonly value?: string;
  readonly required?: boolean;
  readonly min_length?: number;
  readonly max_length?: number;
}

function filled(
  modal: APIModalInteractionResponseCallbackData,
  fields: Readonly<Record<string, string>>,
): unknown[] {
  let next = 1;
  const fill = (input: TextInput): object => {
    const name = input.custom_id ?? "";
    const value = fields[name] ?? input.value ?? "";
    const length = [...value].length;
    if (input.required !== false && length === 0) throw new Error(`The field ${name} is required.`);
    if (length > 0 && (length < (input.min_length ?? 0) || length > (input.max_length ?? 4000)))
      throw new Error(`The field ${name} does not take ${length} characters.`);
    return { type: input.type, id: next++, custom_id: name, value };
  };
  return (modal.components as unknown as readonly AnyComponent[]).map((row) => {
    const id = next++;
    if (row.component !== undefined) return { type: row.type, id, component: fill(row.component) };
    if (row.components === undefined) return { type: row.type, id };
    return { type: row.type, id, components: row.components.map(fill) };
  });
}
