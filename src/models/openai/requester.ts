import type { OpenAIEmbeddings } from "@langchain/openai";
import type { Endpoint, Service } from "./service.ts";
import { checkedFetch } from "./transport.ts";
import { checkVectors, inOrder } from "./vectors.ts";

export interface RequesterOptions {
  readonly endpoint: Endpoint;
  readonly service: Service;
  /** Length that every vector must have. */
  readonly dimensions: number;
  /** Length to ask for, when it is not the model's own. */
  readonly requested?: number;
  /** The client's own time limit, a second beyond the caller's, so that the caller's is the one that counts. */
  readonly timeoutMs: number;
  readonly fetch?: typeof globalThis.fetch;
}

export interface Requester {
  /** Loads LangChain (about half a second, once), so that no request's deadline pays for it. */
  load(): Promise<unknown>;
  /** Sends one batch in one attempt and resolves to its vectors in order; throws whatever went wrong. */
  send(texts: readonly string[], signal: AbortSignal): Promise<number[][]>;
}

/**
 * One request through LangChain: no retries, vectors ordered by their `index` and checked.
 * A client per request costs little and lets each have its own signal, which LangChain's embeddings do not take.
 */
export function createRequester(options: RequesterOptions): Requester {
  const { endpoint, service, dimensions, requested, timeoutMs, fetch = globalThis.fetch } = options;
  let loaded: Promise<new (signal: AbortSignal, count: number) => OpenAIEmbeddings> | undefined;

  async function extend() {
    const { OpenAIEmbeddings } = await import("@langchain/openai");
    return class extends OpenAIEmbeddings {
      constructor(signal: AbortSignal, count: number) {
        super({
          model: service.model,
          apiKey: endpoint.apiKey,
          batchSize: count,
          // The texts are prepared already; what is sent must be exactly what is hashed.
          stripNewLines: false,
          // Asked for base64, a server that answers floats all the same would give wrong vectors without an error.
          ...(endpoint.hosted ? {} : { encodingFormat: "float" as const }),
          ...(requested === undefined ? {} : { dimensions: requested }),
          timeout: timeoutMs + 1_000,
          maxRetries: 0,
          // Its own handler renames rate limit errors; ours want the original.
          onFailedAttempt: (error: unknown) => {
            throw error;
          },
          configuration: { baseURL: endpoint.url, fetch: checkedFetch(fetch, signal), logLevel: "off" },
        });
      }

      // LangChain takes the vectors in the order of the array and ignores `index`.
      protected override async embeddingWithRetry(
        request: Parameters<OpenAIEmbeddings["embeddingWithRetry"]>[0],
      ) {
        const reply = await super.embeddingWithRetry(request);
        const count = Array.isArray(request.input) ? request.input.length : 1;
        return { ...reply, data: inOrder(reply.data, count, service) };
      }
    };
  }

  const load = () => {
    loaded ??= extend();
    return loaded;
  };

  return {
    load,
    async send(texts, signal) {
      const Embeddings = await load();
      const vectors = await new Embeddings(signal, texts.length).embedDocuments([...texts]);
      checkVectors(vectors, dimensions, service);
      return vectors;
    },
  };
}
