import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { ConfigError } from "../../src/errors.ts";
import { createChatModel, createConfiguredOpenAIEmbedder } from "../../src/models/create.ts";
import { createOpenAIEmbedder, type OpenAIEmbedderOptions } from "../../src/models/openai/embedder.ts";
import type { ChatModel } from "../../src/models/types.ts";
import { startOpenAI } from "../servers/openai/index.ts";

async function read(model: ChatModel): Promise<string[]> {
  const pieces: string[] = [];
  const prompt = { system: "Cite.", turns: [{ role: "user", content: "What is NCCL?" }] } as const;
  for await (const piece of model.stream(prompt)) pieces.push(piece);
  return pieces;
}

describe("createChatModel", () => {
  const configured = (raw: Record<string, string>) => createChatModel(parseConfig(raw));

  it("makes no model without a key or a name, and a default one with a key", async () => {
    expect(await configured({})).toBeUndefined();
    expect((await configured({ OPENAI_API_KEY: "sk-0123456789" }))?.name).toBe("openai:gpt-4o-mini");
  });

  it("answers from the configured server", async () => {
    const openai = await startOpenAI({ key: null, models: ["llama3.2:3b"] });
    openai.reply(() => "Hello.");
    const model = await configured({ OPENAI_BASE_URL: openai.url, CHAT_MODEL: "llama3.2:3b" });
    expect(model && (await read(model))).toEqual(["Hello."]);
    expect(openai.requests[0]?.body).toMatchObject({ model: "llama3.2:3b", temperature: 0, max_tokens: 900 });
    await openai.close();
  });

  it("refuses what cannot work, naming the variable or the package to install", async () => {
    const refusals: [Record<string, string>, string][] = [
      [{ CHAT_MODEL: "gpt-4o" }, "OPENAI_API_KEY is not set"],
      [{ CHAT_MODEL: "openai:gpt-4o" }, "OPENAI_API_KEY is not set"],
      [{ CHAT_MODEL: "anthropic:claude-sonnet-4-5" }, "npm install @langchain/anthropic"],
      [{ CHAT_MODEL: "antropic:claude" }, 'the provider "antropic"'],
      [{ CHAT_MODEL: "openai:" }, "names no model"],
    ];
    for (const [raw, words] of refusals) {
      await expect(configured(raw)).rejects.toSatisfy(
        (error) => error instanceof ConfigError && error.message.includes(words),
      );
    }
    const tuned = { CHAT_MODEL: "ft:gpt-4o-mini:org::id", OPENAI_API_KEY: "sk-0123456789" };
    expect((await configured(tuned))?.name).toBe("openai:ft:gpt-4o-mini:org::id");
  });

  it("loads no LangChain until it is used", () => {
    const hook = `import { writeSync } from "node:fs";
      export function resolve(specifier, context, next) {
        if (/langchain|^openai$/.test(specifier)) writeSync(1, specifier + " ");
        return next(specifier, context);
      }`;
    const script = `
      import { register } from "node:module";
      register("data:text/javascript," + encodeURIComponent(\`${hook}\`));
      const { createChatModel, createConfiguredOpenAIEmbedder } = await import("./src/models/create.ts");
      const { parseConfig } = await import("./src/config.ts");
      const config = parseConfig({ OPENAI_API_KEY: "sk-0123456789", EMBEDDER: "openai" });
      const model = await createChatModel(config);
      createConfiguredOpenAIEmbedder(config);
      console.log("created");
      await model.load();`;
    const lines = execFileSync("npx", ["tsx", "--input-type=module", "-e", script], {
      encoding: "utf8",
    }).split(/\s+/);
    expect(lines[0]).toBe("created");
    expect(lines[1]).toBe("@langchain/openai");
  });
});

describe("createOpenAIEmbedder", () => {
  const model = "text-embedding-3-small";
  const hosted = { model, apiKey: "sk-something-long" };

  it("identifies the vectors without address or key", () => {
    expect(createOpenAIEmbedder(hosted).fingerprint).toBe("openai:text-embedding-3-small:1536");
    const own = { model: "bge-m3", baseUrl: "http://gpu-7:8000/v1", apiKey: "sk-something-long" };
    expect(createOpenAIEmbedder(own).fingerprint).toBe("openai-compatible:bge-m3:1024");
    expect(createOpenAIEmbedder({ ...hosted, dimensions: 256 })).toMatchObject({
      dimensions: 256,
      paid: true,
    });
    expect(createOpenAIEmbedder(own)).toMatchObject({ paid: false, unit: "passage", fusionWeight: 0.7 });
    expect(createOpenAIEmbedder({ ...hosted, baseUrl: "https://api.openai.com/v1" }).paid).toBe(true);
  });

  it("is refused with the variable and the remedy", () => {
    const refusal = (options: Partial<OpenAIEmbedderOptions>) => {
      try {
        createOpenAIEmbedder({ model, ...options });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        return (error as Error).message;
      }
      throw new Error("It was not refused.");
    };
    expect(refusal({})).toContain("OPENAI_API_KEY is not set");
    expect(refusal({ baseUrl: "http://me:secret@host/v1" })).toMatch(
      /^EMBEDDING_BASE_URL must not(?!.*secret)/,
    );
    expect(refusal({ baseUrl: "http://host/v1", model: "who-knows" })).toContain("EMBEDDING_DIMENSIONS");
    expect(refusal({ apiKey: "x", dimensions: 4_000 })).toContain("at most 1536");
    expect(refusal({ apiKey: "x", model: "text-embedding-ada-002", dimensions: 256 })).toContain("ada-002");
  });

  it("follows OPENAI_BASE_URL unless it has an address of its own", async () => {
    const openai = await startOpenAI({ key: null, models: ["bge-m3"], dimensions: 1_024 });
    const variables = { EMBEDDER: "openai", EMBEDDING_MODEL: "bge-m3", OPENAI_BASE_URL: openai.url };
    const embedder = createConfiguredOpenAIEmbedder(parseConfig(variables));
    expect(await embedder.embed(["a"])).toHaveLength(1);
    const elsewhere = {
      ...variables,
      EMBEDDING_BASE_URL: openai.url,
      OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
    };
    expect(await createConfiguredOpenAIEmbedder(parseConfig(elsewhere)).embed(["a"])).toHaveLength(1);
    await openai.close();
  });
});
