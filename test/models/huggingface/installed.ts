import { findTransformers } from "../../../src/models/huggingface/package.ts";

/** Folder named by HUGGINGFACE_MODULES, in whose node_modules transformers.js is; the project when unset. */
export const modules = process.env.HUGGINGFACE_MODULES || undefined;

/** Why tests that need transformers.js are skipped; undefined when it is there. */
export const missing: string | undefined = (() => {
  try {
    findTransformers(modules);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
})();

/** The title of a suite that needs it, with the reason when it is skipped. */
export function title(name: string): string {
  return missing ? `${name} – skipped: ${missing}` : name;
}
