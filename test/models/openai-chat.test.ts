import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAbort, ModelError } from "../../src/errors.ts";
import { createOpenAIChatModel, type OpenAIChatModelOptions } from "../../src/models/openai/chat-model.ts";
import type { ChatModel, Prompt } from "../../src/models/types.ts";
import { describeChatModel } from "../contracts/chat-model.ts";
import {
  type ChatBody,
  type Fault,
  type FaultName,
  type OpenAIServer,
  startOpenAI,
} from "../servers/openai/index.ts";

const prompt: Prompt = { system: "Cite.", turns: [{ role: "user", content: "What is NCCL?" }] };
const quick = { firstTokenMs: 5_000, idleMs: 5_000, backOffMs: 10 };
let openai: OpenAIServer;

const create = (options: Partial<OpenAIChatModelOptions> = {}) =>
  createOpenAIChatModel({
    model: "gpt-4o-mini",
    apiKey: openai.key ?? undefined,
    baseUrl: openai.url,
    patience: quick,
    ...options,
  });

async function read(model: ChatModel, signal?: AbortSignal, pieces: string[] = []): Promise<string[]> {
  for await (const piece of model.stream(prompt, signal ? { signal } : {})) pieces.push(piece);
  return pieces;
}

async function failure(reading: Promise<unknown>): Promise<ModelError> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelError);
  // Neither the sentence nor its causes may hold the key.
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(openai.key ?? "no key");
  return error as ModelError;
}

describeChatModel("OpenAI", async () => {
  openai = await startOpenAI();
  return {
    model: create(),
    script: (pieces) => openai.reply(pieces),
    prompts: () => openai.requests.map((request) => toPrompt(request.body as ChatBody)),
    close: () => openai.close(),
  };
});

function toPrompt({ messages }: ChatBody): Prompt {
  const [system, ...turns] = messages;
  return { system: system?.content ?? "", turns: turns as Prompt["turns"] };
}

