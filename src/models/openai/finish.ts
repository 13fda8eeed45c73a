import type { AIMessageChunk } from "@langchain/core/messages";

/** Why a model stopped, in words of our own, or the provider's when it is something else. */
export type Finish = "complete" | "truncated" | "filtered" | "tool" | (string & {});

const meanings: Readonly<Record<string, Finish>> = {
  // OpenAI and servers that speak its protocol; Ollama; Mistral
  stop: "complete",
  length: "truncated",
  model_length: "truncated",
  content_filter: "filtered",
  tool_calls: "tool",
  function_call: "tool",
  // OpenAI's Responses API (LangChain uses it for the pro and codex models)
  completed: "complete",
  incomplete: "truncated",
  // Anthropic and Bedrock
  end_turn: "complete",
  stop_sequence: "complete",
  max_tokens: "truncated",
  refusal: "filtered",
  tool_use: "tool",
  // Google (STOP, MAX_TOKENS) and Cohere (COMPLETE) once in lower case
  complete: "complete",
  safety: "filtered",
  recitation: "filtered",
  prohibited_content: "filtered",
};

const names = ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"];

/**
 * The reason with which a chunk ends the answer, or undefined when it does not. LangChain has no common field
 * for it: each provider's package puts its own name into the metadata of the message.
 */
export function finishOf(chunk: AIMessageChunk): Finish | undefined {
  const metadata = chunk.response_metadata as Record<string, unknown> | undefined;
  const places = [metadata, chunk.additional_kwargs, metadata?.messageStop, metadata?.incomplete_details];
  for (const place of places) {
    if (typeof place !== "object" || place === null) continue;
    for (const name of names) {
      const reason: unknown = Reflect.get(place, name);
      if (typeof reason === "string" && reason !== "") return meanings[reason.toLowerCase()] ?? reason;
    }
  }
  const status = metadata?.status;
  return status === "completed" || status === "incomplete" ? meanings[status] : undefined;
}
