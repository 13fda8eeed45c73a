import { answer } from "../src/answer/answer.ts";
import { type Config, readConfig } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";
import { measureBeir, readBeir } from "../src/evaluate/beir.ts";
import { compare } from "../src/evaluate/compare.ts";
import { evaluate } from "../src/evaluate/evaluate.ts";
import { evaluateLive } from "../src/evaluate/live.ts";
import { planLive, sampleQuestions } from "../src/evaluate/live-plan.ts";
import { logLook } from "../src/evaluate/looks.ts";
import { measureOverlap } from "../src/evaluate/overlap.ts";
import { type EvalQuestion, isLocked, readQuestions } from "../src/evaluate/questions.ts";
import { retrievedDocuments } from "../src/evaluate/retrieved.ts";
import { chatPrice, parseChatPrice } from "../src/models/chat-prices.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { renderBeir, renderDifferences, renderEvaluation } from "../src/terminal/evaluation.ts";
import { runMain } from "../src/terminal/exit.ts";
import { approvePlan, renderLive, renderPlan } from "../src/terminal/live.ts";
import { openTools } from "../src/terminal/open.ts";

const usage =
  "npm run eval -- [--questions FILE] [--unanswerable FILE] [--tuning | --locked] [--compare OLD.json] [--misses] [--data DIR] [--json], with the chat model: --live [--max N] [--price IN,OUT] [--yes], or --beir DIR --data DIR";
const own = { questions: "test/eval/handbook.jsonl", unanswerable: "test/eval/handbook-unanswerable.jsonl" };
const looks = "test/eval/LOOKS.md";
/** Questions of a live evaluation unless --max says otherwise: minutes and cents with a small model. */
const liveQuestions = 50;
const note = (line: string) => process.stderr.write(`${line}\n`);

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
      live: { type: "boolean" },
      max: { type: "string" },
      price: { type: "string" },
      yes: { type: "boolean" },
    },
    usage,
  );
  const most = values.max === undefined ? liveQuestions : Number(values.max);
  const onlyLive = values.max !== undefined || values.price !== undefined || values.yes;
  if ((onlyLive && !values.live) || !(Number.isInteger(most) && most > 0) || (values.live && values.beir))
    throw new ConfigError(`Usage: ${usage}`);
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
  // Without --live the chat model stays out: a plain evaluation neither costs money nor varies.
  const tools = await openTools(config, note, { chat: values.live ?? false });
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
    if (values.live) {
      return await live(sampleQuestions(answerable, unanswerable, most), {
        ...values,
        of: answerable.length + unanswerable.length,
        set: `${isOwn ? "handbook" : (values.questions ?? "")} (${half}, live)`,
        config,
        tools,
        print,
      });
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

interface LiveOptions {
  readonly config: Config;
  readonly tools: Awaited<ReturnType<typeof openTools>>;
  /** Questions that the sets hold. */
  readonly of: number;
  readonly set: string;
  readonly price?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly misses?: boolean | undefined;
  readonly locked?: boolean | undefined;
  readonly print: (result: unknown, text: string) => void;
}

/** Plans, asks, runs. Exits with 1 only for an unsupported claim: a sample is too small for the floors. */
async function live(
  sample: { answerable: EvalQuestion[]; unanswerable: EvalQuestion[] },
  { config, tools, of, set, print, ...options }: LiveOptions,
): Promise<number> {
  const { chatModel } = tools;
  if (!chatModel) {
    throw new ConfigError(
      "--live needs a chat model: set CHAT_MODEL and OPENAI_BASE_URL, or OPENAI_API_KEY.",
    );
  }
  const price = options.price === undefined ? chatPrice(config) : parseChatPrice(options.price);
  const limits = { maxTokens: config.CHAT_MAX_TOKENS, price };
  const plan = await planLive(sample, of, { ...tools, chatModel }, limits);
  note(renderPlan(plan).trimEnd());
  if (!(await approvePlan(plan, options.yes ?? false))) return 0;
  // Loading the library is no latency of the first answer.
  await chatModel.load();
  const evaluation = await evaluateLive(sample.answerable, sample.unanswerable, tools, {
    deadlineMs: config.ANSWER_TIMEOUT_MS,
    onProgress: (done, total) => {
      if (done % 10 === 0 || done === total) note(`${done} of ${total} questions asked`);
    },
  });
  const overlap = await measureOverlap(sample.answerable, tools.index);
  if (options.locked) await logLook(looks, set, evaluation);
  print(
    { ...evaluation, plan, overlap },
    renderEvaluation(evaluation, overlap, options.misses ?? false) +
      renderLive(evaluation.live, evaluation.differences),
  );
  return evaluation.unsupported === 0 ? 0 : 1;
}
