import type { ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";
import { type ApiError, cutBody, invalid, sendJson } from "./http.ts";
import { bagOfWords, fromBase64, toBase64 } from "./vectors.ts";

export interface EmbeddingBody {
  readonly model: string;
  readonly input: string | readonly string[];
  readonly encoding_format?: "float" | "base64";
  readonly dimensions?: number;
}

interface Item {
  readonly object: "embedding";
  index: number;
  embedding: number[] | string;
}

/** Inputs of one request at most. */
export const maxInputs = 2_048;
/** Tokens of one input, and of all inputs of one request, at most. */
const maxTokens = 8_192;
const maxRequestTokens = 300_000;

export function inputsOf(body: EmbeddingBody): readonly string[] {
  return typeof body.input === "string" ? [body.input] : (body.input ?? []);
}

/** What the real service refuses with a 400. */
export function refusal(body: EmbeddingBody): ApiError | undefined {
  const inputs = inputsOf(body);
  if (inputs.length === 0) return invalid("'$.input' is invalid: an array must not be empty.", "input");
  if (inputs.length > maxInputs)
    return invalid(`'$.input' is invalid: at most ${maxInputs} inputs are allowed.`, "input");
  if (inputs.some((text) => text === ""))
    return invalid("'$.input' is invalid: input cannot be an empty string.", "input");
  const tokens = inputs.map(countTokens);
  const longest = Math.max(...tokens);
  if (longest > maxTokens)
    return invalid(
      `This model's maximum context length is ${maxTokens} tokens, however you requested ${longest} tokens.`,
    );
  if (tokens.reduce((sum, count) => sum + count, 0) > maxRequestTokens)
    return invalid(`Requested more than ${maxRequestTokens} tokens in one request.`);
  return undefined;
}

export function embeddingReply(body: EmbeddingBody, dimensions: number, fault?: Fault): object {
  const size = body.dimensions ?? dimensions;
  const base64 = body.encoding_format === "base64" && fault?.kind !== "float_for_base64";
  const data = inputsOf(body).map((text, index): Item => {
    const vector = bagOfWords(text, fault?.kind === "wrong_dimensions" ? size - 1 : size);
    if (fault?.kind === "not_finite") vector[0] = Number.NaN;
    return { object: "embedding", index, embedding: base64 ? toBase64(vector) : vector };
  });
  if (fault?.kind === "missing_vector") data.pop();
  if (fault?.kind === "shuffled") data.reverse();
  if (fault?.kind === "wrong_index") for (const item of data) item.index = 0;
  const tokens = inputsOf(body).reduce((sum, text) => sum + countTokens(text), 0);
  return { object: "list", data, model: body.model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

/** The reply as the description knows it: vectors as numbers, since it does not mention base64. */
export function describedForm(reply: object): object {
  const { data, ...rest } = reply as { data: Item[] };
  const decoded = data.map((item) => ({
    ...item,
    embedding: typeof item.embedding === "string" ? fromBase64(item.embedding) : item.embedding,
  }));
  return { ...rest, data: decoded };
}

/** Sends a reply, or breaks it the way the fault says. Returns whether the caller got vectors. */
export function sendEmbeddings(response: ServerResponse, reply: object, fault?: Fault): boolean {
  const text = JSON.stringify(reply);
  if (fault?.kind === "cut") {
    cutBody(response, text);
    return false;
  }
  if (fault?.kind === "stall") {
    if (fault.headers) response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    return false;
  }
  sendJson(response, 200, fault?.kind === "malformed_json" ? '{"object": oops}' : text);
  return fault === undefined || fault.kind === "shuffled";
}

/** An upper estimate: words in pieces of four letters, digits in threes, everything else by its bytes. */
function countTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(/[A-Za-z]{1,4}|\d{1,3}|[^\sA-Za-z\d]/gu))
    tokens += /^[A-Za-z\d]/.test(piece) ? 1 : Buffer.byteLength(piece);
  return tokens;
}
