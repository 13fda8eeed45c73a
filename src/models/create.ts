import { type Config, chatModelName } from "../config.ts";
import { createOpenAIChatModel, type LazyChatModel } from "./openai/chat-model.ts";
import { createOpenAIEmbedder } from "./openai/embedder.ts";
import { createProviderChatModel } from "./openai/init-chat-model.ts";
import { parseChatModel } from "./openai/providers.ts";
import { isReasoningModel } from "./openai/service.ts";
import type { Patience } from "./openai/stream.ts";
import type { Embedder } from "./types.ts";

/**
 * The chat model that the configuration asks for, or undefined for extractive answers.
 * Nothing is sent and no library is loaded yet: a host calls `load()` when it is ready.
 * Throws ConfigError when a key, a provider's package or a name is wrong.
 */
export async function createChatModel(config: Config): Promise<LazyChatModel | undefined> {
  const name = chatModelName(config);
  if (name === undefined) return undefined;
  const { model } = parseChatModel(name, config.OPENAI_BASE_URL !== undefined);
  return modelWithin(config, name, {
    maxTokens: config.CHAT_MAX_TOKENS,
    patience: {
      idleMs: config.MODEL_IDLE_TIMEOUT_MS,
      // A reasoning model is silent while it thinks: only the deadline of the answer bounds that.
      firstTokenMs: isReasoningModel(model)
        ? Math.max(config.MODEL_IDLE_TIMEOUT_MS, config.ANSWER_TIMEOUT_MS)
        : config.MODEL_IDLE_TIMEOUT_MS,
    },
  });
}

/**
 * The same model for rewording questions: few tokens, no second attempt. Undefined without a chat model, with
 * QUESTION_REWRITE=false, and for a reasoning model, whose thoughts would use up tokens and time. Throws ConfigError.
 */
export async function createRewriteModel(
  config: Config,
  maxTokens: number,
): Promise<LazyChatModel | undefined> {
  const name = chatModelName(config);
  if (name === undefined || !config.QUESTION_REWRITE) return undefined;
  if (isReasoningModel(parseChatModel(name, config.OPENAI_BASE_URL !== undefined).model)) return undefined;
  const limit = config.QUESTION_REWRITE_TIMEOUT_MS;
  return modelWithin(config, name, {
    maxTokens,
    patience: { idleMs: limit, firstTokenMs: limit, retries: 0 },
  });
}

function modelWithin(
  config: Config,
  name: string,
  limits: { readonly maxTokens: number; readonly patience: Partial<Patience> },
): LazyChatModel {
  const { provider, model } = parseChatModel(name, config.OPENAI_BASE_URL !== undefined);
  const common = { ...limits, model };
  if (provider !== "openai")
    return createProviderChatModel({ ...common, provider, temperature: config.CHAT_TEMPERATURE });
  return createOpenAIChatModel({
    ...common,
    // Answers repeat what passages say: the most likely wording, unless asked otherwise.
    temperature: config.CHAT_TEMPERATURE ?? 0,
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.OPENAI_BASE_URL,
  });
}

/**
 * The embedder of `EMBEDDER=openai`. It follows OPENAI_BASE_URL when it has no address of its own, so that texts
 * do not go to OpenAI while the chat goes elsewhere. Nothing is sent and no library is loaded yet.
 * Throws ConfigError when a key, an address or the length of the vectors is missing.
 */
export function createConfiguredOpenAIEmbedder(config: Config): Embedder {
  const own = config.EMBEDDING_BASE_URL !== undefined || config.OPENAI_BASE_URL === undefined;
  return createOpenAIEmbedder({
    model: config.EMBEDDING_MODEL,
    dimensions: config.EMBEDDING_DIMENSIONS,
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.EMBEDDING_BASE_URL ?? config.OPENAI_BASE_URL,
    urlVariable: own ? "EMBEDDING_BASE_URL" : "OPENAI_BASE_URL",
    batch: config.EMBEDDING_BATCH,
    concurrency: config.EMBEDDING_CONCURRENCY,
  });
}
