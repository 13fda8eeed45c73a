import { homedir } from "node:os";
import { basename, isAbsolute, resolve } from "node:path";
import { ConfigError } from "../../errors.ts";

/** Where a model comes from: a folder of this machine, or a name on the hub. */
export type Source =
  | { readonly kind: "folder"; readonly path: string; readonly name: string }
  | { readonly kind: "name"; readonly name: string };

/** `name` or `owner/name`, as the hub spells them. */
const hubName = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;

/**
 * Reads what stands after `huggingface:`. What begins with `/`, `./`, `../`, `~/` or a drive is a folder, all else
 * a name: never what happens to exist, so that the same line means the same on every machine.
 * Throws ConfigError for what is neither.
 */
export function parseSource(value: string): Source {
  if (/^(\.{1,2}|~)?[\\/]/.test(value) || /^\.{1,2}$/.test(value) || isAbsolute(value)) {
    const path = value.startsWith("~") ? resolve(homedir(), value.slice(2)) : resolve(value);
    return { kind: "folder", path, name: basename(path) };
  }
  if (hubName.test(value)) return { kind: "name", name: value };
  throw new ConfigError(
    `EMBEDDER=huggingface:${value} is neither a model's name (owner/name) nor a folder: write a folder as ./folder or /folder.`,
  );
}
