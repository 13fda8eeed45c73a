import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { CorpusError } from "../../errors.ts";
import type { VocabularyEntry } from "../../index/types.ts";

/** Name of the optional file in the corpus folder. */
export const vocabularyFile = "vocabulary.yaml";

const phrase = z.union([z.string(), z.number()]).transform(String);
const schema = z.array(z.object({ say: z.array(phrase).min(1), mean: z.array(phrase).min(1) }));

/**
 * Reads how members word things (`say`) and what the corpus calls them (`mean`); empty without the file.
 * Throws CorpusError with line and reason.
 */
export async function readVocabulary(corpus: string): Promise<VocabularyEntry[]> {
  const path = join(corpus, vocabularyFile);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return [];
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error)
    throw new CorpusError(
      `${path}:${error.linePos?.[0].line ?? 1} is not valid YAML; correct it or remove it.`,
    );
  const result = schema.safeParse(document.toJS() ?? []);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CorpusError(
    `${path}: entry ${issue?.path.join(".")}: ${issue?.message}; each needs the lists "say" and "mean".`,
  );
}
