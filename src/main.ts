import { readConfig } from "./config.ts";
import { runMain } from "./terminal/exit.ts";
import { start } from "./start.ts";

await runMain(() => start(readConfig()));
