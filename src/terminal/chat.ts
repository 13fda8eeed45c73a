import { createInterface, type Interface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import pc from "picocolors";
import type { Detail } from "../answer/detail.ts";
import type { AnswerService } from "../answer/service.ts";
import { isAbort, OperatorError } from "../errors.ts";
import type { IngestChild } from "../ingest/child.ts";
import type { Answer, Turn } from "../knowledge/types.ts";
import { runCommand } from "./chat-commands.ts";
import { renderAnswer, renderSources } from "./render.ts";

export interface ChatOptions {
  readonly service: AnswerService;
  readonly ingest?: Pick<IngestChild, "onProgress" | "onPublished"> | undefined;
  readonly input?: Readable & { isTTY?: boolean };
  readonly output?: Writable & { isTTY?: boolean };
}

/** Turns of the conversation that follow-up questions may refer to. */
const rememberedTurns = 12;
const failed = "Something went wrong while I looked this up. Please try again.";

/**
 * Talks in the terminal until `:quit` or the end of input. Input that is not a terminal is read as one
 * question a line and answered without prompts. Resolves with the exit code.
 */
export async function chat({
  service,
  ingest,
  input = process.stdin,
  output = process.stdout,
}: ChatOptions): Promise<number> {
  const interactive = input.isTTY === true;
  const lines = createInterface({
    input,
    output,
    terminal: interactive,
    prompt: pc.green("› "),
    crlfDelay: Infinity,
  });
  const history: Turn[] = [];
  const say = (text: string) => output.write(`${text}\n`);
  let last: Answer | undefined;
  let asked: string | undefined;
  let running: AbortController | undefined;
  if (interactive) {
    say(welcome(service));
    if (ingest) announceIngest(ingest, service, lines, say);
    lines.on("SIGINT", () => (running ? running.abort() : lines.close()));
    lines.prompt();
  }
  let exitCode = 0;
  for await (const line of lines) {
    const typed = line.trim();
    // The last question once more takes the place of its first asking.
    const again = typed === ":full" ? asked : undefined;
    if (typed.startsWith(":") && again === undefined) {
      const outcome = runCommand(typed, last);
      if (outcome === "quit") break;
      say(outcome);
    } else if (typed !== "") {
      const question = again ?? typed;
      const detail = again === undefined ? "short" : "full";
      if (again !== undefined) history.splice(-2);
      running = new AbortController();
      const { signal } = running;
      try {
        last = await askOne(question, { service, history, detail, signal, output, interactive });
        remember(history, question, last);
        asked = question;
      } catch (error) {
        exitCode = report(error, say) || exitCode;
      }
      running = undefined;
    }
    if (interactive) lines.prompt();
  }
  lines.close();
  return interactive ? 0 : exitCode;
}

interface AskOptions {
  readonly service: AnswerService;
  readonly history: readonly Turn[];
  readonly detail: Detail;
  readonly signal: AbortSignal;
  readonly output: Writable;
  readonly interactive: boolean;
}

/** Streams one answer: verified text as it arrives, then what the final answer adds to it. */
async function askOne(
  question: string,
  { service, history, detail, signal, output, interactive }: AskOptions,
): Promise<Answer> {
  let shown = "";
  const answer = await service.ask(question, {
    history,
    detail,
    signal,
    onText: (text) => {
      // Only growth is printed: what the final edit changes is printed whole below.
      if (!text.startsWith(shown)) return;
      output.write(text.slice(shown.length));
      shown = text;
    },
  });
  if (shown !== "" && answer.text.startsWith(shown)) {
    output.write(`${answer.text.slice(shown.length)}\n${renderSources(answer)}\n`);
  } else {
    output.write(`${shown === "" ? "" : "\n\n"}${renderAnswer(answer)}\n`);
  }
  output.write(interactive ? "\n" : "\n");
  return answer;
}

function remember(history: Turn[], question: string, answer: Answer): void {
  history.push({ role: "user", content: question }, { role: "assistant", content: answer.text });
  history.splice(0, Math.max(0, history.length - rememberedTurns));
}

/** Words for the one in front of the terminal; returns the exit code of a run that is not interactive. */
function report(error: unknown, say: (text: string) => void): number {
  if (isAbort(error)) {
    say(pc.dim("Stopped."));
    return 0;
  }
  say(error instanceof OperatorError ? pc.red(error.message) : failed);
  return 1;
}

function welcome({ status }: AnswerService): string {
  const model = status.chatModel
    ? `written by ${status.chatModel} and checked against its sources`
    : "quoted from the sources";
  return (
    `${pc.bold("Rackmate")}: ask about AI infrastructure. ${status.documents} documents, answers ${model}.\n` +
    pc.dim(":help shows the commands, Ctrl-C stops an answer, :quit leaves.")
  );
}

/** Says once that vectors are still being made and once that they are ready, without disturbing the prompt. */
function announceIngest(
  ingest: Pick<IngestChild, "onProgress" | "onPublished">,
  service: AnswerService,
  lines: Interface,
  say: (text: string) => void,
): void {
  let announced = 0;
  const announce = (text: string) => {
    say(`\r${pc.dim(text)}`);
    lines.prompt(true);
  };
  ingest.onProgress(({ stage, done, total }) => {
    if (stage !== "embed" || total === 0) return;
    const quarter = Math.floor((4 * done) / total);
    if (quarter <= announced && !(announced === 0 && done > 0)) return;
    announced = Math.max(quarter, 1);
    if (done < total)
      announce(
        `Searching by words; learning the meaning of ${total} sentences, ${Math.round((100 * done) / total)} % done.`,
      );
  });
  ingest.onPublished(({ pending }) => {
    if (pending === 0) announce(`The index is complete (${service.status.documents} documents).`);
  });
}
