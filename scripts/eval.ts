import { answer } from "../src/answer/answer.ts";
import { readConfig } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";
import { measureBeir, readBeir } from "../src/evaluate/beir.ts";
import { compare } from "../src/evaluate/compare.ts";
import { evaluate } from "../src/evaluate/evaluate.ts";
import { logLook } from "../src/evaluate/looks.ts";
import { measureOverlap } from "../src/evaluate/overlap.ts";
import { isLocked, readQuestions } from "../src/evaluate/questions.ts";
import { retrievedDocuments } from "../src/evaluate/retrieved.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { renderBeir, renderDifferences, renderEvaluation } from "../src/terminal/evaluation.ts";
import { runMain } from "../src/terminal/exit.ts";
import { openTools } from "../src/terminal/open.ts";

const usage =
  "npm run eval -- [--questions FILE] [--unanswerable FILE] [--tuning | --locked] [--compare OLD.json] [--misses] [--data DIR] [--json], or --beir DIR --data DIR";
const own = { questions: "test/eval/handbook.jsonl", unanswerable: "test/eval/handbook-unanswerable.jsonl" };
const looks = "test/eval/LOOKS.md";

await runMain(async () => {
  const { values } = readArguments(
    {
      questions: { type: "string" },
      unanswerable: { type: "string" },
      tuning: { type: "boolean" },
      locked: { type: "boolean" },
      compare: { type: "string" },
      beir: { type: "string" },
      data: { type: "string" },
      json: { type: "boolean" },
      misses: { type: "boolean" },
    },
    usage,
  );
  if (values.tuning && values.locked) throw new ConfigError(`Usage: ${usage}`);
  const config = readConfig({ DATA_DIR: values.data });
  const isOwn = values.questions === undefined && values.unanswerable === undefined;
  // Our own locked half is looked at only when asked for, and every look is logged; a foreign set is asked whole.
  const half = values.locked ? "locked" : values.tuning || isOwn ? "tuning" : "both";
  const read = async (path: string | undefined) =>
    path === undefined
      ? []
      : (await readQuestions(path)).filter(
          (question) => half === "both" || isLocked(question) === (half === "locked"),
        );
  const answerable = values.beir ? [] : await read(isOwn ? own.questions : values.questions);
  const unanswerable = values.beir ? [] : await read(isOwn ? own.unanswerable : values.unanswerable);
  const tools = await openTools(config, (line) => process.stderr.write(`${line}\n`));
  const print = (result: unknown, text: string) =>
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : text);
  try {
    if (values.beir) {
      const set = await readBeir(values.beir);
      const measured: Record<string, Awaited<ReturnType<typeof measureBeir>>> = {};
      for (const kind of ["lexical", "vector", "hybrid"] as const) {
        measured[kind] = await measureBeir(set, (query) => retrievedDocuments(query, tools, kind));
      }
      print(measured, renderBeir(measured));
      return 0;
    }
    const evaluation = await evaluate(answerable, unanswerable, async (question, history) => {
      let confidence = Number.NEGATIVE_INFINITY;
      const made = await answer(question, tools, {
        history,
        signal: AbortSignal.timeout(config.ANSWER_TIMEOUT_MS),
        onTrace: (trace) => {
          confidence = trace.confidence;
        },
      });
      return { answer: made, confidence };
    });
    const overlap = await measureOverlap(answerable, tools.index);
    const differences = values.compare ? await compare(evaluation, values.compare) : [];
    if (half === "locked") await logLook(looks, isOwn ? "handbook" : (values.questions ?? ""), evaluation);
    print(
      { ...evaluation, overlap, differences },
      renderEvaluation(evaluation, overlap, values.misses ?? false) + renderDifferences(differences),
    );
    return evaluation.passed ? 0 : 1;
  } finally {
    await tools.close();
  }
});
