import { type ParseArgsConfig, parseArgs } from "node:util";
import { ConfigError } from "../errors.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Parses the flags of a script strictly. Throws ConfigError that names the bad flag and shows the usage. */
export function readArguments<const T extends Options>(options: T, usage: string) {
  try {
    return parseArgs({ options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new ConfigError(`${(cause as Error).message.split(". ")[0]}. Usage: ${usage}`, { cause });
  }
}
