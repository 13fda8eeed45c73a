import { answer } from "../src/answer/answer.ts";
import { readConfig } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { readBatch } from "../src/terminal/batch.ts";
import { runMain } from "../src/terminal/exit.ts";
import { openTools } from "../src/terminal/open.ts";
import { renderAnswer } from "../src/terminal/render.ts";

const usage = 'npm run ask -- "QUESTION" [--data DIR] [--json], or --batch FILE.jsonl';

await runMain(async () => {
  const { values, positionals } = readArguments(
    { data: { type: "string" }, json: { type: "boolean" }, batch: { type: "string" } },
    usage,
  );
  const config = readConfig({ DATA_DIR: values.data });
  const [question] = positionals;
  if ((question === undefined) === (values.batch === undefined)) throw new ConfigError(`Usage: ${usage}`);
  const batch = values.batch ? await readBatch(values.batch, "question") : [];
  const tools = await openTools(config, (line) => process.stderr.write(`${line}\n`));
  const ask = (text: string, history: Parameters<typeof answer>[2] = {}) =>
    answer(text, tools, { ...history, signal: AbortSignal.timeout(config.ANSWER_TIMEOUT_MS) });
  try {
    for (const { id, text, history } of batch) {
      process.stdout.write(`${JSON.stringify({ id, ...(await ask(text, { history })) })}\n`);
    }
    if (question !== undefined) {
      const made = await ask(question);
      process.stdout.write(
        values.json ? `${JSON.stringify({ id: null, ...made })}\n` : `${renderAnswer(made)}\n`,
      );
    }
    return 0;
  } finally {
    await tools.close();
  }
});
