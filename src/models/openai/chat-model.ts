import type { ChatModel } from "../types.ts";
import { type EndpointOptions, isReasoningModel, resolveService } from "./service.ts";
import { abortError } from "./signals.ts";
import { type Patience, patience, type Streamable, streamAnswer } from "./stream.ts";
import { checkedFetch } from "./transport.ts";

/** A chat model whose library is loaded with the first answer, or earlier on request. */
export interface LazyChatModel extends ChatModel {
  /** Loads the library (about half a second, blocking), for a host that is ready and has nothing to do. */
  load(): Promise<void>;
}

export interface OpenAIChatModelOptions extends EndpointOptions {
  readonly model: string;
  /** 0 to 2; never sent to reasoning models, which refuse it. */
  readonly temperature?: number | undefined;
  /** Most tokens of an answer; a reasoning model's thoughts count too. */
  readonly maxTokens?: number | undefined;
  readonly patience?: Partial<Patience>;
  /** For tests. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * A ChatModel over LangChain's ChatOpenAI, for OpenAI and servers that speak its protocol.
 * A stream ends normally only with the finish reason `stop`; retries, time limits and the abort are ours.
 * Throws ConfigError when a key is missing or the address cannot be used.
 */
export function createOpenAIChatModel(options: OpenAIChatModelOptions): LazyChatModel {
  const { model, temperature, maxTokens, fetch = globalThis.fetch } = options;
  const { endpoint, service } = resolveService(options, "chat", model);
  const limits = { ...patience, ...options.patience };
  let loaded: Promise<Streamable> | undefined;

  async function create(): Promise<Streamable> {
    const { ChatOpenAI } = await import("@langchain/openai");
    const chat = new ChatOpenAI({
      model,
      apiKey: endpoint.apiKey,
      ...(temperature === undefined || isReasoningModel(model) ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      // Some servers refuse stream_options, and nothing reads the usage.
      streamUsage: false,
      maxRetries: 0,
      // Its own handler renames rate limit errors; ours want the original.
      onFailedAttempt: (error: unknown) => {
        throw error;
      },
      configuration: { baseURL: endpoint.url, fetch: checkedFetch(fetch), logLevel: "off" },
    });
    return { stream: (messages, streaming) => chat.stream(messages, streaming) };
  }

  const load = () => {
    loaded ??= create();
    return loaded;
  };

  return {
    name: `openai:${model}`,
    async load() {
      await load();
    },
    async *stream(prompt, { signal } = {}) {
      if (signal?.aborted) throw abortError(signal);
      yield* streamAnswer(await load(), prompt, service, limits, signal);
    },
  };
}
