import { answer } from "../src/answer/answer.ts";
import type { Trace } from "../src/answer/trace.ts";
import { readConfig } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { readBatch } from "../src/terminal/batch.ts";
import { runMain } from "../src/terminal/exit.ts";
import { renderTrace } from "../src/terminal/explain.ts";
import { openTools } from "../src/terminal/open.ts";
import { renderAnswer } from "../src/terminal/render.ts";

const usage = 'npm run ask -- "QUESTION" [--data DIR] [--explain] [--json], or --batch FILE.jsonl';

await runMain(async () => {
  const { values, positionals } = readArguments(
    {
      data: { type: "string" },
      explain: { type: "boolean" },
      json: { type: "boolean" },
      batch: { type: "string" },
    },
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
      let trace: Trace | undefined;
      const made = await ask(question, {
        onTrace: (seen) => {
          if (values.explain) trace = seen;
        },
      });
      process.stdout.write(
        values.json
          ? `${JSON.stringify({ id: null, ...made, ...(trace ? { trace } : {}) })}\n`
          : `${renderAnswer(made)}\n${trace ? `\n${renderTrace(trace)}\n` : ""}`,
      );
    }
    return 0;
  } finally {
    await tools.close();
  }
});
