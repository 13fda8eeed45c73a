import { ConfigError } from "../../errors.ts";

export interface Provider {
  /** The npm package that brings its chat model. */
  readonly package: string;
  /** The variable that its package reads the key from; several or none for cloud accounts. */
  readonly key?: string;
  /** What its package calls the largest number of tokens of an answer, when not `maxTokens`. */
  readonly maxTokens?: string;
}

/** The providers of LangChain's `initChatModel`, as in its table of version 1.5. */
const providers: Readonly<Record<string, Provider>> = {
  openai: { package: "@langchain/openai", key: "OPENAI_API_KEY" },
  azure_openai: { package: "@langchain/openai", key: "AZURE_OPENAI_API_KEY" },
  anthropic: { package: "@langchain/anthropic", key: "ANTHROPIC_API_KEY" },
  google: { package: "@langchain/google", key: "GOOGLE_API_KEY", maxTokens: "maxOutputTokens" },
  "google-genai": { package: "@langchain/google-genai", key: "GOOGLE_API_KEY", maxTokens: "maxOutputTokens" },
  "google-vertexai": { package: "@langchain/google-vertexai", maxTokens: "maxOutputTokens" },
  "google-vertexai-web": { package: "@langchain/google-vertexai-web", maxTokens: "maxOutputTokens" },
  cohere: { package: "@langchain/cohere", key: "COHERE_API_KEY" },
  ollama: { package: "@langchain/ollama", maxTokens: "numPredict" },
  mistralai: { package: "@langchain/mistralai", key: "MISTRAL_API_KEY" },
  mistral: { package: "@langchain/mistralai", key: "MISTRAL_API_KEY" },
  groq: { package: "@langchain/groq", key: "GROQ_API_KEY" },
  bedrock: { package: "@langchain/aws" },
  aws: { package: "@langchain/aws" },
  deepseek: { package: "@langchain/deepseek", key: "DEEPSEEK_API_KEY" },
  xai: { package: "@langchain/xai", key: "XAI_API_KEY" },
  cerebras: { package: "@langchain/cerebras", key: "CEREBRAS_API_KEY" },
  fireworks: { package: "@langchain/fireworks", key: "FIREWORKS_API_KEY" },
  together: { package: "@langchain/together-ai", key: "TOGETHER_AI_API_KEY" },
  perplexity: { package: "@langchain/perplexity", key: "PERPLEXITY_API_KEY" },
};

/** Throws ConfigError for a provider that `initChatModel` does not know. */
export function findProvider(name: string): Provider {
  const provider = providers[name];
  if (provider) return provider;
  throw new ConfigError(
    `CHAT_MODEL names the provider "${name}", which is not known: write provider:model with one of ${Object.keys(providers).join(", ")}, or only the name of an OpenAI model.`,
  );
}

/**
 * Divides `provider:model`. A name without a provider is OpenAI's. On a server of one's own any name goes, also
 * with a colon (`llama3.2:3b`), unless a known provider stands before it; so do OpenAI's tuned models (`ft:…`).
 * Throws ConfigError for an unknown provider or an empty model.
 */
export function parseChatModel(
  name: string,
  ownServer: boolean,
): { readonly provider: string; readonly model: string } {
  const colon = name.indexOf(":");
  const prefix = name.slice(0, Math.max(0, colon));
  const known = Object.hasOwn(providers, prefix);
  if (colon < 0 || (!known && (ownServer || prefix === "ft"))) return { provider: "openai", model: name };
  if (!known) findProvider(prefix);
  const model = name.slice(colon + 1);
  if (model === "") throw new ConfigError(`CHAT_MODEL=${name} names no model: write ${prefix}:model.`);
  return { provider: prefix, model };
}
