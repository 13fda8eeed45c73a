import { createAnswerService } from "../src/answer/service.ts";
import { readConfig } from "../src/config.ts";
import { bench } from "../src/evaluate/bench.ts";
import { readQuestions } from "../src/evaluate/questions.ts";
import { openIndex } from "../src/index/embedded/open.ts";
import { createEmbedder } from "../src/models/create-embedder.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { runMain } from "../src/terminal/exit.ts";

const usage = "npm run bench -- [--data DIR] [--questions FILE]";

await runMain(async () => {
  const { values } = readArguments(
    { data: { type: "string" }, questions: { type: "string", default: "test/eval/handbook.jsonl" } },
    usage,
  );
  const config = readConfig({ DATA_DIR: values.data });
  const questions = await readQuestions(values.questions);
  const embedder = await createEmbedder(config, 1);
  const service = createAnswerService({
    index: await openIndex(config.DATA_DIR),
    embedder,
    chatModel: undefined,
    target: {},
    concurrency: config.MAX_CONCURRENT_QUESTIONS,
    queue: config.MAX_QUEUED_QUESTIONS,
    deadlineMs: config.ANSWER_TIMEOUT_MS,
  });
  try {
    await embedder?.embed(["warm up"]);
    const texts = questions.map(({ question }) => question);
    process.stdout.write(`${JSON.stringify(await bench(service, texts, config.DATA_DIR), null, 2)}\n`);
    return 0;
  } finally {
    await service.close();
  }
});
