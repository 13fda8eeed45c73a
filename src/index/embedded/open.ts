import { Piscina } from "piscina";
import { IndexError } from "../../errors.ts";
import { compiled } from "../../paths.ts";
import type { KnowledgeIndex, Manifest } from "../types.ts";
import { currentGeneration } from "./layout.ts";
import type { Call } from "./worker.ts";

/** Calls that may wait for the index thread; beyond this the host is overloaded. */
const mostWaiting = 1_000;

/**
 * Opens a generation (the current one unless named) in a worker thread of its own.
 * Throws IndexError when there is none, a file is damaged, or the format is unknown.
 */
export async function openIndex(data: string, generation?: string): Promise<KnowledgeIndex> {
  const name = generation ?? (await currentGeneration(data));
  if (!name) throw new IndexError(`There is no index in ${data}; run \`npm run ingest\` to build it.`);
  const pool = new Piscina({
    filename: compiled("src/index/embedded/worker"),
    workerData: { data, generation: name },
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: 2_147_483_647,
    maxQueue: mostWaiting,
    concurrentTasksPerWorker: 16,
    atomics: "disabled",
  });
  const call = async <T>(method: Call["method"], parameters: unknown[], signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted();
    try {
      const result: T = await pool.run({ method, parameters });
      // The thread is not interrupted, since ending it would drop the other calls; the caller stops waiting.
      signal?.throwIfAborted();
      return result;
    } catch (error) {
      if (error instanceof Error && error.name === "IndexError") throw new IndexError(error.message, { cause: error });
      throw error;
    }
  };
  try {
    const manifest = await call<Manifest>("manifest", []);
    return {
      manifest,
      lexical: (stems, limit, signal) => call("lexical", [stems, limit], signal),
      nearest: (vector, limit, signal) => call("nearest", [vector, limit], signal),
      similarities: (vector, rows, signal) => call("similarities", [vector, rows], signal),
      passages: (rows, signal) => call("passages", [rows], signal),
      frequencies: (stems, signal) => call("frequencies", [stems], signal),
      spellings: (stems, signal) => call("spellings", [stems], signal),
      documents: (signal) => call("documents", [], signal),
      close: () => pool.close(),
    };
  } catch (error) {
    await pool.destroy();
    throw error;
  }
}
