import { readConfig } from "../src/config.ts";
import { registerFromConfig } from "../src/discord/commands.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { runMain } from "../src/terminal/exit.ts";

await runMain(async () => {
  readArguments({}, "npm run register-commands");
  process.stderr.write(`${await registerFromConfig(readConfig())}\n`);
  return 0;
});
