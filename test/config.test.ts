import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chatModelName, parseConfig, variables } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";

describe("configuration", () => {
  it("has a default for everything", () => {
    const config = parseConfig({});
    expect(config).toMatchObject({
      CORPUS_DIR: "corpus",
      DATA_DIR: "data",
      EMBEDDER: "minilm",
      INGEST_MAX_COST: 0,
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(chatModelName(config)).toBeUndefined();
  });

  it("counts empty and blank values as unset and trims the others", () => {
    const config = parseConfig({
      EMBEDDER: "",
      CORPUS_DIR: "  ",
      CORPUS_URL_BASE: "",
      DATA_DIR: " elsewhere ",
    });
    expect(config).toMatchObject({ EMBEDDER: "minilm", CORPUS_DIR: "corpus", DATA_DIR: "elsewhere" });
    expect(config.CORPUS_URL_BASE).toBeUndefined();
  });

  it("names all bad variables at once, in one line, with value and remedy", () => {
    const { message } = refusal({
      EMBEDDER: "word2vec",
      EMBEDDING_WORKERS: "0",
      INGEST_MAX_COST: "-1",
      EMBEDDING_PRICE: "cheap",
      CORPUS_URL_BASE: "ftp://files.example",
      STREAM: "perhaps",
      LOG_LEVEL: "loud",
      DISCORD_GUILD_ID: "my server",
      ANSWER_TIMEOUT_MS: "soon",
    });
    expect(message).not.toContain("\n");
    for (const name of [
      "EMBEDDER",
      "EMBEDDING_WORKERS",
      "INGEST_MAX_COST",
      "EMBEDDING_PRICE",
      "CORPUS_URL_BASE",
    ]) {
      expect(message).toContain(`${name}: `);
    }
    for (const name of ["STREAM", "LOG_LEVEL", "DISCORD_GUILD_ID", "ANSWER_TIMEOUT_MS"]) {
      expect(message).toContain(`${name}: `);
    }
    expect(message).toContain(
      'expected minilm, use-lite, openai, huggingface:<model or folder> or none (is "word2vec")',
    );
    expect(message).toContain(".env.example");
  });

  it("stays one line when a value holds line ends", () => {
    expect(refusal({ EMBEDDER: "a\nb" }).message).not.toContain("\n");
  });

  it("never shows a secret", () => {
    const secret = "sk-very-secret";
    const { message } = refusal({ OPENAI_API_KEY: secret, DISCORD_TOKEN: secret, EMBEDDER: "word2vec" });
    expect(message).not.toContain(secret);
  });

  it("lets an OpenAI key imply a chat model and never an embedder", () => {
    const config = parseConfig({ OPENAI_API_KEY: "sk-test" });
    expect(chatModelName(config)).toBe("gpt-4o-mini");
    expect(config.EMBEDDER).toBe("minilm");
    expect(chatModelName(parseConfig({ OPENAI_API_KEY: "sk-test", CHAT_MODEL: "mine" }))).toBe("mine");
  });
});

describe(".env.example", () => {
  const lines = readFileSync(".env.example", "utf8").split("\n");
  const entries = lines.flatMap((line, index) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name ? [{ name, value: value ?? "", comment: lines[index - 1] ?? "" }] : [];
  });

  it("lists exactly the variables that are read, each once", () => {
    expect(entries.map(({ name }) => name).sort()).toEqual([...variables].sort());
  });

  it("explains each with its default", () => {
    for (const { name, comment } of entries) expect(comment, name).toMatch(/^# .{10,}Default: /);
  });

  it("states the defaults that the configuration has", () => {
    const defaults = parseConfig({}) as Readonly<Record<string, unknown>>;
    for (const { name, value, comment } of entries) {
      const actual = defaults[name] === undefined ? "" : String(defaults[name]);
      expect(value, name).toBe(actual);
      if (value !== "") expect(comment, name).toMatch(new RegExp(`Default: ${value}(\\W|$)`));
    }
  });

  it("is a configuration by itself", () => {
    expect(parseConfig(Object.fromEntries(entries.map(({ name, value }) => [name, value])))).toEqual(
      parseConfig({}),
    );
  });
});

function refusal(raw: Record<string, string>): ConfigError {
  try {
    parseConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The configuration was expected to be refused.");
}

describe("the README", () => {
  it("has a row for every variable", () => {
    const readme = readFileSync("README.md", "utf8");
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
    expect([...rows].sort()).toEqual([...variables].sort());
  });
});
