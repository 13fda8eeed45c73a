import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ConfigError } from "../../errors.ts";
import type { LazyChatModel } from "./chat-model.ts";
import { toFailure } from "./errors.ts";
import { findProvider, type Provider } from "./providers.ts";
import type { Service } from "./service.ts";
import { abortError } from "./signals.ts";
import { type Patience, patience, type Streamable, streamAnswer } from "./stream.ts";

export interface ProviderChatModelOptions {
  /** A name of `providers.ts`, not `openai`. */
  readonly provider: string;
  readonly model: string;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly patience?: Partial<Patience>;
  /** Whether an npm package is installed; for tests. */
  readonly installed?: (packageName: string) => boolean;
  /** Makes the model; LangChain's `initChatModel` unless a test gives another. */
  readonly init?: (
    provider: string,
    model: string,
    fields: Readonly<Record<string, unknown>>,
  ) => Promise<Streamable>;
}

/**
 * A ChatModel of another provider through LangChain's `initChatModel`, which is loaded with the first answer.
 * The provider's own package reads its key from the environment.
 * Throws ConfigError when the provider is unknown or its npm package is not installed; streams throw ModelError.
 */
export function createProviderChatModel(options: ProviderChatModelOptions): LazyChatModel {
  const { model, installed = isInstalled, init = initChatModel } = options;
  const provider = findProvider(options.provider);
  if (!installed(provider.package))
    throw new ConfigError(
      `CHAT_MODEL=${options.provider}:${model} needs the npm package ${provider.package}, which is not installed: run npm install ${provider.package}.`,
    );
  const service = describe(options.provider, provider, model);
  const limits = { ...patience, ...options.patience };
  let loaded: Promise<Streamable> | undefined;

  async function create(): Promise<Streamable> {
    const { temperature, maxTokens } = options;
    const fields = {
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { [provider.maxTokens ?? "maxTokens"]: maxTokens }),
      maxRetries: 0,
    };
    try {
      return await init(options.provider, model, fields);
    } catch (error) {
      const reason = toFailure(error, service).error.cause as Error;
      throw new ConfigError(
        `CHAT_MODEL=${options.provider}:${model} cannot be used (${reason.message}): check ${service.keyVariable} and the version of ${provider.package}.`,
        { cause: reason },
      );
    }
  }

  const load = () => {
    loaded ??= create();
    return loaded;
  };

  return {
    name: `${options.provider}:${model}`,
    async load() {
      await load();
    },
    async *stream(prompt, { signal } = {}) {
      if (signal?.aborted) throw abortError(signal);
      yield* streamAnswer(await load(), prompt, service, limits, signal);
    },
  };
}

async function initChatModel(
  modelProvider: string,
  model: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<Streamable> {
  const { initChatModel: init } = await import("langchain/chat_models/universal");
  return (await init(model, { ...fields, modelProvider })) as unknown as Streamable;
}

function describe(name: string, provider: Provider, model: string): Service {
  return {
    label: name,
    use: "chat",
    model,
    modelVariable: "CHAT_MODEL",
    keyVariable: provider.key ?? `the credentials of ${name}`,
    secrets: [],
  };
}

/** Looks where Node would look, without loading anything. */
function isInstalled(packageName: string): boolean {
  const folders = createRequire(import.meta.url).resolve.paths(packageName) ?? [];
  return folders.some((folder) => existsSync(join(folder, packageName, "package.json")));
}
