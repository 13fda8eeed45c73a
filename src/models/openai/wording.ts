import { ModelError, type ModelFault } from "../../errors.ts";
import type { Service } from "./service.ts";

/** What the server said: its status, and its words where they help. */
export interface Said {
  readonly status?: number;
  readonly detail?: string;
}

/** A ModelError of a fault in one sentence that names the variable and the remedy, and never the key. */
export function modelError(
  fault: ModelFault,
  service: Service,
  { status, detail }: Said = {},
  cause?: unknown,
): ModelError {
  const said = [status && `HTTP ${status}`, detail && `"${redact(detail, service).slice(0, 200)}"`].filter(
    Boolean,
  );
  const message = sentence(fault, service, said.length > 0 ? ` (${said.join(", ")})` : "");
  return new ModelError(fault, message, cause === undefined ? {} : { cause: redactedCause(cause, service) });
}

function sentence(fault: ModelFault, service: Service, said: string): string {
  const { label, use, model, modelVariable, keyVariable, urlVariable } = service;
  const Label = label.charAt(0).toUpperCase() + label.slice(1);
  const without =
    use === "chat"
      ? `unset CHAT_MODEL${keyVariable === "OPENAI_API_KEY" ? " and OPENAI_API_KEY" : ""} to answer without a model`
      : "set EMBEDDER=minilm to embed without it";
  const address = urlVariable ? `, and that ${urlVariable} is right` : " and that this machine may reach it";
  switch (fault) {
    case "unauthorized":
      return `${Label} refused the key for ${use}${said}: correct ${keyVariable}, and check that it may use the model ${model} (${modelVariable}).`;
    case "unknown_model":
      return `${Label} does not know the ${use} model ${model}${said}: correct ${modelVariable}${urlVariable ? `, or ${urlVariable}, which usually ends in /v1` : ""}.`;
    case "rate_limited":
      return `${Label} kept limiting the rate of ${use} requests${said}: try again later, or lower ${use === "chat" ? "MAX_CONCURRENT_QUESTIONS" : "EMBEDDING_CONCURRENCY; what was embedded so far is kept"}.`;
    case "quota":
      return `The quota of the account behind ${keyVariable} at ${label} is used up${said}: check its plan and billing, or ${without}.`;
    case "unavailable":
      return `${Label} cannot be used for ${use} at the moment${said}: check that it is running${address}, and try again.`;
    case "timeout":
      return `${Label} did not go on in time with ${use} of ${model}: try again${use === "chat" ? ", raise MODEL_IDLE_TIMEOUT_MS," : ", lower EMBEDDING_BATCH"} or choose a faster ${modelVariable}.`;
    case "cut":
      return `The connection to ${label} broke off before the ${use === "chat" ? `answer of ${model} was finished` : `vectors of ${model} had all arrived`}: try again, and check the network and the server's log if it happens again.`;
    case "truncated":
      return `The model ${model} reached its limit of tokens before it was finished: raise CHAT_MAX_TOKENS, or choose another ${modelVariable}.`;
    case "malformed":
      return `${Label} answered ${use} of ${model} in an unexpected form${said}: check ${urlVariable ? `${urlVariable} and that the server supports ${use}` : "that no proxy answers in its place"}, or choose another ${modelVariable}.`;
    case "refused":
      return `${Label} refused the ${use} request to ${model}${said}: choose another ${modelVariable}${use === "chat" ? " or check CHAT_MAX_TOKENS and CHAT_TEMPERATURE" : " or check EMBEDDING_DIMENSIONS and EMBEDDING_BATCH"}.`;
  }
}

function redact(text: string, { secrets }: Service): string {
  let safe = text;
  for (const secret of secrets) safe = safe.replaceAll(secret, "[key]");
  return safe.replace(/\b(sk-[\w*-]{6,}|AIza[\w-]{10,})/g, "[key]").replace(/\s+/g, " ");
}

/** The cause for logs: name, message and stack of what was thrown, without the key and without the request. */
function redactedCause(cause: unknown, service: Service): Error {
  const original = cause instanceof Error ? cause : new Error(String(cause));
  const copy = new Error(redact(original.message, service));
  copy.name = original.name;
  if (original.stack)
    copy.stack = original.stack
      .split("\n")
      .map((line) => redact(line, service).trim())
      .join("\n    ");
  return copy;
}
