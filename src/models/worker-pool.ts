import { Piscina } from "piscina";
import { abandonable } from "../abort.ts";
import { isAbort, ModelError } from "../errors.ts";
import { compiled } from "../paths.ts";

export interface WorkerPoolOptions {
  /** The compiled module that does a task, relative to the project: `src/models/use-lite/worker`. */
  readonly module: string;
  readonly workers: number;
  /** What every worker is started with, as `workerData` of piscina. */
  readonly data?: unknown;
  /** Room for young objects in each worker, in megabytes; Node's own choice when absent. */
  readonly youngMegabytes?: number;
  /** One sentence for the operator when a task fails. */
  readonly explain: (cause: unknown) => string;
}

export interface WorkerPool {
  /** Throws ModelError when the task failed, AbortError when the signal fires; the task then goes on unheard. */
  run<T>(task: unknown, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** Tasks that may wait for a worker: each caller has at most one a worker, so this many are an overload. */
const mostWaiting = 1_000;

/** Worker threads for a model on this machine, which start with the first task and then stay. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { module, workers, data, youngMegabytes, explain } = options;
  const pool = new Piscina({
    filename: compiled(module),
    workerData: data,
    resourceLimits: youngMegabytes === undefined ? {} : { maxYoungGenerationSizeMb: youngMegabytes },
    // An ingestion that finds nothing to embed need not load the model.
    minThreads: 0,
    maxThreads: workers,
    // Loading takes about a second: a question after a quiet hour should not wait for that.
    idleTimeout: Number.POSITIVE_INFINITY,
    maxQueue: mostWaiting,
    atomics: "disabled",
  });
  return {
    async run(task, signal) {
      try {
        // A task under way is not interrupted, since that would end its thread and reload the model.
        return await abandonable(pool.run(task), signal);
      } catch (cause) {
        if (isAbort(cause)) throw cause;
        throw new ModelError("unavailable", explain(cause), { cause });
      }
    },
    close: () => pool.destroy(),
  };
}
