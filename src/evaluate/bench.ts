import { spawn } from "node:child_process";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { AnswerService } from "../answer/service.ts";
import { compiled } from "../paths.ts";
import { quantile } from "./intervals.ts";

/** Milliseconds. */
export interface Timing {
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
}

export interface Bench {
  /** From the start of the process to its first answer, with an index in place. */
  readonly launchToFirstAnswer: Timing;
  /** Importing discord.js, langchain and @langchain/openai and doing nothing: what launch is compared with. */
  readonly importsOnly: Timing;
  readonly launchRatio: number;
  readonly warmAnswer: Timing;
  /** Longest time for which the event loop did not turn while questions were answered one by one. */
  readonly longestBlock: number;
  /** All questions of a burst at once: from asking to each answer. */
  readonly burst: Timing & {
    readonly questions: number;
    readonly longestBlock: number;
    readonly answersPerSecond: number;
  };
}

const launches = 5;
const burstSize = 50;

/** Measures launch, warm answers and the event loop on this machine; ratios and orders count, not single times. */
export async function bench(
  service: AnswerService,
  questions: readonly string[],
  data: string,
): Promise<Bench> {
  const launch: number[] = [];
  const imports: number[] = [];
  // Interleaved, so that a busy moment of the machine touches both.
  for (let run = 0; run < launches; run++) {
    launch.push(await launchToFirstAnswer(data, questions[0] ?? ""));
    imports.push(await timeOf(["--input-type=module", "-e", importsOnly], ""));
  }
  for (const question of questions.slice(0, 20)) await service.ask(question);
  const warm = await watched(async () => {
    const taken: number[] = [];
    for (const question of questions) taken.push(await timed(() => service.ask(question)));
    return taken;
  });
  const many = Array.from({ length: burstSize }, (_, index) => questions[index % questions.length] ?? "");
  const started = performance.now();
  const burst = await watched(() => Promise.all(many.map((question) => timed(() => service.ask(question)))));
  const seconds = (performance.now() - started) / 1000;
  return {
    launchToFirstAnswer: timing(launch),
    importsOnly: timing(imports),
    launchRatio: round(quantile(launch, 0.5) / quantile(imports, 0.5)),
    warmAnswer: timing(warm.result),
    longestBlock: warm.longestBlock,
    burst: {
      ...timing(burst.result),
      questions: burstSize,
      longestBlock: burst.longestBlock,
      answersPerSecond: round(burstSize / seconds),
    },
  };
}

const importsOnly =
  "await import('discord.js'); await import('langchain'); await import('@langchain/openai');";

/** Starts the terminal chat with one piped question and stops the clock at its first line of output. */
function launchToFirstAnswer(data: string, question: string): Promise<number> {
  return timeOf([compiled("src/main")], `${question}\n`, { DATA_DIR: data, DISCORD_TOKEN: "" });
}

/** Time until a Node process writes to standard output, or ends. */
function timeOf(
  parameters: readonly string[],
  input: string,
  variables: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(
      "env",
      [
        ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
        process.execPath,
        ...parameters,
      ],
      {
        stdio: ["pipe", "pipe", "ignore"],
      },
    );
    const stop = () => resolve(performance.now() - started);
    child.stdout.once("data", stop);
    child.once("exit", stop);
    child.once("error", reject);
    child.stdin.end(input);
  });
}

/** Runs something while a histogram watches the event loop; its resolution of 1 ms is taken off. */
async function watched<T>(run: () => Promise<T>): Promise<{ result: T; longestBlock: number }> {
  const resolution = 1;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const result = await run();
  delay.disable();
  return { result, longestBlock: round(Math.max(0, delay.max / 1e6 - resolution)) };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

function timing(values: readonly number[]): Timing {
  return {
    p50: round(quantile(values, 0.5)),
    p95: round(quantile(values, 0.95)),
    worst: round(Math.max(...values)),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