describe("OpenAI chat", () => {
  beforeEach(async () => {
    openai = await startOpenAI();
    openai.reply(() => ["NCCL ", "moves ", "tensors."]);
    // Loading LangChain takes longer than some of the time limits below.
    await create().load();
  });
  afterEach(async () => {
    await openai.close();
  });
  const body = (index = 0) => openai.requests[index]?.body as Record<string, unknown>;

  it("sends temperature and limit the way the kind of model takes them", async () => {
    const limits = { temperature: 0.2, maxTokens: 300 };
    await read(create(limits));
    expect(body(0)).toMatchObject({ temperature: 0.2, max_tokens: 300, stream: true });
    await read(create({ ...limits, model: "o3-mini" }));
    await read(create({ ...limits, model: "gpt-5-mini" }));
    for (const index of [1, 2]) {
      expect(body(index)).toMatchObject({ max_completion_tokens: 300 });
      expect(body(index)).not.toHaveProperty("temperature");
    }
  });

  it("needs no key on a server of one's own", async () => {
    await openai.close();
    openai = await startOpenAI({ key: null, models: ["qwen3:8b"] });
    openai.reply(() => "Hello.");
    expect(await read(create({ model: "qwen3:8b", apiKey: undefined }))).toEqual(["Hello."]);
    expect(openai.requests[0]?.authorization).toBe("Bearer none");
  });

  const failing: [string, Fault | FaultName, ModelError["fault"], number, string][] = [
    ["429 that lasts", "rate_limit", "rate_limited", 2, "MAX_CONCURRENT_QUESTIONS"],
    [
      "429 with a long Retry-After",
      { kind: "rate_limit", retryAfter: 30 },
      "rate_limited",
      1,
      "try again later",
    ],
    ["a quota", "quota", "quota", 1, "OPENAI_API_KEY"],
    ["500 that lasts", "server_error", "unavailable", 2, "OPENAI_BASE_URL"],
    [
      "400",
      { kind: "status", status: 400, message: "Too long a prompt." },
      "refused",
      1,
      "Too long a prompt.",
    ],
    ["HTML with 200", "html", "malformed", 1, "text/html"],
    ["an event that is not JSON", "malformed_json", "malformed", 1, "OPENAI_BASE_URL"],
  ];
  it.each(failing)("%s is an error with the remedy", async (_, fault, kind, attempts, remedy) => {
    openai.fault("chat", fault, 100);
    const error = await failure(read(create()));
    expect(error.fault).toBe(kind);
    expect(error.message).toContain(remedy);
    expect(error.message).toMatch(/^[A-Z][^\n]*\.$/);
    expect(openai.requests).toHaveLength(attempts);
  });

  const midway: [string, Fault | FaultName, ModelError["fault"], string][] = [
    ["a cut", { kind: "cut", afterPieces: 2 }, "cut", "broke off"],
    ["a clean end without a finish reason", "no_done", "cut", "broke off"],
    ["the limit of tokens", "length", "truncated", "CHAT_MAX_TOKENS"],
    ["the content filter", "content_filter", "refused", "content filter"],
    ["an error event", { kind: "error_event", afterPieces: 2 }, "unavailable", "The server had an error."],
  ];
  it.each(midway)(
    "%s in the middle of an answer is an error after what came, and not tried again",
    async (_, fault, kind, words) => {
      openai.fault("chat", fault);
      const pieces: string[] = [];
      const error = await failure(read(create(), undefined, pieces));
      expect([error.fault, error.message]).toEqual([kind, expect.stringContaining(words)]);
      expect(pieces.slice(0, 2)).toEqual(["NCCL ", "moves "]);
      expect(openai.requests).toHaveLength(1);
    },
  );

  it("a stream with its finish reason is complete, also without [DONE]", async () => {
    openai.fault("chat", { kind: "no_done", finished: true });
    expect(await read(create())).toEqual(["NCCL ", "moves ", "tensors."]);
  });

  it("a call of a tool is not an answer", async () => {
    openai.reply(() => ({ tool: "search", arguments: {} }));
    expect((await failure(read(create()))).message).toContain("finish reason tool");
  });

  it.each<FaultName | Fault>(["server_error", { kind: "rate_limit", retryAfter: 0.1 }, "rate_limit"])(
    "a fault before the first text is tried again: %o",
    async (fault) => {
      openai.fault("chat", fault);
      expect(await read(create())).toHaveLength(3);
    },
  );

  const silent: [string, Fault, number][] = [
    ["no headers", { kind: "stall", headers: false }, 0],
    ["headers only", { kind: "stall", headers: true }, 0],
    ["two pieces, then nothing", { kind: "stall", headers: true, afterPieces: 2 }, 2],
  ];
  it.each(silent)("a silent server is given up by the watchdog: %s", async (_, fault, count) => {
    openai.fault("chat", fault);
    const pieces: string[] = [];
    const start = performance.now();
    const model = create({ patience: { ...quick, firstTokenMs: 300, idleMs: 200 } });
    const error = await failure(read(model, undefined, pieces));
    expect(performance.now() - start).toBeLessThan(1_500);
    expect([error.fault, pieces.length]).toEqual(["timeout", count]);
    expect(error.message).toContain("MODEL_IDLE_TIMEOUT_MS");
    await closed();
  });

  it("a slow but steady server is not given up", async () => {
    openai.reply(() => ["a", "b", "c", "d"], { firstMs: 250, pieceMs: 150 });
    expect(await read(create({ patience: { ...quick, firstTokenMs: 1_000, idleMs: 400 } }))).toHaveLength(4);
  });

  it.each(silent)("the signal ends it at once: %s", async (_, fault) => {
    openai.fault("chat", fault);
    const controller = new AbortController();
    let aborted = 0;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort("stop button");
    }, 100);
    await expect(read(create(), controller.signal)).rejects.toSatisfy(isAbort);
    expect(performance.now() - aborted).toBeLessThan(250);
    await closed();
  });

  it("the signal ends the back-off at once", async () => {
    openai.fault("chat", "server_error", 2);
    const start = performance.now();
    const model = create({ patience: { ...quick, backOffMs: 3_000 } });
    await expect(read(model, AbortSignal.timeout(150))).rejects.toSatisfy(isAbort);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it("leaving early ends the request", async () => {
    openai.reply(() => "one two three four five", { pieceMs: 400 });
    for await (const _ of create().stream(prompt)) break;
    await closed();
    expect((openai.requests[0]?.endedAt ?? 0) - (openai.requests[0]?.startedAt ?? 0)).toBeLessThan(400);
  });

  it("a wrong key, an unknown model and an absent server are errors that name the variable", async () => {
    const wrong = await failure(read(create({ apiKey: "sk-wrong-key-0000000000" })));
    expect([wrong.fault, wrong.message]).toEqual([
      "unauthorized",
      expect.stringContaining("correct OPENAI_API_KEY"),
    ]);
    expect(inspect(wrong, { depth: 10 })).not.toContain("sk-wr");
    const unknown = await failure(read(create({ model: "gpt-9" })));
    expect([unknown.fault, unknown.message]).toEqual([
      "unknown_model",
      expect.stringContaining("correct CHAT_MODEL"),
    ]);
    const path = await failure(read(create({ baseUrl: openai.url.replace("/v1", "") })));
    expect(path.message).toContain("OPENAI_BASE_URL, which usually ends in /v1");
    const gone = await startOpenAI();
    await gone.close();
    const absent = await failure(read(create({ baseUrl: gone.url })));
    expect([absent.fault, absent.message]).toEqual(["unavailable", expect.stringContaining("ECONNREFUSED")]);
  });

  /** The server sees the connection of its last request end. */
  async function closed(): Promise<void> {
    await expect.poll(() => openai.requests.at(-1)?.endedAt, { timeout: 1_000, interval: 10 }).toBeDefined();
  }
});
