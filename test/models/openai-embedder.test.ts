import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAbort, ModelError } from "../../src/errors.ts";
import { createOpenAIEmbedder, type OpenAIEmbedderOptions } from "../../src/models/openai/embedder.ts";
import { describeEmbedder } from "../contracts/embedder.ts";
import { type Fault, type FaultName, type OpenAIServer, startOpenAI } from "../servers/openai/index.ts";
import { bagOfWords } from "../servers/openai/vectors.ts";

const dimensions = 64;
const model = "text-embedding-3-small";
const backOffMs = { first: 20, most: 100 };
const texts = Array.from({ length: 20 }, (_, index) => `text number ${index}`);
let openai: OpenAIServer;

/** Our own server at a base URL, unless the options say otherwise. */
const create = (options: Partial<OpenAIEmbedderOptions> = {}) =>
  createOpenAIEmbedder({
    model,
    dimensions,
    apiKey: openai.key ?? undefined,
    baseUrl: openai.url,
    backOffMs,
    batch: 4,
    concurrency: 2,
    retries: 3,
    ...options,
  });

/** The hosted service, with its address led to the local server. */
const createHosted = (options: Partial<OpenAIEmbedderOptions> = {}) =>
  create({
    baseUrl: undefined,
    fetch: (input, init) => fetch(String(input).replace("https://api.openai.com/v1", openai.url), init),
    ...options,
  });

async function failure(promise: Promise<unknown>): Promise<ModelError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ModelError);
  // Neither the sentence nor its causes may hold the key.
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(openai.key ?? "no key");
  return error as ModelError;
}

for (const mode of ["own server", "hosted"]) {
  let server: OpenAIServer;
  describeEmbedder(
    `OpenAI (${mode})`,
    async () => {
      server = await startOpenAI({ dimensions });
      openai = server;
      return mode === "hosted" ? createHosted() : create();
    },
    { normalised: true, teardown: () => server.close() },
  );
}

describe("requests", () => {
  beforeEach(async () => {
    openai = await startOpenAI({ dimensions });
  });
  afterEach(async () => {
    await openai.close();
  });
  const body = (index = 0) => openai.requests[index]?.body as Record<string, unknown>;

  it("go out in batches, with bounded concurrency, each text once", async () => {
    await openai.close();
    openai = await startOpenAI({ dimensions, latencyMs: 30 });
    const many = Array.from({ length: 50 }, (_, index) => `text ${index}`);
    const vectors = await create({ batch: 4, concurrency: 3 }).embed(many);
    expect(vectors).toEqual(many.map((text) => bagOfWords(text, dimensions)));
    expect(openai.requests).toHaveLength(13);
    expect(openai.peakConcurrency).toBe(3);
    expect([...openai.embeddedTexts].sort()).toEqual([...many].sort());
  });

  it("ask a server of one's own for floats and OpenAI for base64", async () => {
    await create().embed(["a"]);
    await createHosted({ dimensions: 512 }).embed(["a"]);
    expect(body(0)).toEqual({ model, input: ["a"], dimensions, encoding_format: "float" });
    expect(body(1)).toEqual({ model, input: ["a"], dimensions: 512, encoding_format: "base64" });
  });

  it("do not ask an unknown model of one's own server to shorten its vectors", async () => {
    await openai.close();
    openai = await startOpenAI({ dimensions, key: null, models: ["my-model"] });
    await create({ model: "my-model" }).embed(["a"]);
    expect(body()).not.toHaveProperty("dimensions");
    expect(openai.requests[0]?.authorization).toBe("Bearer none");
  });

  it("send exactly the prepared text, and something for an empty one", async () => {
    const embedder = create();
    const raw = ["  two\nlines\t of\r\ntext ", "", "half \ud83d", "長".repeat(10_000)];
    await embedder.embed(raw);
    expect(openai.embeddedTexts).toEqual(raw.map((text) => embedder.prepare(text)));
    expect(openai.embeddedTexts[0]).toBe("two lines of text");
    expect(Buffer.byteLength(openai.embeddedTexts[3] ?? "")).toBeLessThanOrEqual(8_191);
  });

  it("hold no more than OpenAI takes, whatever the batch size", async () => {
    await create({ batch: 2_048, concurrency: 1 }).embed(Array(100).fill("word ".repeat(3_000)));
    expect(openai.requests.length).toBeGreaterThan(1);
    expect(openai.requests.every((request) => request.status === 200)).toBe(true);
  });

  it("put vectors into order by their index", async () => {
    openai.fault("embeddings", "shuffled", 5);
    expect(await create().embed(texts)).toEqual(texts.map((text) => bagOfWords(text, dimensions)));
  });
});

