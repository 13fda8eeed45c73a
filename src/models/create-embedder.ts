import type { Config } from "../config.ts";
import type { Embedder } from "./types.ts";

/** The embedder that the configuration names, or undefined for `EMBEDDER=none`. Throws ConfigError. */
export async function createEmbedder(
  config: Config,
  workers = config.EMBEDDING_WORKERS,
): Promise<Embedder | undefined> {
  switch (config.EMBEDDER) {
    case "none":
      return undefined;
    case "openai": {
      const { createConfiguredOpenAIEmbedder } = await import("./create.ts");
      return createConfiguredOpenAIEmbedder(config);
    }
    default: {
      const { createUseLiteEmbedder } = await import("./use-lite/embedder.ts");
      return createUseLiteEmbedder({ workers });
    }
  }
}
