import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config.ts";
import { ConfigError } from "../../../src/errors.ts";
import { createEmbedder } from "../../../src/models/create-embedder.ts";
import { familyOf } from "../../../src/models/huggingface/families.ts";
import { parseSource } from "../../../src/models/huggingface/source.ts";
import type { Embedder } from "../../../src/models/types.ts";
import { temporaryFolder, writeFiles } from "../../fixtures.ts";
import { writeTinyModel } from "./tiny-model.ts";

/** A folder in which the package seems to be installed: what is read before it is loaded needs no more. */
function seemingModules(): string {
  return writeFiles(temporaryFolder(), { "node_modules/@huggingface/transformers/package.json": "{}" });
}

const configured = (model: string, more: Record<string, string> = {}): Promise<Embedder | undefined> =>
  createEmbedder(
    parseConfig({
      EMBEDDER: `huggingface:${model}`,
      DATA_DIR: temporaryFolder(),
      HUGGINGFACE_MODULES: seemingModules(),
      ...more,
    }),
  );

const fingerprint = async (model: string, more: Record<string, string> = {}) => {
  const embedder = await configured(model, more);
  await embedder?.close();
  return embedder?.fingerprint;
};

const refused = (words: RegExp) => (error: unknown) =>
  error instanceof ConfigError && words.test(error.message) && !error.message.includes("\n");

describe("EMBEDDER=huggingface", () => {
  it("tells folders from names by their form", () => {
    for (const folder of ["/models/e5", "./e5", "../e5", ".", "~/e5"])
      expect(parseSource(folder)).toMatchObject({ kind: "folder" });
    expect(parseSource("./models/e5")).toEqual({ kind: "folder", path: resolve("models/e5"), name: "e5" });
    for (const name of ["intfloat/e5-small-v2", "gte-small", "src"])
      expect(parseSource(name)).toEqual({ kind: "name", name });
    for (const neither of ["a/b/c", "a b", "https://hub.example/a", "a/../b", "a/"])
      expect(() => parseSource(neither)).toThrow(ConfigError);
  });

  it("names the command that installs the package when it is not there", async () => {
    const empty = temporaryFolder();
    await expect(configured("intfloat/e5-small-v2", { HUGGINGFACE_MODULES: empty })).rejects.toSatisfy(
      refused(
        new RegExp(
          `not installed in .*npm i --no-save --ignore-scripts --prefix ${empty} @huggingface/transf`,
        ),
      ),
    );
  });

  it("says when the package is there and cannot be loaded", async () => {
    const embedder = await configured(writeTinyModel(temporaryFolder()));
    await expect(embedder?.embed(["rack"])).rejects.toThrow(/cannot load @huggingface\/transformers.*npm i /);
    await embedder?.close();
  });

  it("names what a folder lacks", async () => {
    const without = (file: string) => {
      const folder = writeTinyModel(temporaryFolder());
      rmSync(join(folder, file), { recursive: true });
      return folder;
    };
    await expect(configured("/nowhere/model")).rejects.toSatisfy(refused(/does not exist/));
    await expect(configured(without("config.json"))).rejects.toSatisfy(refused(/config\.json is missing/));
    await expect(configured(without("tokenizer.json"))).rejects.toSatisfy(refused(/no tokenizer/));
    await expect(configured(without("tokenizer_config.json"))).rejects.toSatisfy(refused(/no tokenizer/));
    await expect(configured(without("onnx"))).rejects.toSatisfy(refused(/no weights in ONNX form/));
    const whole = writeTinyModel(temporaryFolder());
    await expect(configured(whole, { EMBEDDING_DTYPE: "q8" })).rejects.toSatisfy(
      refused(/no onnx\/model_quantized\.onnx, which EMBEDDING_DTYPE=q8/),
    );
    for (const damaged of ["{", '{"hidden_size": "many"}', "[]"]) {
      const folder = writeFiles(writeTinyModel(temporaryFolder()), { "config.json": damaged });
      await expect(configured(folder)).rejects.toSatisfy(refused(/config\.json is damaged/));
    }
  });

  it("asks for the length of the vectors when config.json does not say it", async () => {
    const folder = writeFiles(writeTinyModel(temporaryFolder()), { "config.json": "{}" });
    await expect(configured(folder)).rejects.toSatisfy(refused(/EMBEDDING_DIMENSIONS/));
    expect(await fingerprint(folder, { EMBEDDING_DIMENSIONS: "32" })).toContain(":32:");
  });

  it("takes pooling and prompts from the files of sentence-transformers, and the configuration before them", async () => {
    const folder = writeFiles(writeTinyModel(temporaryFolder()), {
      "1_Pooling/config.json": JSON.stringify({
        pooling_mode_cls_token: true,
        pooling_mode_mean_tokens: false,
      }),
    });
    expect(await fingerprint(folder)).toContain(":cls:");
    expect(await fingerprint(folder, { EMBEDDING_POOLING: "mean" })).toContain(":mean:");
    const before = await fingerprint(folder);
    writeFiles(folder, {
      "config_sentence_transformers.json": JSON.stringify({ prompts: { query: "q: " } }),
    });
    expect(await fingerprint(folder)).not.toBe(before);
    expect(await fingerprint(folder, { EMBEDDING_QUERY_PREFIX: "none" })).toBe(before);
  });

  it("has a fingerprint that follows the content, not the place", async () => {
    const parent = temporaryFolder();
    const at = (place: string, seed?: string, weights?: string) => {
      const folder = join(parent, place, "tiny");
      mkdirSync(folder, { recursive: true });
      return fingerprint(
        writeTinyModel(folder, { ...(seed ? { seed } : {}), ...(weights ? { weights } : {}) }),
      );
    };
    const first = await at("a");
    expect(first).toMatch(/^huggingface:tiny:fp32:mean:32:[0-9a-f]{12}$/);
    expect(await at("b")).toBe(first);
    expect(await at("b", "swapped")).not.toBe(first);
    writeFiles(join(parent, "a/tiny"), { "onnx/model.onnx_data": "numbers" });
    expect(await fingerprint(join(parent, "a/tiny"))).not.toBe(first);
  });

  it("knows the families by their names", () => {
    expect(familyOf("intfloat/multilingual-e5-small")).toMatchObject({ pooling: "mean", query: "query: " });
    expect(familyOf("Xenova/e5-base-v2")).toMatchObject({ passage: "passage: " });
    expect(familyOf("intfloat/multilingual-e5-large-instruct")).toMatchObject({ passage: "" });
    expect(familyOf("BAAI/bge-small-en-v1.5")).toMatchObject({ pooling: "cls", passage: "" });
    expect(familyOf("BAAI/bge-m3")).toEqual({ pooling: "cls", query: "", passage: "" });
    expect(familyOf("thenlper/gte-small")).toEqual({ pooling: "mean", query: "", passage: "" });
    expect(familyOf("Alibaba-NLP/gte-base-en-v1.5").pooling).toBe("cls");
    expect(familyOf("sentence-transformers/all-MiniLM-L6-v2")).toEqual({
      pooling: "mean",
      query: "",
      passage: "",
    });
    expect(familyOf("bge-owner/house-model").pooling).toBe("mean");
  });
});
