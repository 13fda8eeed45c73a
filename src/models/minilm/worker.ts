import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { workerData } from "piscina";
import { buildGraph } from "./graph.ts";
import { createTokenize } from "./tokenize.ts";
import { dimensions, openWeights, packagedFolder, readTokenizer, single, type Weights } from "./weights.ts";

type Embed = (text: string) => Promise<number[]>;

let loading: Promise<Embed> | undefined;

/** Embeds texts in this worker thread, one by one: without padding that is quicker than together. */
export default async function embed(texts: readonly string[]): Promise<number[][]> {
  loading ??= load((workerData as { readonly folder?: string }).folder ?? packagedFolder());
  const embedOne = await loading;
  const vectors: number[][] = [];
  for (const text of texts) vectors.push(await embedOne(text));
  return vectors;
}

async function load(folder: string): Promise<Embed> {
  const tokenize = createTokenize(readTokenizer(folder));
  const weights = openWeights(folder);
  try {
    return await start(weights, tokenize);
  } finally {
    weights.close();
  }
}

async function start(weights: Weights, tokenize: (text: string) => readonly number[]): Promise<Embed> {
  // The thread is the unit of parallelism: embedder.ts starts as many as there are workers.
  env.wasm.numThreads = 1;
  const session = await InferenceSession.create(buildGraph(weights), {
    executionProviders: ["wasm"],
    logSeverityLevel: 3,
  });
  // The table of words stays in half precision, which saves 23 MB a worker; a text needs few of its rows.
  const words = weights.matrix("embeddings.word_embeddings.weight").halves;
  const places = weights.floats("embeddings.position_embeddings.weight");
  const type = weights.floats("embeddings.token_type_embeddings.weight").subarray(0, dimensions);

  return async (text) => {
    const ids = tokenize(text);
    const tokens = new Float32Array(ids.length * dimensions);
    for (const [place, id] of ids.entries()) {
      const [row, word] = [place * dimensions, id * dimensions];
      for (let index = 0; index < dimensions; index++)
        tokens[row + index] =
          (single[words[word + index] ?? 0] ?? 0) + (places[row + index] ?? 0) + (type[index] ?? 0);
    }
    const { vector } = await session.run({
      tokens: new Tensor("float32", tokens, [1, ids.length, dimensions]),
    });
    return Array.from(vector?.data as Float32Array);
  };
}
