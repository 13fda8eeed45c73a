import { readFileSync } from "node:fs";
import { globSync } from "tinyglobby";
import { readMarkdown } from "../../src/ingest/read/markdown.ts";
import { split } from "../../src/ingest/split.ts";
import type { Hit } from "../../src/retrieve/retrieve.ts";

/** Passages of a Markdown text as retrieval would hand them on, in reading order. */
export function hitsOf(id: string, markdown: string): Hit[] {
  const document = readMarkdown(id, markdown, "hash");
  const { blocks: _, ...record } = document;
  return split(document).map((passage, row) => ({
    row,
    passage,
    document: record,
    score: 1,
    lexical: 1,
    vector: 0,
    relevance: 1,
    similar: new Map(),
    asked: [0, 0],
  }));
}

/** Passages of the whole corpus of this repository. */
export function corpusHits(): Hit[] {
  return globSync("corpus/*/*.md")
    .sort()
    .flatMap((path) => hitsOf(path.replace(/^corpus\//, ""), readFileSync(path, "utf8")));
}
