import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ModelError } from "../../../src/errors.ts";
import {
  createHuggingFaceEmbedder,
  type HuggingFaceOptions,
} from "../../../src/models/huggingface/embedder.ts";
import type { Embedder } from "../../../src/models/types.ts";
import { describeEmbedder } from "../../contracts/embedder.ts";
import { temporaryFolder, writeFiles } from "../../fixtures.ts";
import { runNode } from "../../run-node.ts";
import { startModelHub } from "../../servers/model-hub.ts";
import { missing, modules, title } from "./installed.ts";
import { tokenVector, writeTinyModel } from "./tiny-model.ts";

// The title of a skipped suite is not shown by every reporter.
if (missing) console.warn(`Tests of the huggingface embedder are skipped: ${missing}`);

async function open(options: Partial<HuggingFaceOptions> & { readonly model: string }): Promise<Embedder> {
  const embedder = await createHuggingFaceEmbedder({
    cache: join(tmpdir(), "rackmate-test-no-models"),
    workers: 1,
    modules,
    ...options,
  });
  onTestFinished(() => embedder.close());
  return embedder;
}

async function hub() {
  const root = temporaryFolder();
  const started = await startModelHub(root);
  onTestFinished(() => started.close());
  return { ...started, root, cache: temporaryFolder() };
}

const one = async (embedder: Embedder, text: string, role?: "query" | "passage") =>
  (await embedder.embed([text], role ? { role } : {}))[0] ?? [];

function normalised(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const mean = (...tokens: string[]) =>
  normalised(
    tokens
      .map((token) => tokenVector(token))
      .reduce((sum, vector) => sum.map((value, index) => value + (vector[index] ?? 0))),
  );

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of actual.entries()) expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 4);
}

