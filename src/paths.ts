import { fileURLToPath } from "node:url";

/** The project's folder, wherever the process was started from. */
export const projectRoot = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../" : "../../", import.meta.url),
);

/**
 * Path of a compiled module for a worker thread or child process, given relative to the project
 * (`src/index/embedded/worker`). Tests, which run TypeScript, load the same compiled file.
 */
export function compiled(module: string): string {
  return `${projectRoot}dist/${module}.js`;
}
