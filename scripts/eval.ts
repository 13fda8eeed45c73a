import { answer } from "../src/answer/answer.ts";
import { readConfig } from "../src/config.ts";
import { evaluate } from "../src/evaluate/evaluate.ts";
import { isLocked, readQuestions } from "../src/evaluate/questions.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { renderEvaluation } from "../src/terminal/evaluation.ts";
import { runMain } from "../src/terminal/exit.ts";
import { openTools } from "../src/terminal/open.ts";

const usage =
  "npm run eval -- [--questions FILE] [--unanswerable FILE] [--half tuning|locked|both] [--data DIR] [--json] [--misses]";

await runMain(async () => {
  const { values } = readArguments(
    {
      questions: { type: "string", default: "test/eval/handbook.jsonl" },
      unanswerable: { type: "string", default: "test/eval/handbook-unanswerable.jsonl" },
      half: { type: "string", default: "both" },
      data: { type: "string" },
      json: { type: "boolean" },
      misses: { type: "boolean" },
    },
    usage,
  );
  const config = readConfig({ DATA_DIR: values.data });
  const inHalf = (question: Parameters<typeof isLocked>[0]) =>
    values.half === "both" || isLocked(question) === (values.half === "locked");
  const answerable = (await readQuestions(values.questions)).filter(inHalf);
  const unanswerable = (await readQuestions(values.unanswerable)).filter(inHalf);
  const tools = await openTools(config, (line) => process.stderr.write(`${line}\n`));
  try {
    const evaluation = await evaluate(answerable, unanswerable, (question, history) =>
      answer(question, tools, { history, signal: AbortSignal.timeout(config.ANSWER_TIMEOUT_MS) }),
    );
    process.stdout.write(
      values.json ? `${JSON.stringify(evaluation)}\n` : renderEvaluation(evaluation, values.misses ?? false),
    );
    return evaluation.passed ? 0 : 1;
  } finally {
    await tools.close();
  }
});
