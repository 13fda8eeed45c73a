import { readConfig } from "./config.ts";
import { start } from "./start.ts";
import { readArguments } from "./terminal/arguments.ts";
import { runMain } from "./terminal/exit.ts";

await runMain(async () => {
  const { values } = readArguments({ yes: { type: "boolean", default: false } }, "npm start -- [--yes]");
  return start(readConfig(), values);
});
