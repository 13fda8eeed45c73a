import { ConfigError } from "../../errors.ts";

const openaiUrl = "https://api.openai.com/v1";
/** What the client sends where a server asks for no key. */
const noKey = "none";

/** What an operator must be told when a model fails: who failed, and which variables change that. */
export interface Service {
  /** "OpenAI", "the server at localhost:8000 (OPENAI_BASE_URL)", "anthropic". */
  readonly label: string;
  readonly use: "chat" | "embeddings";
  readonly model: string;
  readonly modelVariable: "CHAT_MODEL" | "EMBEDDING_MODEL";
  /** The variable that holds the key. */
  readonly keyVariable: string;
  /** The variable that holds the base URL, when one is set. */
  readonly urlVariable?: string;
  /** Texts that no message may contain. */
  readonly secrets: readonly string[];
}

/** Where requests go. */
export interface Endpoint {
  readonly url: string;
  /** The key, or a dummy where none is needed. */
  readonly apiKey: string;
  /** Whether this is OpenAI's own service: it is paid for, and its wire format is the documented one. */
  readonly hosted: boolean;
}

export interface EndpointOptions {
  readonly apiKey?: string | undefined;
  /** Of a server that speaks OpenAI's protocol; it usually ends in `/v1`. OpenAI itself when absent. */
  readonly baseUrl?: string | undefined;
  /** The variable that the base URL came from, for messages. */
  readonly urlVariable?: "OPENAI_BASE_URL" | "EMBEDDING_BASE_URL";
}

/**
 * Decides where requests of one use go, and the words for it.
 * A key is needed only for OpenAI's own service. Throws ConfigError when it is missing or the base URL cannot be used.
 */
export function resolveService(
  options: EndpointOptions,
  use: Service["use"],
  model: string,
): { endpoint: Endpoint; service: Service } {
  const urlVariable = options.urlVariable ?? (use === "chat" ? "OPENAI_BASE_URL" : "EMBEDDING_BASE_URL");
  const url = parseUrl(options.baseUrl ?? openaiUrl, urlVariable);
  const hosted = /(^|\.)api\.openai\.com$/.test(url.hostname);
  if (hosted && !options.apiKey)
    throw new ConfigError(
      `OPENAI_API_KEY is not set, but ${use === "chat" ? "CHAT_MODEL" : "EMBEDDER=openai"} asks OpenAI for ${use}: set it, point ${urlVariable} to a server of your own, or ${use === "chat" ? "unset CHAT_MODEL" : "set EMBEDDER=use-lite"}.`,
    );
  const modelVariable = use === "chat" ? "CHAT_MODEL" : "EMBEDDING_MODEL";
  const common = { use, model, modelVariable, keyVariable: "OPENAI_API_KEY" } as const;
  const secrets = options.apiKey ? [options.apiKey] : [];
  const service: Service = hosted
    ? { ...common, label: "OpenAI", secrets }
    : { ...common, label: `the server at ${url.host} (${urlVariable})`, urlVariable, secrets };
  const address = url.href.replace(/\/+$/, "");
  return { endpoint: { url: address, apiKey: options.apiKey ?? noKey, hosted }, service };
}

function parseUrl(text: string, variable: string): URL {
  if (!URL.canParse(text))
    throw new ConfigError(`${variable} is not an address: write it like http://localhost:8000/v1.`);
  const url = new URL(text);
  if (url.username || url.password)
    throw new ConfigError(`${variable} must not hold a user name or password: give a key in OPENAI_API_KEY.`);
  return url;
}

/**
 * Whether OpenAI's naming says that a model thinks before it answers: o1, o3-mini, gpt-5, but not gpt-5-chat.
 * Such models refuse a temperature, and their first token may be long in coming.
 */
export function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-5(?!-chat))/.test(model);
}
