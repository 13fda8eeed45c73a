import { readConfig } from "./config.ts";
import { start } from "./start.ts";
import { runMain } from "./terminal/exit.ts";

await runMain(() => start(readConfig()));
