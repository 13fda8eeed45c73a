import { type Logger, pino } from "pino";
import type { Config } from "./config.ts";

export type { Logger } from "pino";

/** Fields that never reach a log, at the top and one level below. */
const secretFields = [
  "token",
  "key",
  "apiKey",
  "authorization",
  "Authorization",
  "DISCORD_TOKEN",
  "OPENAI_API_KEY",
  "DATABASE_URL",
];

/** Secrets by their form, where they stand in a text: bot tokens, interaction tokens in addresses, API keys. */
const secretForms: readonly [RegExp, string][] = [
  [/\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}\b/g, "[token]"],
  [/(\/webhooks\/\d+\/)[^/\s"']+/g, "$1[token]"],
  [/(\/interactions\/\d+\/)[^/\s"']+/g, "$1[token]"],
  [/\bsk-[\w-]{8,}/g, "[key]"],
  [/\b(Bearer|Bot)\s+[\w.-]{20,}/g, "$1 [token]"],
];

/**
 * The process's logger: JSON lines on standard error (standard output belongs to answers), from
 * `config.LOG_LEVEL` up. Fields that hold tokens or keys are redacted; of an error only name, message,
 * stack, code, status and cause are written, since a request's body is somebody's question.
 */
export function createLogger(
  config: Pick<Config, "LOG_LEVEL">,
  destination: pino.DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level: config.LOG_LEVEL,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
      serializers: { err: describeError, error: describeError },
      hooks: {
        // The serializers see fields; this sees the message.
        logMethod(parameters, method) {
          const clean = parameters.map((value) =>
            typeof value === "string" ? withoutSecrets(value) : value,
          );
          method.apply(this, clean as Parameters<typeof method>);
        },
      },
    },
    destination,
  );
}

/** Replaces what has the form of a token or key. */
export function withoutSecrets(text: string): string {
  return secretForms.reduce((safe, [form, replacement]) => safe.replace(form, replacement), text);
}

/** How many causes of causes are described. */
const deepestCause = 4;

function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const { code, status } = error as { code?: unknown; status?: unknown };
  return {
    name: error.name,
    message: withoutSecrets(error.message),
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    ...(error.stack === undefined ? {} : { stack: withoutSecrets(error.stack) }),
    ...(error.cause === undefined || depth >= deepestCause
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  };
}
