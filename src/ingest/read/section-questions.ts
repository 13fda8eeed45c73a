import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { SectionQuestions } from "../../knowledge/types.ts";
import { offsetOf } from "./front-matter.ts";
import { Problem } from "./problem.ts";

/** Name in a file of questions for the text before a document's first heading. */
export const openingName = "Opening";

const phrase = z.union([z.string(), z.number()]).transform(String);
const schema = z.record(z.string(), z.array(phrase));

/** The file beside a Markdown document that may hold the questions its sections answer. */
export function questionsFile(document: string): string {
  return document.replace(/\.(md|mdx|markdown)$/i, ".questions.yaml");
}

/**
 * Reads the questions that the sections of one document answer: a list for each heading.
 * Throws Problem with line and reason.
 */
export function readSectionQuestions(yaml: string): SectionQuestions[] {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter });
  const [error] = document.errors;
  if (error) {
    throw new Problem(error.linePos?.[0].line ?? 1, `not valid YAML: ${error.message.split("\n")[0]}`);
  }
  const result = schema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {});
  if (!result.success) {
    const issue = result.error.issues[0];
    const { line } = counter.linePos(offsetOf(document, issue?.path ?? []));
    throw new Problem(line, "expected a heading of the document with the list of questions that it answers");
  }
  return Object.entries(result.data).map(([heading, questions]) => ({
    heading: heading === openingName ? "" : heading,
    questions,
  }));
}
