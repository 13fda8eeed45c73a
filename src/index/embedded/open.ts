import { Piscina } from "piscina";
import { abandonable } from "../../abort.ts";
import { abortError, IndexError } from "../../errors.ts";
import { compiled } from "../../paths.ts";
import type { KnowledgeIndex, Manifest } from "../types.ts";
import { currentGeneration } from "./layout.ts";
import type { Call, Outcome } from "./worker.ts";

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
    idleTimeout: Number.POSITIVE_INFINITY,
    maxQueue: mostWaiting,
    concurrentTasksPerWorker: 16,
    atomics: "disabled",
  });
  let closed = false;
  const call = async <T>(method: Call["method"], parameters: unknown[], signal?: AbortSignal): Promise<T> => {
    if (signal?.aborted) throw abortError(signal);
    // The pool would start another thread for it.
    if (closed) throw new IndexError("This index was closed.");
    // The thread is not interrupted, since ending it would drop the other calls; the caller stops waiting.
    const outcome: Outcome = await abandonable(pool.run({ method, parameters }), signal);
    if ("damaged" in outcome) throw new IndexError(outcome.damaged);
    return outcome.value as T;
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
      spellings: (words, signal) => call("spellings", [words], signal),
      documents: (signal) => call("documents", [], signal),
      vocabulary: (signal) => call("vocabulary", [], signal),
      close: async () => {
        if (closed) return;
        closed = true;
        await pool.close();
      },
    };
  } catch (error) {
    await pool.destroy();
    throw error;
  }
}
