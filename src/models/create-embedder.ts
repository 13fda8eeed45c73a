import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Embedder } from "./types.ts";

const huggingFace = "huggingface:";

/**
 * The embedder that the configuration names, or undefined for `EMBEDDER=none`.
 * Throws ConfigError, and ModelError when a model on a hub is not to be had.
 */
export async function createEmbedder(
  config: Config,
  workers = config.EMBEDDING_WORKERS,
): Promise<Embedder | undefined> {
  if (config.EMBEDDER.startsWith(huggingFace)) {
    const { createHuggingFaceEmbedder } = await import("./huggingface/embedder.ts");
    return createHuggingFaceEmbedder({
      model: config.EMBEDDER.slice(huggingFace.length),
      cache: join(config.DATA_DIR, "models"),
      workers,
      modules: config.HUGGINGFACE_MODULES,
      endpoint: config.HF_ENDPOINT,
      dtype: config.EMBEDDING_DTYPE,
      pooling: config.EMBEDDING_POOLING,
      queryPrefix: config.EMBEDDING_QUERY_PREFIX,
      passagePrefix: config.EMBEDDING_PASSAGE_PREFIX,
      dimensions: config.EMBEDDING_DIMENSIONS,
    });
  }
  switch (config.EMBEDDER) {
    case "none":
      return undefined;
    case "openai": {
      const { createConfiguredOpenAIEmbedder } = await import("./create.ts");
      return createConfiguredOpenAIEmbedder(config);
    }
    case "use-lite": {
      const { createUseLiteEmbedder } = await import("./use-lite/embedder.ts");
      return createUseLiteEmbedder({ workers });
    }
    default: {
      const { createMiniLMEmbedder } = await import("./minilm/embedder.ts");
      return createMiniLMEmbedder({ workers });
    }
  }
}
