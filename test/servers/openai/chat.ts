import type { ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";
import { cutBody, pause, sendJson } from "./http.ts";

export interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
}

/** What a scripted reply may be: a whole text, pieces (whose pace is the iterable's own), or a call of a tool. */
export type Reply =
  | string
  | Iterable<string>
  | AsyncIterable<string>
  | { readonly tool: string; readonly arguments: object };
export type Replier = (request: ChatBody) => Reply | Promise<Reply>;

/** Milliseconds before the first piece and between pieces. */
export interface Pace {
  readonly firstMs?: number;
  readonly pieceMs?: number;
}

/** Receives every reply body or stream event before it is sent. */
export type Checked = (schema: string, body: object) => void;

type Finish = "stop" | "length" | "content_filter" | "tool_calls";

let serial = 0;

/** Sends a reply as one JSON body. */
export async function sendCompletion(
  response: ServerResponse,
  body: ChatBody,
  reply: Reply,
  { pace, fault, checked }: { pace: Pace; fault: Fault | undefined; checked: Checked },
): Promise<void> {
  let text = "";
  if (!isTool(reply)) for await (const piece of pieces(reply)) text += piece;
  const message = isTool(reply)
    ? { role: "assistant", content: null, refusal: null, tool_calls: [toolCall(reply)] }
    : { role: "assistant", content: text, refusal: null };
  const completion = {
    ...envelope(body, "chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(reply, fault) }],
    usage: usage(body, text),
  };
  checked("CreateChatCompletionResponse", completion);
  if (!(await pause(response, pace.firstMs ?? 0))) return;
  if (fault?.kind === "cut") cutBody(response, JSON.stringify(completion));
  else if (fault?.kind === "stall")
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
  else sendJson(response, 200, fault?.kind === "malformed_json" ? '{"choices": [oops' : completion);
}

/** Sends a reply as server-sent events, in OpenAI's order: role, pieces, finish reason, usage, `[DONE]`. */
export async function streamCompletion(
  response: ServerResponse,
  body: ChatBody,
  reply: Reply,
  { pace, fault, checked }: { pace: Pace; fault: Fault | undefined; checked: Checked },
): Promise<void> {
  const head = envelope(body, "chat.completion.chunk");
  const event = (choices: object[], extra: object = {}) => {
    const chunk = { ...head, choices, ...extra };
    checked("CreateChatCompletionStreamResponse", chunk);
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const delta = (content: object, finish_reason: Finish | null = null) =>
    event([{ index: 0, delta: content, logprobs: null, finish_reason }]);
  const brokenAfter = fault && "afterPieces" in fault ? (fault.afterPieces ?? 1) : 1;

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  response.flushHeaders();
  if (fault?.kind === "stall" && !fault.afterPieces) return;
  if (fault?.kind === "malformed_json") return void response.end("data: {oops\n\ndata: [DONE]\n\n");
  if (!(await pause(response, pace.firstMs ?? 0))) return;
  delta({ role: "assistant", content: "", refusal: null });
  let text = "";
  let sent = 0;
  if (isTool(reply)) delta({ tool_calls: [{ index: 0, ...toolCall(reply) }] });
  else
    for await (const piece of pieces(reply)) {
      if (response.destroyed) return;
      if (sent > 0 && !(await pause(response, pace.pieceMs ?? 0))) return;
      delta({ content: piece });
      text += piece;
      if (++sent < brokenAfter) continue;
      if (fault?.kind === "stall") return;
      // The peer must have the pieces before the socket goes.
      if (fault?.kind === "cut") return void setTimeout(() => response.destroy(), 20);
      if (fault?.kind === "error_event") {
        const error = { message: "The server had an error.", type: "server_error", param: null, code: null };
        return void response.end(`data: ${JSON.stringify({ error })}\n\ndata: [DONE]\n\n`);
      }
    }
  if (fault?.kind === "no_done" && !fault.finished) return void response.end();
  delta({}, finishOf(reply, fault));
  if (body.stream_options?.include_usage) event([], { usage: usage(body, text) });
  response.end(fault?.kind === "no_done" ? "" : "data: [DONE]\n\n");
}

function isTool(reply: Reply): reply is { readonly tool: string; readonly arguments: object } {
  return typeof reply === "object" && "tool" in reply;
}

/** A whole text streams word by word. */
function pieces(
  reply: string | Iterable<string> | AsyncIterable<string>,
): Iterable<string> | AsyncIterable<string> {
  return typeof reply === "string" ? (reply.match(/\s*\S+\s*$|\s*\S+/gu) ?? []) : reply;
}

function finishOf(reply: Reply, fault: Fault | undefined): Finish {
  if (fault?.kind === "finish") return fault.reason;
  return isTool(reply) ? "tool_calls" : "stop";
}

function toolCall(reply: { readonly tool: string; readonly arguments: object }): object {
  const call = { name: reply.tool, arguments: JSON.stringify(reply.arguments) };
  return { id: `call_${++serial}`, type: "function", function: call };
}

function envelope(body: ChatBody, object: string): object {
  return { id: `chatcmpl-${++serial}`, object, created: Math.floor(Date.now() / 1_000), model: body.model };
}

function usage(body: ChatBody, text: string): object {
  const prompt_tokens = Math.ceil(JSON.stringify(body.messages).length / 4);
  const completion_tokens = Math.ceil(text.length / 4);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
