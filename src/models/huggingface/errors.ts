import { existsSync } from "node:fs";
import { ModelError } from "../../errors.ts";
import { installCommand } from "./package.ts";
import type { Source } from "./source.ts";
import type { Outcome } from "./task.ts";

export type Failed = Extract<Outcome, { stage: unknown }>;

/** What a worker's failure is called before the operator, with the remedy. */
export function toModelError(failed: Failed, source: Source, cache: string): ModelError {
  const setting = `EMBEDDER=huggingface:${source.kind === "folder" ? source.path : source.name}`;
  const cause = new Error(failed.reason);
  const make = (fault: ModelError["fault"], words: string) =>
    new ModelError(fault, `${setting} ${words}`, { cause });
  const reason = oneLine(failed.reason);
  switch (failed.stage) {
    case "package":
      return make(
        "unavailable",
        `cannot load @huggingface/transformers (${reason}): install it again with \`${installCommand()}\`.`,
      );
    case "compute":
      return make("malformed", `could not embed a text (${reason}): it may not be an embedding model.`);
    case "dimensions":
      return make(
        "malformed",
        `gives vectors of another kind than its config.json says (${reason}): choose a model made for embeddings, or set EMBEDDING_DIMENSIONS.`,
      );
  }
  const part = failed.stage === "config" ? "config.json" : failed.stage;
  if (source.kind === "folder")
    return make(
      "malformed",
      `is damaged: its ${part} cannot be read (${reason}); copy it again from where the model came from.`,
    );
  if (failed.status === 401 || failed.status === 403 || failed.status === 404) {
    // The hub answers 401 for what does not exist as for what is private.
    const folder = existsSync(source.name) ? ` For the folder of that name write ./${source.name}.` : "";
    return make(
      "unknown_model",
      failed.stage === "config"
        ? `is not known to the hub, or is private: check the name, or set HF_TOKEN.${folder}`
        : `has no ${part} in the form that is needed (${reason}): choose a repository with onnx/ files and tokenizer.json, or another EMBEDDING_DTYPE.`,
    );
  }
  return make(
    "unavailable",
    `could not load its ${part} (${reason}): check the network or HF_ENDPOINT, remove ${cache} if a file in it is damaged, or give a local folder.`,
  );
}

function oneLine(reason: string): string {
  return reason.replace(/\s+/g, " ").trim().replace(/\.$/, "").slice(0, 300);
}
