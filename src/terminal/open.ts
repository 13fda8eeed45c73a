import type { AnswerTools } from "../answer/answer.ts";
import { createRewriter, type Rewriter } from "../answer/rewrite.ts";
import { rewriteTokens } from "../answer/rewrite-form.ts";
import { type Config, chatModelName } from "../config.ts";
import { openIndex } from "../index/embedded/open.ts";
import { createEmbedder } from "../models/create-embedder.ts";
import type { LazyChatModel } from "../models/openai/chat-model.ts";
import { vectorsMatch } from "../retrieve/retrieve.ts";

/**
 * Opens everything that an answer is made with, the embedder warmed up. For one-off commands; the host
 * does not wait for the embedder. Throws IndexError, ConfigError.
 */
export async function openTools(
  config: Config,
  log: (line: string) => void,
  { chat = true }: { readonly chat?: boolean } = {},
): Promise<AnswerTools & { readonly chatModel: LazyChatModel | undefined; close(): Promise<void> }> {
  const index = await openIndex(config.DATA_DIR);
  const wanted = await createEmbedder(config, 1);
  const mismatch = wanted !== undefined && index.manifest.vectors > 0 && !vectorsMatch(index, wanted);
  if (mismatch) log(mismatchWarning(index.manifest.embedder?.fingerprint, wanted.fingerprint));
  const embedder = mismatch || index.manifest.vectors === 0 ? undefined : wanted;
  if (embedder && !embedder.paid) await embedder.embed(["warm up"]);
  return {
    index,
    embedder,
    chatModel: chat ? await openChatModel(config) : undefined,
    rewriter: chat ? await openRewriter(config) : undefined,
    target: config.CORPUS_URL_BASE ? { urlBase: config.CORPUS_URL_BASE } : {},
    close: async () => {
      await index.close();
      await wanted?.close();
    },
  };
}

/** LangChain costs half a second to load, so only a configured model loads it. */
export async function openChatModel(config: Config): Promise<LazyChatModel | undefined> {
  if (!chatModelName(config)) return undefined;
  const { createChatModel } = await import("../models/create.ts");
  return createChatModel(config);
}

/** What rewords questions before the search, when a chat model is configured that may. Throws ConfigError. */
export async function openRewriter(config: Config): Promise<Rewriter | undefined> {
  if (!chatModelName(config) || !config.QUESTION_REWRITE) return undefined;
  const { createRewriteModel } = await import("../models/create.ts");
  const chatModel = await createRewriteModel(config, rewriteTokens);
  return (
    chatModel &&
    createRewriter({
      chatModel,
      deadlineMs: config.QUESTION_REWRITE_TIMEOUT_MS,
      load: () => chatModel.load(),
    })
  );
}

/** What to tell the operator when the index holds the vectors of another embedder. */
export function mismatchWarning(built: string | undefined, configured: string): string {
  return `The index holds vectors of ${built}, but EMBEDDER gives ${configured}: searching by words only. Run \`npm run ingest\` to embed the corpus with it.`;
}
