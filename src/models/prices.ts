import type { Config } from "../config.ts";

/** USD per million tokens, as known in 2025 (https://platform.openai.com/docs/pricing). */
const known: Readonly<Record<string, number>> = {
  "text-embedding-3-small": 0.02,
  "text-embedding-3-large": 0.13,
  "text-embedding-ada-002": 0.1,
};

type PriceSettings = Pick<Config, "EMBEDDING_MODEL" | "EMBEDDING_PRICE">;

/** USD that embedding some tokens costs: EMBEDDING_PRICE, or the price known for the model; undefined without either. */
export function embeddingCost(config: PriceSettings, tokens: number): number | undefined {
  const price = config.EMBEDDING_PRICE ?? known[config.EMBEDDING_MODEL];
  return price === undefined ? undefined : (price * tokens) / 1_000_000;
}

/** Whether a host may embed unasked: only what is known to cost INGEST_MAX_COST at most. */
export function isWithinBudget(
  config: PriceSettings & Pick<Config, "INGEST_MAX_COST">,
  tokens: number,
): boolean {
  const cost = embeddingCost(config, tokens);
  return cost !== undefined && cost <= config.INGEST_MAX_COST;
}

/** One sentence to the operator on texts that were not embedded because that costs money. */
export function unpaidNotice(config: PriceSettings, texts: number, tokens: number): string {
  const cost = embeddingCost(config, tokens);
  const price =
    cost === undefined
      ? "an unknown price (set EMBEDDING_PRICE)"
      : cost < 0.01
        ? "less than $0.01"
        : `about $${cost.toFixed(2)}`;
  return (
    `Embedding ${texts} texts (some ${tokens} tokens) with ${config.EMBEDDING_MODEL} costs ${price}, so they are found by words only; ` +
    "run `npm run ingest` to embed them, or raise INGEST_MAX_COST."
  );
}
