import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { ConfigError } from "../../errors.ts";
import { projectRoot } from "../../paths.ts";

const packageName = "@huggingface/transformers";

/**
 * The file from which `require` finds transformers.js: of the project, or of the folder of HUGGINGFACE_MODULES.
 * Nothing is loaded. Throws ConfigError with the command that installs it.
 */
export function findTransformers(modules: string | undefined): string {
  const from = join(modules === undefined ? projectRoot : resolve(modules), "package.json");
  const folders = createRequire(from).resolve.paths(packageName) ?? [];
  if (folders.some((folder) => existsSync(join(folder, packageName, "package.json")))) return from;
  throw new ConfigError(
    modules === undefined
      ? `EMBEDDER=huggingface needs the npm package ${packageName}, which is not installed: run \`${installCommand()}\` in ${projectRoot}.`
      : `EMBEDDER=huggingface needs the npm package ${packageName}, which is not installed in HUGGINGFACE_MODULES=${modules}: run \`${installCommand(modules)}\`.`,
  );
}

/**
 * The command that installs it. onnxruntime-node brings its CPU library in the package; its install script only
 * fetches CUDA's from elsewhere and fails on a closed network, so it is left out.
 */
export function installCommand(folder?: string): string {
  return `npm i --no-save --ignore-scripts ${folder === undefined ? "" : `--prefix ${folder} `}${packageName}@4`;
}
