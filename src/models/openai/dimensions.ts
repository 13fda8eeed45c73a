import { ConfigError } from "../../errors.ts";

/** Native lengths of vectors by model: OpenAI's, and those that local servers usually serve (model cards). */
const native: Readonly<Record<string, number>> = {
  "text-embedding-3-small": 1_536,
  "text-embedding-3-large": 3_072,
  "text-embedding-ada-002": 1_536,
  "nomic-embed-text": 768,
  "mxbai-embed-large": 1_024,
  "bge-m3": 1_024,
  "all-minilm": 384,
  "snowflake-arctic-embed": 1_024,
  "BAAI/bge-m3": 1_024,
  "BAAI/bge-small-en-v1.5": 384,
  "BAAI/bge-base-en-v1.5": 768,
  "BAAI/bge-large-en-v1.5": 1_024,
  "intfloat/multilingual-e5-large": 1_024,
};

export interface Dimensions {
  /** Length of every vector. */
  readonly expected: number;
  /** What the request asks for, when the model must be told. */
  readonly requested?: number;
}

/**
 * The length of a model's vectors: its own, or a shorter one asked for.
 * For a model that is unknown here, a server of one's own is not asked to shorten (many refuse the parameter):
 * the number given is then taken for the model's own.
 * Throws ConfigError when the length cannot be known or the model cannot be shortened.
 */
export function resolveDimensions(model: string, given: number | undefined, hosted: boolean): Dimensions {
  const own = native[model] ?? native[model.replace(/:latest$/, "")];
  if (given === undefined) {
    if (own !== undefined) return { expected: own };
    throw new ConfigError(
      `The length of the vectors of ${model} (EMBEDDING_MODEL) is not known: set EMBEDDING_DIMENSIONS to it (its model card says it).`,
    );
  }
  if (own === given || (own === undefined && !hosted)) return { expected: given };
  if (model === "text-embedding-ada-002")
    throw new ConfigError(
      `${model} (EMBEDDING_MODEL) has only vectors of ${own} numbers: unset EMBEDDING_DIMENSIONS, or choose text-embedding-3-small.`,
    );
  if (own !== undefined && given > own)
    throw new ConfigError(
      `EMBEDDING_DIMENSIONS is ${given}, but ${model} (EMBEDDING_MODEL) has at most ${own}: lower it.`,
    );
  return { expected: given, requested: given };
}
