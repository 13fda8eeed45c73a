import { createAnswerService } from "./answer/service.ts";
import type { Config } from "./config.ts";
import { OperatorError } from "./errors.ts";
import { openIndex } from "./index/embedded/open.ts";
import { type IngestChild, startIngest } from "./ingest/child.ts";
import { createEmbedder } from "./models/create-embedder.ts";
import { chat } from "./terminal/chat.ts";
import { openChatModel, openRewriter } from "./terminal/open.ts";
import { ingestProgress } from "./terminal/progress.ts";

/**
 * What `npm start` does: serves the current index at once while a child process brings it up to date,
 * moves to the new generation when it is published, and talks in Discord when there is a token, in the
 * terminal otherwise. With `yes` the ingestion may spend money on a paid embedder. Resolves with the exit code when the host ends.
 */
export async function start(config: Config, { yes }: { readonly yes: boolean }): Promise<number> {
  const embedder = await createEmbedder(config, 1);
  const note = (line: string) => process.stderr.write(`${line}\n`);
  const chatModel = await openChatModel(config);
  const ingest = startIngest(config, { yes });
  let published: string | undefined;
  let serve: (generation: string) => Promise<void> = async () => {};
  ingest.onPublished(({ generation }) => {
    published = generation;
    serve(generation).catch((error: Error) => note(error.message));
  });
  const index = await firstIndex(config, ingest);
  const service = createAnswerService({
    index,
    embedder,
    chatModel,
    rewriter: await openRewriter(config),
    target: config.CORPUS_URL_BASE ? { urlBase: config.CORPUS_URL_BASE } : {},
    concurrency: config.MAX_CONCURRENT_QUESTIONS,
    queue: config.MAX_QUEUED_QUESTIONS,
    deadlineMs: config.ANSWER_TIMEOUT_MS,
    onFault: (error) => note(error instanceof Error ? error.message : String(error)),
  });
  serve = async (generation) => {
    if (generation !== service.status.generation) service.swap(await openIndex(config.DATA_DIR, generation));
  };
  // One that was published while the first was being opened.
  if (published) await serve(published);
  ingest.onEnded(note);
  // LangChain costs half a second to load: after the host is ready, before the first question.
  setImmediate(() => chatModel?.load().catch((error: Error) => note(error.message)));
  try {
    if (!config.DISCORD_TOKEN) return await chat({ service, ingest });
    const { runBot } = await import("./discord/run.ts");
    return await runBot({ service, config });
  } finally {
    await ingest.stop();
    await service.close();
  }
}

/** The index that exists, or the first that the child publishes: the lexical one, within seconds. */
async function firstIndex(config: Config, ingest: IngestChild) {
  try {
    return await openIndex(config.DATA_DIR);
  } catch (error) {
    const bar = ingestProgress();
    ingest.onProgress(({ stage, done, total }) => bar.update(stage, done, total));
    const published = await ingest.firstPublished;
    bar.stop();
    if (published) return openIndex(config.DATA_DIR, published.generation);
    throw new OperatorError((await ingest.ended) || (error as Error).message, { cause: error });
  }
}
