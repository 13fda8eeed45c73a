import { createHash } from "node:crypto";
import { z } from "zod";
import type { Document } from "../../knowledge/types.ts";
import { readMarkdown } from "./markdown.ts";
import { Problem } from "./problem.ts";
import type { Raw } from "./raw.ts";

/** One record a line, the form in which public retrieval test sets come (BEIR). */
const record = z.object({
  _id: z.union([z.string().min(1), z.number()]).transform(String),
  title: z.string().nullish(),
  text: z.string(),
});

/**
 * Reads `{_id, title, text}` records; lines of what comes out count within `text`. Empty lines are skipped.
 * A line that is no such record comes out as the Problem that names it.
 */
export function* readJsonl(content: string): Generator<Raw | Problem> {
  let number = 0;
  for (const line of content.split("\n")) {
    number++;
    if (line.trim() !== "") yield readLine(line, number);
  }
}

function readLine(line: string, number: number): Raw | Problem {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    return new Problem(number, "not valid JSON", { cause });
  }
  const result = record.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    return new Problem(number, `field "${issue?.path.join(".")}": ${issue?.message}`);
  }
  const { _id: id, title, text } = result.data;
  const hash = createHash("sha256").update(line).digest("hex");
  const parse = (): Document => {
    try {
      const document = readMarkdown(id, text, hash);
      return { ...document, title: title?.trim() || document.title };
    } catch (error) {
      // Lines of the text are not lines of the file.
      throw error instanceof Problem ? new Problem(number, error.message, { cause: error }) : error;
    }
  };
  return { id, hash, line: number, parse };
}
