import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import ignore from "ignore";
import { glob } from "tinyglobby";
import { CorpusError } from "../../errors.ts";
import { readJsonl } from "./jsonl.ts";
import { readMarkdown } from "./markdown.ts";
import { Problem } from "./problem.ts";
import type { Raw } from "./raw.ts";

/** A document, or a line of one, that was left out, for the report to the maintainer. */
export interface Rejected {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** A document with the file that it came from. */
export interface FileDocument extends Raw {
  readonly file: string;
}

export interface Corpus {
  readonly documents: readonly FileDocument[];
  readonly rejected: readonly Rejected[];
}

/** A document above this size is a data dump, not something to quote from. */
const largestFile = 16 * 1024 * 1024;
/** Names files of the corpus folder that are not documents, in the syntax of .gitignore. */
const ignoreFile = ".rackmateignore";

/**
 * Reads every `*.md`, `*.mdx`, `*.markdown` and `*.jsonl` below a folder, sorted by path.
 * What cannot be read is in `rejected` with file, line and reason; the rest is still delivered.
 * Throws CorpusError when the folder is missing or holds no document file at all.
 */
export async function readFolder(
  folder: string,
  onProgress?: (done: number, total: number) => void,
): Promise<Corpus> {
  const files = await documentFiles(folder);
  const documents = new Map<string, FileDocument>();
  const rejected: Rejected[] = [];
  for (const [index, file] of files.entries()) {
    onProgress?.(index, files.length);
    for (const read of await documentsOf(folder, file)) {
      if (read instanceof Problem) {
        rejected.push({ file, line: read.line, reason: read.message });
      } else if (documents.has(read.id)) {
        const reason = `the id "${read.id}" is already taken by ${documents.get(read.id)?.file}`;
        rejected.push({ file, line: read.line, reason });
      } else {
        documents.set(read.id, { ...read, file });
      }
    }
  }
  onProgress?.(files.length, files.length);
  return { documents: [...documents.values()], rejected };
}

/** The documents of one file; what cannot be read is a Problem. */
async function documentsOf(folder: string, file: string): Promise<readonly (Raw | Problem)[]> {
  try {
    const content = await readText(join(folder, file));
    if (/\.jsonl$/i.test(file)) return [...readJsonl(content)];
    const hash = createHash("sha256").update(content).digest("hex");
    return [{ id: file, hash, line: 1, parse: () => readMarkdown(file, content, hash) }];
  } catch (error) {
    if (error instanceof Problem) return [error];
    return [new Problem(1, `cannot be read (${(error as Error).message})`, { cause: error })];
  }
}

async function documentFiles(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new CorpusError(`The corpus folder "${folder}" does not exist; set CORPUS_DIR or --corpus to a folder of Markdown.`);
  }
  const files = await glob("**/*.{md,mdx,markdown,jsonl}", {
    cwd: folder,
    caseSensitiveMatch: false,
    ignore: ["**/node_modules/**"],
  });
  const rules = join(folder, ignoreFile);
  const kept = existsSync(rules)
    ? ignore()
        .add(await readFile(rules, "utf8"))
        .filter(files)
    : files;
  if (kept.length === 0) {
    throw new CorpusError(`The corpus folder "${folder}" holds no .md or .jsonl file; put at least one document in it.`);
  }
  return kept.map((file) => file.replaceAll("\\", "/")).sort();
}

/** Reads a file as UTF-8. Throws Problem when it is too large or not UTF-8. */
async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > largestFile) throw new Problem(1, `larger than ${largestFile / 1024 / 1024} MB; split it`);
  const bytes = await readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem(firstBadLine(bytes), "not UTF-8 text; save the file as UTF-8", { cause });
  }
}

function firstBadLine(bytes: Buffer): number {
  const loose = new TextDecoder("utf-8").decode(bytes);
  const bad = loose.indexOf("\uFFFD");
  return loose.slice(0, Math.max(bad, 0)).split("\n").length;
}
