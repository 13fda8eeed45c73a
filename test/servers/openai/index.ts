import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ChatBody,
  type Checked,
  type Pace,
  type Replier,
  sendCompletion,
  streamCompletion,
} from "./chat.ts";
import { violation } from "./description.ts";
import {
  describedForm,
  type EmbeddingBody,
  embeddingReply,
  inputsOf,
  refusal,
  sendEmbeddings,
} from "./embeddings.ts";
import { type Fault, FaultPlan, type Route, toFault } from "./faults.ts";
import { type ApiError, errorBody, invalid, readBody, sendHtml, sendJson } from "./http.ts";
import { entrance, modelRefusal, notFound } from "./refusals.ts";
import type { LoggedRequest, OpenAIOptions, OpenAIServer } from "./types.ts";

export type { ChatBody, Pace, Replier, Reply } from "./chat.ts";
export type { Fault, FaultName, Route } from "./faults.ts";
export type { LoggedRequest, OpenAIOptions, OpenAIServer } from "./types.ts";

const routes: Readonly<Record<string, Route>> = {
  "POST /v1/embeddings": "embeddings",
  "POST /v1/chat/completions": "chat",
  "GET /v1/models": "models",
};
const defaultModels = [
  "text-embedding-3-small",
  "text-embedding-3-large",
  "gpt-4o-mini",
  "o3-mini",
  "gpt-5-mini",
];

/** Starts an OpenAI on a free port of 127.0.0.1. */
export async function startOpenAI(options: OpenAIOptions = {}): Promise<OpenAIServer> {
  const {
    key = "sk-test-0123456789abcdef",
    models = defaultModels,
    dimensions = 1_536,
    latencyMs = 0,
  } = options;
  const faults = new FaultPlan();
  const requests: LoggedRequest[] = [];
  const embeddedTexts: string[] = [];
  const violations: string[] = [];
  let replier: Replier | undefined;
  let pace: Pace = {};
  let open = 0;
  let peakConcurrency = 0;

  const checked: Checked = (schema, body) => {
    const wrong = violation(schema, body);
    if (wrong) violations.push(`reply: ${wrong}`);
  };
  const refuse = (response: ServerResponse, error: ApiError) => {
    checked("ErrorResponse", errorBody(error));
    sendJson(response, error.status, errorBody(error), error.headers);
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split("?")[0] ?? "/";
    const text = await readBody(request);
    const route = routes[`${request.method} ${path}`] ?? "unknown";
    const body = parse(text);
    const texts = route === "embeddings" ? inputsOf((body ?? {}) as EmbeddingBody) : [];
    const { authorization } = request.headers;
    const log: LoggedRequest = { route, path, authorization, body, texts, startedAt: performance.now() };
    requests.push(log);
    response.once("close", () => {
      log.endedAt = performance.now();
      if (response.headersSent) log.status = response.statusCode;
    });
    if (route === "unknown")
      return refuse(response, notFound(`Unknown request URL: ${request.method} ${path}.`));
    const fault = faults.take(route);
    if (fault) log.fault = fault;
    const refused = entrance(authorization, key, fault) ?? modelRefusal(route, body, models);
    if (refused) return refuse(response, refused);
    if (fault?.kind === "html") return sendHtml(response);
    if (fault?.kind === "stall" && !fault.headers) return;
    if (route === "models") return listModels(response);
    const schema = route === "embeddings" ? "CreateEmbeddingRequest" : "CreateChatCompletionRequest";
    const limits = route === "embeddings" ? refusal(body as EmbeddingBody) : undefined;
    if (limits) return refuse(response, limits);
    const wrong = violation(schema, body);
    if (wrong) {
      violations.push(`request: ${wrong}`);
      return refuse(response, invalid(wrong));
    }
    return route === "embeddings"
      ? embed(response, body as EmbeddingBody, fault)
      : chat(response, body as ChatBody, fault);
  }

  async function embed(response: ServerResponse, body: EmbeddingBody, fault?: Fault): Promise<void> {
    const reply = embeddingReply(body, dimensions, fault);
    if (!fault) checked("CreateEmbeddingResponse", describedForm(reply));
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
    if (!response.destroyed && sendEmbeddings(response, reply, fault)) embeddedTexts.push(...inputsOf(body));
  }

  async function chat(response: ServerResponse, body: ChatBody, fault: Fault | undefined): Promise<void> {
    if (!replier) throw new Error(`no reply scripted for: ${body.messages.at(-1)?.content}`);
    const send = body.stream ? streamCompletion : sendCompletion;
    await send(response, body, await replier(body), { pace, fault, checked });
  }

  function listModels(response: ServerResponse): void {
    const data = models.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "system" }));
    checked("ListModelsResponse", { object: "list", data });
    sendJson(response, 200, { object: "list", data });
  }

  const server = createServer((request, response) => {
    peakConcurrency = Math.max(peakConcurrency, ++open);
    response.once("close", () => open--);
    handle(request, response).catch((error: Error) => {
      violations.push(error.message);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, errorBody({ status: 500, message: error.message, type: "server_error" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    key,
    requests,
    embeddedTexts,
    violations,
    get peakConcurrency() {
      return peakConcurrency;
    },
    reply(next, nextPace = {}) {
      replier = next;
      pace = nextPace;
    },
    fault(route, fault, times = 1) {
      faults.add(route, toFault(fault), times);
    },
    reset() {
      faults.clear();
      requests.length = 0;
      embeddedTexts.length = 0;
      peakConcurrency = open;
      replier = undefined;
      pace = {};
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if (violations.length > 0)
        throw new Error(`The local OpenAI saw violations:\n${violations.join("\n")}`);
    },
  };
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
