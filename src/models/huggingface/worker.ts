import { createRequire } from "node:module";
import { workerData } from "piscina";
import type { Outcome, Setting, Stage, Task } from "./task.ts";
import type { Inputs, Model, Tensor, Tokenizer, Transformers } from "./transformers.ts";

const setting = workerData as Setting;

/** Carries the stage of a failure up to the end of the task. */
class StageError extends Error {
  readonly stage: Stage;
  constructor(stage: Stage, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.stage = stage;
  }
}

interface Loaded {
  readonly library: Transformers;
  readonly tokenizer: Tokenizer;
  readonly model: Model;
}

let loading: Promise<Loaded> | undefined;

/** Does one task of the embedder in this worker thread; vectors are normalised to length 1. */
export default async function run(task: Task): Promise<Outcome> {
  try {
    if (task.kind === "fetch-config") {
      await at("config", async () => loadLibrary().AutoConfig.from_pretrained(setting.model));
      return { vectors: [] };
    }
    loading ??= load();
    // A failed download may succeed with the next text.
    loading.catch(() => {
      loading = undefined;
    });
    return { vectors: await embed(await loading, task) };
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    const { status } = error.cause as { status?: unknown };
    return {
      stage: error.stage,
      reason: error.message,
      ...(typeof status === "number" ? { status } : {}),
    };
  }
}

/** Loads transformers.js and tells it where models come from: a folder of one's own never asks the network. */
function loadLibrary(): Transformers {
  let library: Transformers;
  try {
    library = createRequire(setting.requireFrom)("@huggingface/transformers") as Transformers;
  } catch (error) {
    throw new StageError("package", error);
  }
  const { env } = library;
  env.allowLocalModels = setting.local;
  env.allowRemoteModels = !setting.local;
  env.useFSCache = !setting.local;
  env.cacheDir = setting.cache;
  // Its warnings would appear in the middle of the operator's terminal.
  env.logLevel = library.LogLevel.ERROR;
  if (setting.endpoint) env.remoteHost = setting.endpoint;
  return library;
}

async function load(): Promise<Loaded> {
  const library = loadLibrary();
  const { model, dtype, subfolder, threads } = setting;
  const tokenizer = await at("tokenizer", () => library.AutoTokenizer.from_pretrained(model));
  const options = { dtype, subfolder, device: "cpu", session_options: { intraOpNumThreads: threads } };
  return {
    library,
    tokenizer,
    model: await at("weights", () => library.AutoModel.from_pretrained(model, options)),
  };
}

async function embed(
  { library, tokenizer, model }: Loaded,
  { texts, profile: { pooling, tokens, dimensions } }: Extract<Task, { kind: "embed" }>,
): Promise<number[][]> {
  // With padding on the left, the last position is the last token of every text.
  tokenizer.padding_side = pooling === "last" ? "left" : "right";
  const vectors = await at("compute", async () => {
    const inputs = tokenizer(texts, {
      padding: true,
      truncation: true,
      max_length: Math.min(tokens, tokenizer.model_max_length),
    });
    return pool(await model(inputs), inputs)
      .normalize(2, -1)
      .tolist();
  });
  const wrong = vectors.find((vector) => vector.length !== dimensions || !vector.every(Number.isFinite));
  if (wrong) throw new StageError("dimensions", `${wrong.length} numbers instead of ${dimensions}`);
  return vectors;

  function pool(output: Awaited<ReturnType<Model>>, { attention_mask }: Inputs): Tensor {
    // A model that pools by itself knows best.
    if (output.sentence_embedding?.dims.length === 2) return output.sentence_embedding;
    const hidden = output.last_hidden_state ?? output.token_embeddings;
    if (hidden?.dims.length !== 3) throw new Error(`the model gives ${Object.keys(output).join(", ")}`);
    if (pooling === "mean") return library.mean_pooling(hidden, attention_mask);
    return hidden.slice(null, pooling === "cls" ? 0 : -1);
  }
}

async function at<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StageError ? error : new StageError(stage, error);
  }
}
