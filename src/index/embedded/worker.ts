import { workerData } from "node:worker_threads";
import { IndexError } from "../../errors.ts";
import type { KnowledgeIndex } from "../types.ts";
import { openEmbeddedIndex } from "./read.ts";

// Runs in its own thread: SQLite and hnswlib are synchronous and would hold the bot's event loop.
const { data, generation } = (workerData as [unknown, { data: string; generation: string }])[1] ?? workerData;
const opening = openEmbeddedIndex(data, generation);
// Each call reports it; without this the thread would end before the first one.
opening.catch(() => undefined);

type Method = Exclude<keyof KnowledgeIndex, "manifest" | "close">;

export interface Call {
  readonly method: Method | "manifest";
  readonly parameters: readonly unknown[];
}

/** An error that crosses a thread loses its class, so an IndexError travels as what it says. */
export type Outcome = { readonly value: unknown } | { readonly damaged: string };

export default async function call({ method, parameters }: Call): Promise<Outcome> {
  try {
    const index = await opening;
    const value: unknown =
      method === "manifest" ? index.manifest : await Reflect.apply(index[method], index, parameters);
    return { value };
  } catch (error) {
    if (error instanceof IndexError) return { damaged: error.message };
    throw error;
  }
}
