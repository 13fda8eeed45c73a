import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError } from "../../errors.ts";
import { embedInBatches, tidy } from "../in-batches.ts";
import type { Embedder } from "../types.ts";
import { createWorkerPool } from "../worker-pool.ts";
import { toModelError } from "./errors.ts";
import { findTransformers } from "./package.ts";
import { findWeights, hashWeights, type Profile, readProfile, type Wishes } from "./profile.ts";
import { parseSource } from "./source.ts";
import type { Outcome, Setting, Task } from "./task.ts";

export interface HuggingFaceOptions extends Wishes {
  /** A name on the hub (`owner/name`) or a folder (`./folder`, `/folder`). */
  readonly model: string;
  /** Folder in which downloaded models are kept. */
  readonly cache: string;
  /** Worker threads; each holds its own copy of the model. */
  readonly workers: number;
  /** Texts of one task, which are padded to the longest among them: a few, as for use-lite. */
  readonly batch?: number;
  /** Folder in which @huggingface/transformers is installed; the project when absent. */
  readonly modules?: string | undefined;
  /** Address of a mirror of the hub. */
  readonly endpoint?: string | undefined;
}

/** More than 512 tokens of any language; beyond that a text only costs time. */
const longestText = 4_000;

/**
 * An Embedder over transformers.js (`@huggingface/transformers`), which has to be installed beside the project.
 * It runs ONNX models in worker threads, which load the model with the first text and then stay. Passages are
 * embedded whole, as such models are trained; vectors are of length 1.
 * A folder is read here and now, without the network; of a name only config.json is fetched, once.
 * Throws ConfigError when the package, a file or a setting is missing, ModelError when the hub does not deliver.
 */
export async function createHuggingFaceEmbedder(options: HuggingFaceOptions): Promise<Embedder> {
  const { workers, batch = 4, cache } = options;
  const source = parseSource(options.model);
  const requireFrom = findTransformers(options.modules);
  const local = source.kind === "folder";
  const folder = local ? source.path : resolve(cache, source.name);
  if (local && !existsSync(folder))
    throw new ConfigError(
      `EMBEDDER=huggingface:${options.model} names a folder that does not exist (${folder}).`,
    );
  const profileOf = () => readProfile(folder, source.name, options);
  const known = local ? await profileOf() : undefined;
  const weights = local
    ? findWeights(folder, options.dtype)
    : { dtype: options.dtype ?? "fp32", subfolder: "onnx" };
  const content = local ? await hashWeights(folder, weights) : "";

  const pool = createWorkerPool({
    module: "src/models/huggingface/worker",
    workers,
    data: {
      requireFrom,
      model: local ? folder : source.name,
      local,
      cache: resolve(cache),
      endpoint: options.endpoint,
      ...weights,
      // Together the workers use every core once.
      threads: Math.max(1, Math.floor(availableParallelism() / workers)),
    } satisfies Setting,
    explain: () => "The huggingface embedder stopped; start Rackmate again.",
  });

  const run = async (task: Task, signal?: AbortSignal): Promise<number[][]> => {
    const outcome = await pool.run<Outcome>(task, signal);
    if ("vectors" in outcome) return outcome.vectors;
    throw toModelError(outcome, source, folder);
  };

  let profile: Profile;
  try {
    if (!local && !existsSync(join(folder, "config.json"))) await run({ kind: "fetch-config" });
    profile = known ?? (await profileOf());
  } catch (error) {
    await pool.close();
    throw error;
  }
  const { pooling, dimensions } = profile;
  return {
    fingerprint: `huggingface:${source.name}:${weights.dtype}:${pooling}:${dimensions}:${digest(profile, content)}`,
    dimensions,
    unit: "passage",
    // Between use-lite's measured 0.45 and the 0.7 of OpenAI's larger models.
    fusionWeight: 0.6,
    paid: false,
    prepare: (text) => tidy(text, longestText),
    embed: (texts, given) => {
      const prefix = given?.role === "query" ? profile.query : profile.passage;
      const prefixed = texts.map((text) => prefix + tidy(text, longestText));
      const embedBatch = (part: readonly string[], signal: AbortSignal) =>
        run({ kind: "embed", texts: part, profile }, signal);
      return embedInBatches(prefixed, { batch, runners: workers, embedBatch }, given);
    },
    close: () => pool.close(),
  };
}

/** Twelve digits for what else decides a vector: the content of the files, prefixes, the longest text. */
function digest({ query, passage, tokens }: Profile, content: string): string {
  return createHash("sha256")
    .update(JSON.stringify([content, query, passage, tokens]))
    .digest("hex")
    .slice(0, 12);
}
