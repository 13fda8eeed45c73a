import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ConfigError } from "../errors.ts";

const turn = z.object({ role: z.enum(["user", "assistant"]), content: z.string() });

export interface BatchLine {
  readonly id: string;
  readonly text: string;
  readonly history: readonly z.infer<typeof turn>[];
}

/**
 * Reads `{id, question, history?}` or `{id, query}` records, one JSON object a line.
 * Throws ConfigError with file, line and reason.
 */
export async function readBatch(path: string, field: "question" | "query"): Promise<BatchLine[]> {
  const schema = z.object({
    id: z.union([z.string(), z.number()]).transform(String),
    [field]: z.string(),
    history: z.array(turn).default([]),
  });
  const content = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ConfigError(`The batch file ${path} cannot be read.`, { cause });
  });
  return content.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      const record = schema.parse(JSON.parse(line)) as Record<string, unknown>;
      return [
        {
          id: String(record.id),
          text: String(record[field]),
          history: record.history as BatchLine["history"],
        },
      ];
    } catch (cause) {
      throw new ConfigError(`${path}:${index + 1} is not a JSON object with "id" and "${field}".`, { cause });
    }
  });
}
