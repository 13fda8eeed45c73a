import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ConfigError } from "../errors.ts";

const turn = z.object({ role: z.enum(["user", "assistant"]), content: z.string() });
const schema = z.object({
  id: z.string(),
  question: z.string(),
  kind: z.string().default("all"),
  history: z.array(turn).default([]),
  /** Any of these documents is right; none for a question that the corpus does not answer, the contradicting one for a false premise. */
  documents: z.array(z.string()).default([]),
  /** Every list needs one of its alternatives in the answer. */
  keys: z.array(z.array(z.string()).min(1)).default([]),
});

export type EvalQuestion = z.infer<typeof schema>;

/** Reads a question set, one JSON object a line. Throws ConfigError with file and line. */
export async function readQuestions(path: string): Promise<EvalQuestion[]> {
  const content = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ConfigError(`The question set ${path} cannot be read.`, { cause });
  });
  return content.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [schema.parse(JSON.parse(line))];
    } catch (cause) {
      throw new ConfigError(`${path}:${index + 1} is not a question with "id" and "question".`, { cause });
    }
  });
}

/** The half that may be looked at while tuning, and the half that only reports; fixed by the question's id. */
export function isLocked({ id }: EvalQuestion): boolean {
  return (createHash("sha256").update(id).digest()[0] ?? 0) % 2 === 1;
}
