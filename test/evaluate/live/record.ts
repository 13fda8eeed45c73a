import { runLive } from "./run.ts";

// npx tsx test/evaluate/live/record.ts: prints the run that docs/live-evaluation.md shows.
const { openai, code, stdout, stderr } = await runLive(["--misses"]);
await openai.close();
process.stdout.write(`${stderr}\n${stdout}`);
process.exitCode = code ?? 1;