describe("faults", () => {
  beforeEach(async () => {
    openai = await startOpenAI({ dimensions });
  });
  afterEach(async () => {
    await openai.close();
  });

  const passing: [string, Fault | FaultName][] = [
    ["429 without Retry-After", { kind: "rate_limit" }],
    ["429 with Retry-After", { kind: "rate_limit", retryAfter: 0.1 }],
    ["500", "server_error"],
    ["503", { kind: "status", status: 503 }],
    ["a cut reply", "cut"],
  ];
  it.each(passing)("%s is tried again, and only that batch", async (_, fault) => {
    openai.fault("embeddings", fault, 2);
    expect(await create().embed(texts)).toEqual(texts.map((text) => bagOfWords(text, dimensions)));
    expect(openai.requests).toHaveLength(7);
    expect([...openai.embeddedTexts].sort()).toEqual([...texts].sort());
  });

  it.each([false, true])(
    "a stalled reply (headers sent: %s) is given up at the deadline and tried again",
    async (headers) => {
      openai.fault("embeddings", { kind: "stall", headers });
      const start = performance.now();
      expect(await create({ requestTimeoutMs: 200 }).embed(["a"])).toHaveLength(1);
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );

  it("Retry-After is waited for, as seconds and as a date, and is an error at once beyond the bound", async () => {
    const embedder = create({ longestRetryAfterMs: 5_000 });
    const start = performance.now();
    openai.fault("embeddings", { kind: "rate_limit", retryAfter: 1 });
    await embedder.embed(["a"]);
    expect(performance.now() - start).toBeGreaterThan(990);
    const date = performance.now();
    openai.fault("embeddings", {
      kind: "rate_limit",
      retryAfter: new Date(Date.now() + 2_000).toUTCString(),
    });
    await embedder.embed(["a"]);
    expect(performance.now() - date).toBeGreaterThan(900);
    openai.reset();
    openai.fault("embeddings", { kind: "rate_limit", retryAfter: 60 });
    expect((await failure(embedder.embed(["a"]))).fault).toBe("rate_limited");
    expect(openai.requests).toHaveLength(1);
  });

  const lasting: [string, Fault | FaultName, ModelError["fault"], number, string][] = [
    ["429", "rate_limit", "rate_limited", 4, "EMBEDDING_CONCURRENCY"],
    ["500", "server_error", "unavailable", 4, "EMBEDDING_BASE_URL"],
    ["a cut", "cut", "cut", 4, "try again"],
    ["a quota", "quota", "quota", 1, "EMBEDDER=minilm"],
    [
      "403",
      { kind: "status", status: 403, message: "Country not supported." },
      "unauthorized",
      1,
      "OPENAI_API_KEY",
    ],
    ["400", { kind: "status", status: 400, message: "Bad dimensions." }, "refused", 1, "Bad dimensions."],
    ["HTML with 200", "html", "malformed", 1, "text/html"],
    ["broken JSON", "malformed_json", "malformed", 1, "EMBEDDING_BASE_URL"],
    ["a missing vector", "missing_vector", "malformed", 1, "3 vectors for 4 texts"],
    ["a useless index", "wrong_index", "malformed", 1, "EMBEDDING_BATCH=1"],
    ["another length", "wrong_dimensions", "malformed", 1, "EMBEDDING_DIMENSIONS=63"],
    ["NaN", "not_finite", "malformed", 1, "finite"],
  ];
  it.each(lasting)("%s that lasts is an error with the remedy", async (_, fault, kind, attempts, remedy) => {
    openai.fault("embeddings", fault, 100);
    const error = await failure(create({ concurrency: 1 }).embed(texts.slice(0, 4)));
    expect(error.fault).toBe(kind);
    expect(error.message).toContain(remedy);
    expect(error.message).toMatch(/^[A-Z][^\n]*\.$/);
    expect(openai.requests).toHaveLength(attempts);
  });

  it("floats although base64 was asked are noticed", async () => {
    openai.fault("embeddings", "float_for_base64");
    const error = await failure(createHosted().embed(["a"]));
    expect(error.fault).toBe("malformed");
    expect(error.message).toContain(`${dimensions / 4} numbers where ${dimensions} are expected`);
  });

  it("a wrong key and an unknown model are errors at once", async () => {
    const wrong = await failure(create({ apiKey: "sk-wrong-key-0000000000" }).embed(["a"]));
    expect([wrong.fault, wrong.message]).toEqual(["unauthorized", expect.stringContaining("OPENAI_API_KEY")]);
    expect(inspect(wrong, { depth: 10 })).not.toContain("sk-wr");
    const unknown = await failure(create({ model: "nomic-embed-text" }).embed(["a"]));
    expect([unknown.fault, unknown.message]).toEqual([
      "unknown_model",
      expect.stringContaining("EMBEDDING_MODEL"),
    ]);
    expect(openai.requests).toHaveLength(2);
  });

  it("a server that is not there is an error that names its variable", async () => {
    const url = openai.url;
    await openai.close();
    const error = await failure(create({ baseUrl: url, retries: 1 }).embed(["a"]));
    expect(error.fault).toBe("unavailable");
    expect(error.message).toMatch(/EMBEDDING_BASE_URL.*ECONNREFUSED/);
    openai = await startOpenAI({ dimensions });
  });

  it("a key that the server repeats is taken out of its words", async () => {
    openai.fault("embeddings", { kind: "status", status: 400, message: `Bad key ${openai.key} in header` });
    expect((await failure(create().embed(["a"]))).message).toContain("Bad key [key] in header");
  });

  it("a batch that fails stops the rest, and what was finished has been reported", async () => {
    openai.fault("embeddings", { kind: "rate_limit" }, 1);
    openai.fault("embeddings", { kind: "status", status: 400 }, 1);
    const reported: number[] = [];
    const start = performance.now();
    const embedder = create({ backOffMs: { first: 5_000, most: 5_000 } });
    const error = await failure(embedder.embed(texts, { onBatch: (offset) => reported.push(offset) }));
    expect(error.fault).toBe("refused");
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(openai.embeddedTexts).toHaveLength(reported.length * 4);
    expect(openai.requests.length).toBeLessThan(5);
  });

  it("a batch under way when another fails is still delivered, since it is paid for", async () => {
    await openai.close();
    openai = await startOpenAI({ dimensions, latencyMs: 100 });
    openai.fault("embeddings", { kind: "status", status: 400 });
    const reported: number[] = [];
    const error = await failure(create().embed(texts, { onBatch: (offset) => reported.push(offset) }));
    expect([error.fault, reported]).toEqual(["refused", [4]]);
    expect(openai.embeddedTexts).toEqual(texts.slice(4, 8));
  });

  it("the signal ends a back-off, a stalled request and the queue at once", async () => {
    const cases: [Fault | FaultName, Partial<OpenAIEmbedderOptions>][] = [
      ["stall", {}],
      [{ kind: "rate_limit", retryAfter: 30 }, {}],
      ["server_error", { backOffMs: { first: 30_000, most: 30_000 } }],
    ];
    for (const [fault, options] of cases) {
      openai.reset();
      openai.fault("embeddings", fault, 100);
      const controller = new AbortController();
      let aborted = 0;
      setTimeout(() => {
        aborted = performance.now();
        controller.abort();
      }, 150);
      await expect(create(options).embed(texts, { signal: controller.signal })).rejects.toSatisfy(isAbort);
      expect(performance.now() - aborted).toBeLessThan(250);
      expect(openai.requests.length).toBeLessThanOrEqual(2);
    }
  });

  it("closing ends what is under way", async () => {
    openai.fault("embeddings", "stall");
    const embedder = create();
    const embedding = embedder.embed(["a"]);
    setTimeout(() => embedder.close(), 100);
    await expect(embedding).rejects.toSatisfy(isAbort);
  });
});
