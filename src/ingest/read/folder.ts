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
import { questionsFile, readSectionQuestions } from "./section-questions.ts";

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

const megabyte = 1024 * 1024;
/** Bytes. A document above this size is a data dump, not something to quote from. */
const largestDocument = 16 * megabyte;
/** Bytes. A file of records holds a whole collection; beyond this it no longer fits one string of Node. */
const largestCollection = 384 * megabyte;
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
  signal?: AbortSignal,
): Promise<Corpus> {
  const files = await documentFiles(folder);
  const documents = new Map<string, FileDocument>();
  const rejected: Rejected[] = [];
  for (const [index, file] of files.entries()) {
    signal?.throwIfAborted();
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
    await addQuestions(folder, file, documents, rejected);
  }
  onProgress?.(files.length, files.length);
  return { documents: [...documents.values()], rejected };
}

/** Adds the questions in the file beside a document; one that cannot be read costs the questions only. */
async function addQuestions(
  folder: string,
  file: string,
  documents: Map<string, FileDocument>,
  rejected: Rejected[],
): Promise<void> {
  const beside = questionsFile(file);
  const raw = documents.get(file);
  if (!raw || !existsSync(join(folder, beside))) return;
  try {
    const sectionQuestions = readSectionQuestions(await readText(join(folder, beside), largestDocument));
    const hash = createHash("sha256")
      .update(`${raw.hash}\0${JSON.stringify(sectionQuestions)}`)
      .digest("hex");
    const parse = () => ({ ...raw.parse(), hash, sectionQuestions });
    documents.set(file, { ...raw, hash, parse });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    rejected.push({ file: beside, line: error.line, reason: error.message });
  }
}

/** The documents of one file; what cannot be read is a Problem. */
async function documentsOf(folder: string, file: string): Promise<readonly (Raw | Problem)[]> {
  try {
    const records = /\.jsonl$/i.test(file);
    const content = await readText(join(folder, file), records ? largestCollection : largestDocument);
    if (records) return [...readJsonl(content)];
    const hash = createHash("sha256").update(content).digest("hex");
    return [{ id: file, hash, line: 1, parse: () => readMarkdown(file, content, hash) }];
  } catch (error) {
    if (error instanceof Problem) return [error];
    return [new Problem(1, `cannot be read (${(error as Error).message})`, { cause: error })];
  }
}

/** The document files below a folder, sorted. Throws CorpusError when the folder is missing or holds none. */
export async function documentFiles(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new CorpusError(
      `The corpus folder "${folder}" does not exist; set CORPUS_DIR or --corpus to a folder of Markdown.`,
    );
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
    throw new CorpusError(
      `The corpus folder "${folder}" holds no .md or .jsonl file to read; put at least one document in it.`,
    );
  }
  return kept.map((file) => file.replaceAll("\\", "/")).sort();
}

/** Reads a file as UTF-8. Throws Problem when it is too large or not UTF-8. */
async function readText(path: string, largest: number): Promise<string> {
  const { size } = await stat(path);
  if (size > largest) throw new Problem(1, `larger than ${largest / megabyte} MB; split it`);
  const bytes = await readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem(firstBadLine(bytes), "not UTF-8 text; save the file as UTF-8", { cause });
  }
}

/** No byte of a longer UTF-8 sequence is a line feed, so each line can be tried by itself. */
function firstBadLine(bytes: Buffer): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return 1;
}
