import type { AnswerTools } from "../answer/answer.ts";
import { type RetrieverKind, retrieve } from "../retrieve/retrieve.ts";

/** Passages asked for, so that a hundred documents are among them. */
const passagesAsked = 300;

/** Documents that a query finds, best first, each once. */
export async function retrievedDocuments(
  query: string,
  { index, embedder }: AnswerTools,
  kind: RetrieverKind,
): Promise<string[]> {
  const { hits } = await retrieve(query, index, embedder, { kind, limit: passagesAsked });
  return [...new Set(hits.map(({ passage }) => passage.document))];
}
