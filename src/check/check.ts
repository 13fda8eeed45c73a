import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CorpusError } from "../errors.ts";
import { documentFiles } from "../ingest/read/folder.ts";
import { readVocabulary, vocabularyFile } from "../ingest/read/vocabulary.ts";
import { words } from "../knowledge/analyze.ts";
import { checkAcronyms } from "./acronyms.ts";
import { catalogueFile, renderCatalogue } from "./catalogue.ts";
import { checkDuplicates } from "./duplicates.ts";
import { checkFootnotes } from "./footnotes.ts";
import { checkFrontMatter } from "./front-matter.ts";
import { checkHidden } from "./hidden.ts";
import { lint } from "./lint.ts";
import { lineHolding, readPage, yamlOf } from "./page.ts";
import { checkSectionQuestions } from "./section-questions.ts";
import { checkSections } from "./sections.ts";
import { checkSpelling, readSpelling, type Spelling } from "./spelling.ts";
import type { Finding, Page, Report } from "./types.ts";

/** Bytes. Forty times the longest section that one document needs; beyond it something was pasted. */
const largest = 128 * 1024;
const reviewFile = "REVIEW.md";

export interface Check {
  readonly documents: number;
  readonly findings: readonly Finding[];
  /** The index for people as it should be. */
  readonly catalogue: string;
}

/**
 * Checks every document of a corpus against its specification: form, sources, footnotes, sections, copies,
 * hidden text, links, names. A document that fails one rule is still checked by the others.
 * Throws CorpusError when the folder is missing or empty.
 */
export async function checkCorpus(folder: string, today: Date): Promise<Check> {
  const findings: Finding[] = [];
  const reportOn =
    (file: string): Report =>
    (line, rule, message, severity = "error") => {
      findings.push({ file, line, rule, severity, message });
    };
  const pages: Page[] = [];
  for (const file of await documentFiles(folder)) {
    const page = await readPage(folder, file, largest, reportOn(file));
    if (page) pages.push(page);
  }
  const spelling = await readSpelling(folder);
  for (const page of pages) checkPage(page, today, spelling, reportOn(page.file));
  checkAcronyms(pages, spelling.names, ({ file }) => reportOn(file));
  checkDuplicates(pages, ({ file }) => reportOn(file));
  checkQuestions(pages, ({ file }) => reportOn(file));
  findings.push(
    ...(await lint(
      folder,
      pages.map(({ file }) => file),
    )),
  );
  await checkSectionQuestions(folder, pages, reportOn);
  await checkVocabulary(folder, reportOn(vocabularyFile));
  const catalogue = renderCatalogue(pages);
  await checkCatalogue(folder, catalogue, reportOn(catalogueFile));
  await checkReview(folder, pages, reportOn);
  findings.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.rule.localeCompare(b.rule));
  return { documents: pages.length, findings, catalogue };
}

function checkPage(page: Page, today: Date, spelling: Spelling, report: Report): void {
  checkFrontMatter(yamlOf(page.root), today, report);
  checkFootnotes(page, report);
  checkSections(page, report);
  checkHidden(page, report);
  checkSpelling(page, spelling, report);
}

/** Two documents that claim the same question fight for it in every search. */
function checkQuestions(pages: readonly Page[], reportOn: (page: Page) => Report): void {
  const claimed = new Map<string, Page>();
  for (const page of pages) {
    for (const question of page.document.questions) {
      const key = words(question).join(" ");
      const other = claimed.get(key);
      if (other && other !== page) {
        const line = lineHolding(page.text, question);
        reportOn(page)(line, "question", `"${question}" is also a question of ${other.file}`);
      }
      claimed.set(key, page);
    }
  }
}

async function checkVocabulary(folder: string, report: Report): Promise<void> {
  try {
    await readVocabulary(folder);
  } catch (error) {
    if (!(error instanceof CorpusError)) throw error;
    report(Number(/:(\d+) /.exec(error.message)?.[1] ?? 1), "vocabulary", error.message);
  }
}

async function checkCatalogue(folder: string, expected: string, report: Report): Promise<void> {
  const found = await readFile(join(folder, catalogueFile), "utf8").catch(() => "");
  if (found === expected) return;
  const want = expected.split("\n");
  const line = found === "" ? 1 : 1 + found.split("\n").findIndex((text, index) => text !== want[index]);
  const message = "not current; run `npm run corpus:check -- --write-index`";
  report(Math.max(1, line), "index", message);
}

/** A second reader's record stands below a heading that is the path of the document. */
async function checkReview(
  folder: string,
  pages: readonly Page[],
  reportOn: (file: string) => Report,
): Promise<void> {
  const text = await readFile(join(folder, reviewFile), "utf8").catch(() => "");
  const reviewed = new Map(
    text.split("\n").flatMap((line, index) => {
      const [, file] = /^## (\S+\.md)$/.exec(line) ?? [];
      return file ? [[file, index + 1] as const] : [];
    }),
  );
  for (const { file } of pages) {
    if (!reviewed.has(file)) reportOn(file)(1, "review", `${reviewFile} has no section "## ${file}"`);
  }
  for (const [file, line] of reviewed) {
    if (!pages.some((page) => page.file === file)) {
      reportOn(reviewFile)(line, "review", `there is no document ${file}`);
    }
  }
}
