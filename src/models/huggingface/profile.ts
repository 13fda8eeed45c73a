import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../errors.ts";
import { familyOf, type Pooling } from "./families.ts";

/** The file name's ending of each number format, as transformers.js looks for it; the first that exists is taken. */
const suffixes = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
  q4f16: "_q4f16",
  bnb4: "_bnb4",
} as const;
export type Dtype = keyof typeof suffixes;

/** What the configuration says about a model; everything else is read from its files or known by its name. */
export interface Wishes {
  readonly dtype?: Dtype | undefined;
  readonly pooling?: Pooling | undefined;
  /** Prefix of questions; "none" for no prefix. A space is put between it and the text. */
  readonly queryPrefix?: string | undefined;
  readonly passagePrefix?: string | undefined;
  /** Length of the vectors, for a model whose config.json does not say it. */
  readonly dimensions?: number | undefined;
}

/** Everything that decides what a vector is. */
export interface Profile {
  readonly dimensions: number;
  readonly pooling: Pooling;
  readonly query: string;
  readonly passage: string;
  /** Longest text in tokens, special ones included. */
  readonly tokens: number;
}

/** The weights in a folder. */
export interface Weights {
  readonly dtype: Dtype;
  /** Folder of the .onnx file below the model's folder; "" for the model's folder itself. */
  readonly subfolder: string;
}

/** A passage has at most 350 words; attention costs with the square of the length, so longer texts are cut. */
const mostTokens = 512;

const size = z.number().int().positive();
const configFile = z.looseObject({
  hidden_size: size.optional(),
  d_model: size.optional(),
  dim: size.optional(),
  n_embd: size.optional(),
  max_position_embeddings: size.optional(),
  model_type: z.string().optional(),
});
const poolingFile = z.looseObject({
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_lasttoken: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
});
const promptsFile = z.looseObject({ prompts: z.record(z.string(), z.string()).optional() });

/**
 * Reads from a model's folder (one's own, or of the cache) how its vectors are made. The configuration goes first,
 * then the files that sentence-transformers writes, then what the name tells.
 * Throws ConfigError when config.json is missing, damaged, or does not say the length of the vectors.
 */
export async function readProfile(folder: string, name: string, wishes: Wishes): Promise<Profile> {
  const config = await readJson(folder, "config.json", configFile);
  if (!config) {
    throw new ConfigError(
      `EMBEDDER: ${folder} holds no model, since config.json is missing; it needs config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx.`,
    );
  }
  const dimensions = config.hidden_size ?? config.d_model ?? config.dim ?? config.n_embd ?? wishes.dimensions;
  if (dimensions === undefined) {
    throw new ConfigError(
      `EMBEDDER: ${join(folder, "config.json")} does not state hidden_size; set EMBEDDING_DIMENSIONS to the length of the vectors.`,
    );
  }
  const family = familyOf(name);
  const stored = await readJson(folder, "1_Pooling/config.json", poolingFile);
  const { prompts = {} } = (await readJson(folder, "config_sentence_transformers.json", promptsFile)) ?? {};
  // RoBERTa's positions begin after its padding token's, 2.
  const reserved = /roberta|camembert|mpnet/.test(config.model_type ?? "") ? 2 : 0;
  return {
    dimensions,
    pooling: wishes.pooling ?? poolingOf(stored) ?? family.pooling,
    query: prefix(wishes.queryPrefix) ?? prompts.query ?? family.query,
    passage: prefix(wishes.passagePrefix) ?? prompts.document ?? prompts.passage ?? family.passage,
    tokens: Math.min(mostTokens, (config.max_position_embeddings ?? mostTokens) - reserved),
  };
}

/** Finds the weights and the tokenizer in a folder of one's own. Throws ConfigError that names what is missing. */
export function findWeights(folder: string, wanted: Dtype | undefined): Weights {
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    if (!existsSync(join(folder, file)))
      throw new ConfigError(
        `EMBEDDER: ${folder} has no tokenizer, since ${file} is missing; copy it from where the model came from.`,
      );
  }
  const order = wanted ? [wanted] : (Object.keys(suffixes) as Dtype[]);
  for (const dtype of order) {
    for (const subfolder of ["onnx", ""]) {
      if (existsSync(join(folder, subfolder, weightsFile(dtype)))) return { dtype, subfolder };
    }
  }
  throw new ConfigError(
    wanted
      ? `EMBEDDER: ${folder} has no onnx/${weightsFile(wanted)}, which EMBEDDING_DTYPE=${wanted} asks for; unset it to take what is there.`
      : `EMBEDDER: ${folder} has no weights in ONNX form; it needs onnx/model.onnx (Optimum's \`optimum-cli export onnx\` makes it).`,
  );
}

/** Hash of the files that a folder's vectors depend on: weights (with external data) and tokenizer. */
export async function hashWeights(folder: string, { dtype, subfolder }: Weights): Promise<string> {
  const weights = weightsFile(dtype);
  const names = readdirSync(join(folder, subfolder))
    // Large models keep their numbers beside it, in model.onnx_data or model.onnx.data.
    .filter((name) => name.startsWith(weights))
    .sort();
  const hash = createHash("sha256");
  for (const file of [
    "tokenizer.json",
    "tokenizer_config.json",
    ...names.map((name) => join(subfolder, name)),
  ])
    for await (const piece of createReadStream(join(folder, file))) hash.update(piece);
  return hash.digest("hex");
}

export function weightsFile(dtype: Dtype): string {
  return `model${suffixes[dtype]}.onnx`;
}

async function readJson<T>(folder: string, file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const path = join(folder, file);
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new ConfigError(`EMBEDDER: ${path} is damaged; copy it again from where the model came from.`, {
      cause,
    });
  }
}

function poolingOf(stored: z.infer<typeof poolingFile> | undefined): Pooling | undefined {
  if (stored?.pooling_mode_cls_token) return "cls";
  if (stored?.pooling_mode_lasttoken) return "last";
  return stored?.pooling_mode_mean_tokens ? "mean" : undefined;
}

function prefix(wish: string | undefined): string | undefined {
  if (wish === undefined) return undefined;
  return wish === "none" ? "" : `${wish} `;
}
