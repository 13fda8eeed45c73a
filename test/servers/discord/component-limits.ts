import type {
  APIActionRowComponent,
  APIComponentInMessageActionRow,
  APIMessageTopLevelComponent,
} from "discord-api-types/v10";
import { ComponentType } from "discord-api-types/v10";
import type { FormErrors } from "./errors.ts";
import type { Path } from "./limits.ts";
import { badLength, checkUrl, codePoints, LIMITS, required, tooLong } from "./limits.ts";

/** Rows, buttons, menus and the layouts of Components V2. */
export function checkComponents(
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
