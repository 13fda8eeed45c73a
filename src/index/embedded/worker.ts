import { workerData } from "node:worker_threads";
import type { KnowledgeIndex } from "../types.ts";
import { openEmbeddedIndex } from "./read.ts";

// Runs in its own thread: SQLite and hnswlib are synchronous and would hold the bot's event loop.
const { data, generation } = (workerData as [unknown, { data: string; generation: string }])[1] ?? workerData;
const opening = openEmbeddedIndex(data, generation);

type Method = Exclude<keyof KnowledgeIndex, "manifest" | "close">;

export interface Call {
  readonly method: Method | "manifest";
  readonly parameters: readonly unknown[];
}

export default async function call({ method, parameters }: Call): Promise<unknown> {
  const index = await opening;
  if (method === "manifest") return index.manifest;
  return Reflect.apply(index[method], index, parameters);
}