describe.skipIf(missing)(title("huggingface"), () => {
  const folder = join(tmpdir(), `rackmate-test-tiny-${process.pid}`);
  describeEmbedder(
    "huggingface",
    () =>
      createHuggingFaceEmbedder({
        model: writeTinyModel(folder),
        cache: `${folder}-cache`,
        workers: 2,
        modules,
      }),
    { normalised: true, teardown: async () => rmSync(folder, { recursive: true, force: true }) },
  );

  it("pools as it is told: mean over a text's own tokens however long its neighbours are, first, or last", async () => {
    const model = writeTinyModel(temporaryFolder());
    const tokens = ["[CLS]", "nvlink", "bandwidth", "[SEP]"];
    const texts = ["NVLink bandwidth", "the training of the model is slow when the model waits for the data"];
    expectClose((await (await open({ model })).embed(texts))[0] ?? [], mean(...tokens));
    const cls = await (await open({ model, pooling: "cls" })).embed(texts);
    for (const vector of cls) expectClose(vector, normalised(tokenVector("[CLS]")));
    const last = await (await open({ model, pooling: "last" })).embed(texts);
    for (const vector of last) expectClose(vector, normalised(tokenVector("[SEP]")));
  });

  it("puts the model's words before questions and others before passages", async () => {
    const named = await open({ model: writeTinyModel(join(temporaryFolder(), "e5-tiny")) });
    expectClose(await one(named, "NVLink", "query"), mean("[CLS]", "query", ":", "nvlink", "[SEP]"));
    expectClose(await one(named, "NVLink"), mean("[CLS]", "passage", ":", "nvlink", "[SEP]"));
    const model = writeTinyModel(temporaryFolder());
    const told = await open({ model, queryPrefix: "why", passagePrefix: "none" });
    expectClose(await one(told, "NVLink", "query"), mean("[CLS]", "why", "nvlink", "[SEP]"));
    expectClose(await one(told, "NVLink"), mean("[CLS]", "nvlink", "[SEP]"));
  });

  it("takes weights where they are: another format, or beside config.json", async () => {
    const beside = await open({ model: writeTinyModel(temporaryFolder(), { weights: "model.onnx" }) });
    const quantized = await open({
      model: writeTinyModel(temporaryFolder(), { weights: "onnx/model_quantized.onnx" }),
    });
    expect(quantized.fingerprint).toContain(":q8:");
    expect(await one(quantized, "rack")).toEqual(await one(beside, "rack"));
  });

  it("never asks the network about a folder", async () => {
    const { url, requests } = await hub();
    const embedder = await open({ model: writeTinyModel(temporaryFolder()), endpoint: url });
    expect(await one(embedder, "rack")).toHaveLength(32);
    expect(requests).toEqual([]);
  });

  it("downloads a named model once and then needs no hub", async () => {
    const { url, requests, root, cache, refuse } = await hub();
    writeTinyModel(join(root, "acme/tiny-embed"));
    const first = await open({ model: "acme/tiny-embed", endpoint: url, cache });
    // Of a model whose vectors are at hand nothing but its shape is needed.
    expect(requests).toEqual(["/acme/tiny-embed/resolve/main/config.json"]);
    const vector = await one(first, "rack");
    expect(requests).toContain("/acme/tiny-embed/resolve/main/onnx/model.onnx");
    refuse(500);
    const asked = requests.length;
    const again = await open({ model: "acme/tiny-embed", endpoint: url, cache });
    expect(await one(again, "rack")).toEqual(vector);
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(requests).toHaveLength(asked);
  });

  it("says that a name is unknown, has no usable files, or cannot be reached", async () => {
    const { url, root, cache, refuse, close } = await hub();
    const fails = (model: string) => open({ model, endpoint: url, cache });
    await expect(fails("acme/none")).rejects.toThrow(/huggingface:acme\/none is not known to the hub/);
    await expect(fails("src")).rejects.toThrow(/write \.\/src\./);
    rmSync(join(writeTinyModel(join(root, "acme/no-weights")), "onnx"), { recursive: true });
    await expect(one(await fails("acme/no-weights"), "a")).rejects.toSatisfy(
      (error) =>
        error instanceof ModelError && error.fault === "unknown_model" && /onnx\/ files/.test(error.message),
    );
    rmSync(join(writeTinyModel(join(root, "acme/no-words")), "tokenizer_config.json"));
    await expect(one(await fails("acme/no-words"), "a")).rejects.toThrow(/tokenizer/);
    refuse(503);
    await expect(fails("acme/other")).rejects.toThrow(/could not load its config.json.*HF_ENDPOINT/);
    await close();
    await expect(fails("acme/other")).rejects.toMatchObject({ fault: "unavailable" });
  });

  it("says which part of a folder is damaged, and goes on when a later text can be embedded", async () => {
    const model = writeTinyModel(temporaryFolder());
    const whole = readFileSync(join(model, "onnx/model.onnx"));
    writeFileSync(join(model, "onnx/model.onnx"), whole.subarray(0, 900));
    const embedder = await open({ model });
    await expect(one(embedder, "rack")).rejects.toThrow(
      /is damaged: its weights cannot be read.*copy it again/,
    );
    writeFileSync(join(model, "onnx/model.onnx"), whole);
    expect(await one(embedder, "rack")).toHaveLength(32);
    const words = await open({
      model: writeFiles(writeTinyModel(temporaryFolder()), { "tokenizer.json": "{" }),
    });
    await expect(one(words, "rack")).rejects.toThrow(/is damaged: its tokenizer cannot be read/);
  });

  it("refuses vectors that are not what config.json says, and models that give none", async () => {
    const config = { hidden_size: 48 };
    const other = await open({ model: writeTinyModel(temporaryFolder(), { config }) });
    await expect(one(other, "rack")).rejects.toThrow(/32 numbers instead of 48/);
    const logits = await open({ model: writeTinyModel(temporaryFolder(), { output: "logits" }) });
    await expect(one(logits, "rack")).rejects.toThrow(/gives logits.*may not be an embedding model/);
  });

  it("serves the command line from a folder, and notices when its weights were swapped", async () => {
    const data = temporaryFolder();
    const corpus = writeFiles(temporaryFolder(), {
      "bread.md": "# Bread\n\nBake bread at 220 degrees.\n",
      "training.md": "# Training\n\nThe model waits for data when training is slow.\n",
    });
    const model = writeTinyModel(temporaryFolder());
    const env = {
      EMBEDDER: `huggingface:${model}`,
      CORPUS_DIR: corpus,
      DATA_DIR: data,
      ...(modules ? { HUGGINGFACE_MODULES: modules } : {}),
    };
    const run = (script: string, ...words: string[]) =>
      runNode(`scripts/${script}`, [...words, "--json"], { env });
    const search = () => run("search", "why is training of the model slow", "--retriever", "vector");
    expect(JSON.parse((await run("ingest")).stdout)).toMatchObject({ documents: 2, embedded: 2, pending: 0 });
    const found = await search();
    expect(found.code).toBe(0);
    expect(JSON.parse(found.stdout).hits[0]).toMatchObject({ document: "training.md" });
    writeTinyModel(model, { seed: "swapped" });
    expect((await search()).stderr).toMatch(/holds vectors of huggingface:.*Run `npm run ingest`/);
    expect(JSON.parse((await run("ingest")).stdout)).toMatchObject({ embedded: 2 });
    expect((await search()).stderr).toBe("");
  });

  it("leaves the event loop free while the model loads and works", async () => {
    const embedder = await open({ model: writeTinyModel(temporaryFolder()) });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await embedder.embed(Array.from({ length: 60 }, (_, index) => `rack ${index} `.repeat(200)));
    clearInterval(timer);
    // Loading alone takes hundreds of milliseconds: a loop that was held would have had a turn or two.
    expect(turns).toBeGreaterThan(20);
  });
});
