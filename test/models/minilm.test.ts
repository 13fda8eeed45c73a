import { copyFile, mkdtemp, open, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModelError } from "../../src/errors.ts";
import { createMiniLMEmbedder } from "../../src/models/minilm/embedder.ts";
import { packagedFolder } from "../../src/models/minilm/weights.ts";
import type { Embedder } from "../../src/models/types.ts";
import { describeEmbedder } from "../contracts/embedder.ts";

describeEmbedder("minilm", () => createMiniLMEmbedder({ workers: 2 }), { normalised: true });

describe("minilm", () => {
  let embedder: Embedder;
  beforeAll(() => {
    embedder = createMiniLMEmbedder({ workers: 1 });
  });
  afterAll(() => embedder.close());

  // The documentation of sentence-transformers prints these three cosines for single-precision weights.
  it.each([
    ["That is a happy dog", 0.6945],
    ["That is a very happy person", 0.9429],
    ["Today is a sunny day", 0.2569],
  ])("finds 'That is a happy person' as near to '%s' as published", async (other, published) => {
    const [first = [], second = []] = await embedder.embed(["That is a happy person", other]);
    // Rounding to 8 bits moved them by 0.004, 0.008 and 0.010.
    expect(Math.abs(dot(first, second) - published)).toBeLessThan(0.015);
  });

  it("gives a text the same vector whatever it is embedded with", async () => {
    const text = "NVLink joins GPUs.";
    const [alone] = await embedder.embed([text]);
    const among = await embedder.embed(["A longer sentence about the cooling of racks.", text, "word"]);
    expect(among[1]).toEqual(alone);
  });

  it("reads 256 tokens of a text and no more", async () => {
    // Each letter is one token, and [CLS] and [SEP] are two.
    const letters = (count: number) =>
      Array.from({ length: count }, (_, index) => "abc"[index % 3]).join(" ");
    const [whole = [], cut = [], shorter = []] = await embedder.embed([
      letters(254),
      `${letters(254)} zebra`,
      letters(200),
    ]);
    expect(cut).toEqual(whole);
    expect(shorter).not.toEqual(whole);
  });
});

describe("minilm with weights that are not the published ones", () => {
  const weights = "model.fp16.safetensors";
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "minilm-"));
    await symlink(join(packagedFolder(), "tokenizer.json"), join(folder, "tokenizer.json"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const failure = async (): Promise<unknown> => {
    const embedder = createMiniLMEmbedder({ workers: 1, folder });
    try {
      // A second text finds the same state of affairs as the first.
      await expect(embedder.embed(["one"])).rejects.toThrow(ModelError);
      return await embedder.embed(["two"]).catch((error: unknown) => error);
    } finally {
      await embedder.close();
    }
  };

  it("names the missing file and the remedy", async () => {
    const error = await failure();
    expect(error).toMatchObject({ fault: "unavailable" });
    expect((error as Error).message).toMatch(
      /minilm embedder .*no such file.*model\.fp16\.safetensors.*`npm ci`\.$/,
    );
  });

  it("notices one changed byte", async () => {
    await copyFile(join(packagedFolder(), weights), join(folder, weights));
    const file = await open(join(folder, weights), "r+");
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 30_000_000);
    await file.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, 30_000_000);
    await file.close();
    expect(await failure()).toMatchObject({
      fault: "unavailable",
      message:
        "The minilm embedder stopped (model.fp16.safetensors is damaged: it is not the published file); reinstall with `npm ci`.",
    });
  });
});

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
