import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { described, violation } from "./openai/description.ts";
import { type OpenAIServer, startOpenAI } from "./openai/index.ts";
import { bagOfWords, fromBase64, toBase64 } from "./openai/vectors.ts";

const dimensions = 64;
let openai: OpenAIServer;

beforeEach(async () => {
  openai = await startOpenAI({ dimensions });
});
afterEach(async () => {
  await openai.close();
});

const post = (path: string, body: unknown, key: string | null = openai.key, signal?: AbortSignal) =>
  fetch(`${openai.url}${path}`, {
    method: "POST",
    ...(signal ? { signal } : {}),
    headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify(body),
  });
const embed = (input: unknown, more: object = {}) =>
  post("/embeddings", { model: "text-embedding-3-small", input, ...more });
const ask = (more: object = {}) =>
  post("/chat/completions", { model: "gpt-4o-mini", messages: [{ role: "user", content: "Why?" }], ...more });
const error = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { error: { code: string | null; message: string; type: string } }).error,
});

describe("vectors", () => {
  const cosine = (a: string, b: string) => {
    const other = bagOfWords(b, 256);
    return bagOfWords(a, 256).reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
  };

  it("are of length 1, the same for the same text, and close for texts that share words", () => {
    expect(Math.hypot(...bagOfWords("NCCL all-reduce", 64))).toBeCloseTo(1, 5);
    expect(bagOfWords("🦙", 64)).toEqual(bagOfWords("🦙", 64));
    expect(bagOfWords("🦙", 64)).not.toEqual(bagOfWords("🐪", 64));
    const near = cosine("InfiniBand link is down", "the InfiniBand link went down");
    expect(near).toBeGreaterThan(0.5);
    expect(near).toBeGreaterThan(cosine("InfiniBand link is down", "how to bake bread") + 0.3);
  });

  it("survive base64 exactly", () => {
    const vector = bagOfWords("exact", 64);
    expect(fromBase64(toBase64(vector))).toEqual(vector);
  });
});

describe("embeddings", () => {
  it("answers floats, base64 and other dimensions", async () => {
    type Body = { data: { index: number; embedding: number[] | string }[] };
    const floats = (await (await embed(["a", "b"], { encoding_format: "float" })).json()) as Body;
    expect(floats.data.map((item) => item.index)).toEqual([0, 1]);
    expect(floats.data[0]?.embedding).toEqual(bagOfWords("a", dimensions));
    const base64 = (await (await embed("a", { encoding_format: "base64", dimensions: 8 })).json()) as Body;
    expect(fromBase64(base64.data[0]?.embedding as string)).toEqual(bagOfWords("a", 8));
    expect(openai.embeddedTexts).toEqual(["a", "b", "a"]);
  });

  it("refuses what the real one refuses", async () => {
    expect((await embed("")).status).toBe(400);
    expect((await embed([])).status).toBe(400);
    expect((await embed(Array(2_049).fill("x"))).status).toBe(400);
    expect((await embed("word ".repeat(9_000))).status).toBe(400);
    expect(await error(await post("/embeddings", { model: "nope", input: "x" }))).toMatchObject({
      status: 404,
      code: "model_not_found",
    });
    const wrongKey = await error(
      await post("/embeddings", { model: "text-embedding-3-small", input: "x" }, "sk-wrong-key-1234"),
    );
    expect(wrongKey).toMatchObject({ status: 401, code: "invalid_api_key" });
    expect(wrongKey.message).not.toContain("sk-wrong-key-1234");
    expect(openai.embeddedTexts).toEqual([]);
  });

  it("lets anybody in without a key", async () => {
    const open = await startOpenAI({ key: null, models: ["bge-m3"], dimensions });
    const response = await fetch(`${open.url}/embeddings`, {
      method: "POST",
      body: JSON.stringify({ model: "bge-m3", input: "x" }),
    });
    expect(response.status).toBe(200);
    await open.close();
  });

  it("logs requests and how many were open at once", async () => {
    await Promise.all([embed("a"), embed("b"), embed("c")]);
    expect(openai.requests.flatMap((request) => request.texts).sort()).toEqual(["a", "b", "c"]);
    expect(openai.peakConcurrency).toBeGreaterThanOrEqual(1);
    expect(openai.requests[0]).toMatchObject({ route: "embeddings", status: 200 });
  });
});

