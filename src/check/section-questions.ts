import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { glob } from "tinyglobby";
import { Problem } from "../ingest/read/problem.ts";
import { openingName, questionsFile, readSectionQuestions } from "../ingest/read/section-questions.ts";
import { words } from "../knowledge/analyze.ts";
import { lineHolding } from "./page.ts";
import type { Page, Report } from "./types.ts";

const rule = "section-questions";
/** A list beyond this is no longer read by anybody; the section wants to be split. */
const mostOfSection = 40;

/** The files of questions beside the documents: each list belongs to a heading, and no question to two sections. */
export async function checkSectionQuestions(
  folder: string,
  pages: readonly Page[],
  reportOn: (file: string) => Report,
): Promise<void> {
  const documents = new Map(pages.map((page) => [questionsFile(page.file), page]));
  const claimed = new Map<string, string>();
  for (const found of (await glob("**/*.questions.yaml", { cwd: folder })).sort()) {
    const file = found.replaceAll("\\", "/");
    const page = documents.get(file);
    const report = reportOn(file);
    if (page) await checkFile(join(folder, file), page, claimed, report);
    else report(1, rule, "there is no document of this name beside it");
  }
}

async function checkFile(
  path: string,
  { file, document }: Page,
  claimed: Map<string, string>,
  report: Report,
): Promise<void> {
  const text = await readFile(path, "utf8");
  const headings = new Set(
    document.blocks.filter(({ kind }) => kind === "heading").map((block) => block.text),
  );
  try {
    for (const { heading, questions } of readSectionQuestions(text)) {
      const line = lineHolding(text, heading || openingName);
      if (heading !== "" && !headings.has(heading)) report(line, rule, `${file} has no heading "${heading}"`);
      if (questions.length > mostOfSection)
        report(line, rule, `${questions.length} questions for one section; at most ${mostOfSection}`);
      for (const question of questions) {
        const key = words(question).join(" ");
        const other = claimed.get(key);
        const at = () => lineHolding(text, question);
        if (key === "") report(at(), rule, "a question without words");
        else if (other) report(at(), rule, `"${question}" is also a question of ${other}`);
        claimed.set(key, `"${heading || openingName}" in ${file}`);
      }
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    report(error.line, rule, error.message);
  }
}
