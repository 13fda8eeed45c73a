import { type Config, chatModelName } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { parseChatModel } from "./openai/providers.ts";

/** USD per million tokens, what is read and what is written. */
export interface ChatPrice {
  readonly input: number;
  readonly output: number;
}

/** OpenAI's prices as known in 2025 (https://platform.openai.com/docs/pricing). */
const known: Readonly<Record<string, ChatPrice>> = {
  "gpt-4o-mini": { input: 0.15, output: 0.6 },
  "gpt-4o": { input: 2.5, output: 10 },
  "gpt-4.1": { input: 2, output: 8 },
  "gpt-4.1-mini": { input: 0.4, output: 1.6 },
  "gpt-4.1-nano": { input: 0.1, output: 0.4 },
  "gpt-5": { input: 1.25, output: 10 },
  "gpt-5-mini": { input: 0.25, output: 2 },
  "gpt-5-nano": { input: 0.05, output: 0.4 },
};

/** Machines of one's own: this one, a private network, a name without a domain. */
const ownMachine =
  /^(?:localhost|127(?:\.\d+){3}|\[::1\]|10(?:\.\d+){3}|192\.168(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}|[^.]+|.+\.(?:local|internal))$/;

/**
 * What the configured chat model costs: 0 on a server of one's own that asks for no key, OpenAI's price for its
 * models; undefined where that is not known, as behind any other address. Throws ConfigError for an unknown provider.
 */
export function chatPrice(config: Config): ChatPrice | undefined {
  const { provider, model } = parseChatModel(
    chatModelName(config) ?? "",
    config.OPENAI_BASE_URL !== undefined,
  );
  if (provider === "ollama") return { input: 0, output: 0 };
  if (provider !== "openai") return undefined;
  if (config.OPENAI_BASE_URL === undefined) return known[model];
  const own = ownMachine.test(new URL(config.OPENAI_BASE_URL).hostname);
  return own && config.OPENAI_API_KEY === undefined ? { input: 0, output: 0 } : undefined;
}

/** Reads "0.15,0.6", USD per million tokens read and written. Throws ConfigError. */
export function parseChatPrice(text: string): ChatPrice {
  const [, input, output] = /^(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  if (input === undefined || output === undefined) {
    throw new ConfigError(
      `--price ${text} is not usable: give USD per million tokens read and written, such as --price 0.15,0.6.`,
    );
  }
  return { input: Number(input), output: Number(output) };
}
