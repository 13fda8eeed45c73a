import { type AnswerOptions, answer } from "../src/answer/answer.ts";
import { details } from "../src/answer/detail.ts";
import type { Trace } from "../src/answer/trace.ts";
import { readConfig } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";
import { answerRecord } from "../src/terminal/answer-record.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { readBatch } from "../src/terminal/batch.ts";
import { runMain } from "../src/terminal/exit.ts";
import { renderExplanation } from "../src/terminal/explain.ts";
import { openTools } from "../src/terminal/open.ts";
import { renderAnswer } from "../src/terminal/render.ts";

const usage =
  'npm run ask -- "QUESTION" [--data DIR] [--detail short|full] [--explain] [--json], or --batch FILE.jsonl';

await runMain(async () => {
  const { values, positionals } = readArguments(
    {
      data: { type: "string" },
      detail: { type: "string", default: "short" },
      explain: { type: "boolean" },
      json: { type: "boolean" },
      batch: { type: "string" },
    },
    usage,
  );
  const config = readConfig({ DATA_DIR: values.data });
  const [question] = positionals;
  if ((question === undefined) === (values.batch === undefined)) throw new ConfigError(`Usage: ${usage}`);
  const detail = details.find((one) => one === values.detail);
  if (!detail) throw new ConfigError(`--detail is short or full, not ${values.detail}. Usage: ${usage}`);
  const batch = values.batch ? await readBatch(values.batch, "question") : [];
  const tools = await openTools(config, (line) => process.stderr.write(`${line}\n`));
  const ask = (text: string, given: AnswerOptions) =>
    answer(text, tools, { ...given, detail, signal: AbortSignal.timeout(config.ANSWER_TIMEOUT_MS) });
  try {
    for (const { id, text, history } of batch) {
      process.stdout.write(`${JSON.stringify(answerRecord(id, await ask(text, { history })))}\n`);
    }
    if (question !== undefined) {
      const traces: Trace[] = [];
      const made = await ask(question, values.explain ? { onTrace: (seen) => traces.push(seen) } : {});
      process.stdout.write(
        values.json
          ? `${JSON.stringify(answerRecord(null, made, traces))}\n`
          : `${renderAnswer(made)}\n${values.explain ? `\n${renderExplanation(traces, made)}\n` : ""}`,
      );
    }
    return 0;
  } finally {
    await tools.close();
  }
});
