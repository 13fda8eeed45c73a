import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Root, Yaml } from "mdast";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { readMarkdown } from "../ingest/read/markdown.ts";
import { Problem } from "../ingest/read/problem.ts";
import type { Document } from "../knowledge/types.ts";
import { statements } from "./prose.ts";
import type { Page, Report } from "./types.ts";

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ["yaml"]);

/**
 * Reads a document for the rules. A front matter that cannot be used is reported and the body still read;
 * undefined, with a report, when the file is too large or is not text.
 */
export async function readPage(
  folder: string,
  file: string,
  largest: number,
  report: Report,
): Promise<Page | undefined> {
  const path = join(folder, file);
  const { size } = await stat(path);
  if (size > largest) {
    report(1, "size", `${Math.ceil(size / 1024)} KB; a document has at most ${largest / 1024} KB, split it`);
    return undefined;
  }
  const text = new TextDecoder("utf-8").decode(await readFile(path));
  if (text.includes("\ufffd")) {
    const line = text.slice(0, text.indexOf("\ufffd")).split("\n").length;
    report(line, "encoding", "not UTF-8 text; save the file as UTF-8");
  }
  const root = parser.parse(text) as Root;
  const { document, usable } = documentOf(file, text, report);
  return {
    file,
    text,
    root,
    statements: statements(root),
    document,
    sources: usable ? document.sources : undefined,
    names: [document.title, ...document.aliases, ...document.tags],
  };
}

/** The YAML node of a page, when it has one. */
export function yamlOf(root: Root): Yaml | undefined {
  return root.children.find((node): node is Yaml => node.type === "yaml");
}

function documentOf(file: string, text: string, report: Report): { document: Document; usable: boolean } {
  try {
    return { document: readMarkdown(file, text, ""), usable: true };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    report(error.line, "front-matter", error.message);
    // The body keeps its line numbers.
    const body = text.replace(/^---\r?\n[\s\S]*?\n---\r?$/m, (matter) => matter.replace(/[^\n]/g, ""));
    return { document: readMarkdown(file, body, ""), usable: false };
  }
}

/** The first line that holds a text, else 1. */
export function lineHolding(text: string, part: string): number {
  return (
    1 +
    Math.max(
      0,
      text.split("\n").findIndex((line) => line.includes(part)),
    )
  );
}