describe("chat", () => {
  const events = async (response: Response) => (await response.text()).trim().split("\n\n");

  it("streams pieces, a finish reason and [DONE]", async () => {
    openai.reply(() => ["One ", "two."]);
    const lines = await events(await ask({ stream: true, stream_options: { include_usage: true } }));
    expect(lines.at(-1)).toBe("data: [DONE]");
    const chunks = lines.slice(0, -1).map((line) => JSON.parse(line.slice(6)));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content)).toEqual([
      "",
      "One ",
      "two.",
      undefined,
      undefined,
    ]);
    expect(chunks.at(-2).choices[0].finish_reason).toBe("stop");
    expect(chunks.at(-1).usage.total_tokens).toBeGreaterThan(0);
  });

  it("answers whole, calls tools and sees the request", async () => {
    openai.reply((request) => `You said: ${request.messages[0]?.content}`);
    const whole = (await (await ask()).json()) as { choices: { message: { content: string } }[] };
    expect(whole.choices[0]?.message.content).toBe("You said: Why?");
    openai.reply(() => ({ tool: "search", arguments: { query: "x" } }));
    const lines = await events(await ask({ stream: true }));
    expect(lines.join()).toContain("tool_calls");
  });

  it("keeps the pace", async () => {
    openai.reply(() => "a b c", { firstMs: 60, pieceMs: 40 });
    const start = performance.now();
    await events(await ask({ stream: true }));
    expect(performance.now() - start).toBeGreaterThan(130);
  });

  it("lists its models", async () => {
    const response = await fetch(`${openai.url}/models`, {
      headers: { authorization: `Bearer ${openai.key}` },
    });
    expect(((await response.json()) as { data: { id: string }[] }).data.map((model) => model.id)).toContain(
      "gpt-4o-mini",
    );
  });
});

describe("faults", () => {
  it("come in order, for as many requests as were asked, on their route only", async () => {
    openai.fault("embeddings", { kind: "rate_limit", retryAfter: 3 });
    openai.fault("embeddings", "quota");
    openai.fault("embeddings", "server_error", 2);
    openai.reply(() => "fine");
    expect((await ask()).status).toBe(200);
    const limited = await embed("a");
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
    expect(await error(await embed("a"))).toMatchObject({ status: 429, code: "insufficient_quota" });
    expect([(await embed("a")).status, (await embed("a")).status, (await embed("a")).status]).toEqual([
      500, 500, 200,
    ]);
    expect(openai.embeddedTexts).toEqual(["a"]);
  });

  it("cut, stall and garble bodies", async () => {
    openai.fault("embeddings", "cut");
    await expect(embed("a").then((response) => response.json())).rejects.toThrow();
    openai.fault("embeddings", "stall");
    const patience = AbortSignal.timeout(100);
    await expect(
      post("/embeddings", { model: "text-embedding-3-small", input: "a" }, openai.key, patience),
    ).rejects.toThrow("timeout");
    openai.fault("embeddings", "malformed_json");
    await expect(embed("a").then((response) => response.json())).rejects.toThrow(SyntaxError);
    openai.fault("embeddings", "html");
    expect((await embed("a")).headers.get("content-type")).toContain("html");
    openai.reply(() => ["a", "b"]);
    openai.fault("chat", "no_done");
    expect(await (await ask({ stream: true })).text()).not.toMatch(/DONE|"stop"/);
    expect(openai.embeddedTexts).toEqual([]);
  });
});

describe("violations", () => {
  it("a chat without a script fails the test", async () => {
    expect((await ask()).status).toBe(500);
    await expect(openai.close()).rejects.toThrow("no reply scripted for: Why?");
    openai = await startOpenAI({ dimensions });
  });

  it.runIf(described())("a request against the description is refused and fails the test", async () => {
    expect((await embed("a", { batch_size: 3 })).status).toBe(400);
    openai.reply(() => "x");
    expect((await ask({ temperature: 3 })).status).toBe(400);
    expect((await ask({ temperature: null })).status).toBe(200);
    expect(openai.violations).toHaveLength(2);
    await expect(openai.close()).rejects.toThrow("batch_size");
    openai = await startOpenAI({ dimensions });
  });

  it.runIf(described())("knows every schema that the server sends", () => {
    expect(violation("ListModelsResponse", { object: "list", data: [{ id: 1 }] })).toContain("data/0");
    expect(violation("ErrorResponse", { error: { message: "x" } })).toContain("required");
    expect(violation("Nonsense", {})).toContain("no schema Nonsense");
  });
});
