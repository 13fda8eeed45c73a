import { existsSync } from "node:fs";
import { z } from "zod";
import { ConfigError } from "./errors.ts";

const integer = (from: number, to: number) => z.coerce.number().int().min(from).max(to);
const flag = z
  .enum(["true", "false", "1", "0", "yes", "no"])
  .transform((value) => /^(true|1|yes)$/.test(value));
const address = z.url({ protocol: /^https?$/, error: "expected an http or https address" });
const identifier = z
  .string()
  .regex(/^\d{15,22}$/, "expected a numeric Discord id (enable developer mode, Copy ID)");

/** Number formats in which ONNX models are published, the most exact first. */
const dtypes = ["fp32", "fp16", "q8", "int8", "uint8", "q4", "q4f16", "bnb4"] as const;

/** Every variable that Rackmate reads. `.env.example` documents the same list; a test keeps both equal. */
const schema = z.object({
  CORPUS_DIR: z.string().default("corpus"),
  DATA_DIR: z.string().default("data"),
  CORPUS_URL_BASE: address.optional(),
  EMBEDDER: z
    .string()
    .regex(
      /^(minilm|use-lite|openai|none|huggingface:\S.*)$/,
      "expected minilm, use-lite, openai, huggingface:<model or folder> or none",
    )
    .default("minilm"),
  EMBEDDING_MODEL: z.string().default("text-embedding-3-small"),
  EMBEDDING_DIMENSIONS: integer(16, 4096).optional(),
  EMBEDDING_BASE_URL: address.optional(),
  EMBEDDING_WORKERS: integer(1, 16).default(2),
  EMBEDDING_CONCURRENCY: integer(1, 64).default(4),
  EMBEDDING_BATCH: integer(1, 2048).default(128),
  EMBEDDING_PRICE: z.coerce.number().min(0).optional(),
  EMBEDDING_DTYPE: z.enum(dtypes).optional(),
  EMBEDDING_POOLING: z.enum(["mean", "cls", "last"]).optional(),
  EMBEDDING_QUERY_PREFIX: z.string().optional(),
  EMBEDDING_PASSAGE_PREFIX: z.string().optional(),
  HUGGINGFACE_MODULES: z.string().optional(),
  HF_ENDPOINT: address.optional(),
  INGEST_MAX_COST: z.coerce.number().min(0).default(0),
  CHAT_MODEL: z.string().optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: address.optional(),
  CHAT_TEMPERATURE: z.coerce.number().min(0).max(2).optional(),
  CHAT_MAX_TOKENS: integer(64, 32_000).default(900),
  QUESTION_REWRITE: flag.default(true),
  QUESTION_REWRITE_TIMEOUT_MS: integer(100, 30_000).default(2_500),
  ANSWER_TIMEOUT_MS: integer(1_000, 600_000).default(60_000),
  MODEL_IDLE_TIMEOUT_MS: integer(500, 300_000).default(20_000),
  MAX_CONCURRENT_QUESTIONS: integer(1, 256).default(8),
  MAX_QUEUED_QUESTIONS: integer(0, 10_000).default(64),
  KEEP_GENERATIONS: integer(1, 100).default(3),
  DISCORD_TOKEN: z.string().optional(),
  DISCORD_APPLICATION_ID: identifier.optional(),
  DISCORD_GUILD_ID: identifier.optional(),
  DISCORD_API_URL: address.optional(),
  DISCORD_LOGIN_TIMEOUT_MS: integer(1_000, 120_000).default(30_000),
  CONVERSATION_MINUTES: integer(1, 1_440).default(10),
  SHUTDOWN_TIMEOUT_MS: integer(0, 120_000).default(10_000),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  STREAM: flag.default(true),
});

export type Config = Readonly<z.infer<typeof schema>>;
/** The names of all variables, for `.env.example` and the README table. */
export const variables: readonly string[] = Object.keys(schema.shape);

/**
 * Reads the configuration once, from `.env` (when present) and the environment, which wins.
 * Empty values count as unset. Throws one ConfigError that names every bad variable with its remedy.
 */
export function readConfig(overrides: Partial<Record<keyof Config, string | undefined>> = {}): Config {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return parseConfig({ ...process.env, ...Object.fromEntries(given) });
}

/** Validates a set of raw variables. Throws ConfigError. */
export function parseConfig(raw: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    variables.flatMap((name) => (raw[name]?.trim() ? [[name, raw[name]?.trim()]] : [])),
  );
  const result = schema.safeParse(given);
  if (result.success) return Object.freeze(result.data);
  const secret = /KEY|TOKEN/;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = secret.test(name) ? "" : ` (is ${JSON.stringify(given[name])})`;
    return `${name}: ${issue.message.replace(/^Invalid input: /, "")}${value}`;
  });
  throw new ConfigError(
    `The configuration is not usable. ${lines.join("; ")}. Correct it in .env or the environment; .env.example explains every variable.`,
  );
}

/** The chat model that the configuration asks for: `CHAT_MODEL`, a default implied by an OpenAI key, or none. */
export function chatModelName(config: Config): string | undefined {
  if (config.CHAT_MODEL === "none") return undefined;
  if (config.CHAT_MODEL) return config.CHAT_MODEL;
  return config.OPENAI_API_KEY ? "gpt-4o-mini" : undefined;
}
