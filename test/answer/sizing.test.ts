import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer } from "../../src/answer/answer.ts";
import { quantitiesIn } from "../../src/answer/sizing/quantities.ts";
import { sizing } from "../../src/answer/sizing/size.ts";
import { unsupportedClaims } from "../../src/evaluate/measures.ts";
import { fakeEmbedder } from "../fakes/embedder.ts";
import { type SmallIndex, smallIndex } from "../fakes/small-index.ts";

const documents = {
  "sizing.md": `# Sizing

Weights take bytes per parameter times the number of parameters.

## KV cache size formula

The KV cache takes 2 × bytes per value × head dimension × KV heads × layers for each token.

| Model and precision | Layers, KV heads, head dimension | Cache per token |
|---|---|---|
| Llama 3 70B, BF16 | 80, 8, 128 | 324 kB |
| Llama 3 8B, BF16 | 32, 8, 128 | 131 kB |
`,
  "gpus.md": `# GPUs

| GPU | Memory | Memory bandwidth |
|---|---|---|
| NVIDIA H100 SXM | 80 GB HBM3 | 3.35 TB/s |
| NVIDIA H200 SXM | 141 GB HBM3e | 4.8 TB/s |
`,
  "rest.md": `# Checkpoints and collectives

A checkpoint takes 16 bytes per parameter.

## Collectives

All-reduce takes S/B x 2(n-1)/n.

## Training work

Training takes about 6 × N × D floating-point operations.
`,
};

const embedder = fakeEmbedder({ unit: "sentence" });
let small: SmallIndex;
beforeAll(async () => {
  small = await smallIndex(documents, embedder);
});
afterAll(() => small.remove());
const size = async (question: string) =>
  (await sizing(question, { index: small.index, embedder }, {}))?.text ?? "";

describe("quantitiesIn", () => {
  it.each([
    ["how many h100s for a 70b model", { parameters: 70e9 }],
    ["405 billion parameters in fp8", { parameters: 405e9, precision: { bytes: 1, name: "8-bit" } }],
    ["at 32k context", { context: 32_000 }],
    ["8192 tokens of context for 16 users", { context: 8192, sequences: 16 }],
    ["8b on 15T tokens", { parameters: 8e9, trainingTokens: 15e12 }],
    ["8 GB on 64 gpus at 400 Gb/s", { gpus: 64, bytesPerSecond: 50e9 }],
    ["32 layers, 8 kv heads, head dim 128", { layers: 32, keyValueHeads: 8, headDimension: 128 }],
  ])("reads %j", (question, expected) => {
    expect(quantitiesIn(question)).toMatchObject(expected);
  });

  it("takes any text", () => {
    fc.assert(fc.property(fc.string(), (text) => quantitiesIn(text).sequences >= 0));
  });
});

describe("sizing", () => {
  it("counts the cards for a model", async () => {
    const text = await size("how many H100s do I need for a 70B model in bf16?");
    expect(text).toContain("70 billion parameters × 2 bytes (16-bit) = 140 GB");
    expect(text).toContain("140 GB ÷ (0.9 × 80 GB of one H100) = 1.94, so at least 2, before any KV cache");
  });

  it("adds the cache of a model whose shape is known", async () => {
    const text = await size("how many H200s for llama 3 70b in bf16 at 32k?");
    expect(text).toContain("80 layers × 8 KV heads × 128 = 327,680 bytes a token; × 32,000 tokens = 10.5 GB");
    expect(text).toContain("150 GB ÷ (0.9 × 141 GB of one H200) = 1.19, so at least 2");
  });

  it.each([
    [
      "kv cache of llama 3 8b at 128k for 4 users",
      "131,072 bytes a token; × 128,000 tokens × 4 sequences = 67.1 GB",
    ],
    [
      "kv cache at 1k context, 10 layers, 2 kv heads, head dim 64",
      "5,120 bytes a token; × 1,000 tokens = 5.12 MB",
    ],
    ["checkpoint size of a 175b model", "175 billion parameters × 16 bytes = 2.8 TB"],
    ["all-reduce time of 8 GB on 8 GPUs at 450 GB/s", "= 31.1 ms at best"],
    ["flops to train an 8b model on 15T tokens", "= 7.20 × 10^23 FLOPs"],
  ])("fills in the formula for %j", async (question, expected) => {
    expect(await size(question)).toContain(expected);
  });

  it.each([
    "how much memory does the h100 have",
    "what is a checkpoint",
    "how many gpus do i need",
    "all-reduce time of 8 GB",
    "how many h100s to train a 70b model",
  ])("leaves %j to the passages", async (question) => {
    expect(await size(question)).toBe("");
  });

  it("calculates nothing without a formula in the corpus", async () => {
    const bare = await smallIndex({ "gpus.md": documents["gpus.md"] }, embedder);
    const text = await sizing("how many H100s for a 70B model", { index: bare.index, embedder }, {});
    expect(text).toBeUndefined();
    await bare.remove();
  });

  it("is part of the answer, cited and marked as ours, with no figure passed off as a source's", async () => {
    const tools = { index: small.index, embedder, chatModel: undefined, target: {} };
    const made = await answer("how many H100s for a 70B model in fp8? weights, bytes per parameter", tools);
    expect(made.text).toMatch(/^Calculated by this bot from the formulas and figures cited:/);
    expect(unsupportedClaims(made)).toBe(0);
    expect(made.citations.map(({ document }) => document)).toEqual(
      expect.arrayContaining(["sizing.md", "gpus.md"]),
    );
  });
});
