import type { Yaml } from "mdast";
import { isMap, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { offsetOf } from "../ingest/read/front-matter.ts";
import { sentences } from "../knowledge/sentences.ts";
import type { Report } from "./types.ts";

/** Months after which facts about hardware, prices and versions are due for another look. */
const freshMonths = 18;
const day = z.iso.date("expected a date such as 2026-11-24");
const line = z.string().trim().min(1, "is empty");
const names = z.array(line).min(1, "is empty");

const source = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "expected lower-case letters, digits, dots and hyphens"),
  title: line,
  url: z.url({ protocol: /^https?$/, error: "expected an http or https address" }),
  date: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, "expected YYYY, YYYY-MM or YYYY-MM-DD"),
  read: z.enum(["full", "excerpt"], { error: 'expected "full" or "excerpt": only what was read is cited' }),
  unverified: z.boolean().optional(),
});

const schema = z.strictObject({
  title: line,
  summary: line,
  tags: names,
  aliases: names,
  questions: z.array(line).min(4, "4 to 8 questions").max(8, "4 to 8 questions"),
  sources: z.array(source).min(2, "at least two sources"),
  reviewed: day,
  license: z.literal("CC-BY-4.0", { error: "expected CC-BY-4.0" }),
});

/** What the rules of truth ask of a front matter, which is more than ingestion needs. Reports every fault. */
export function checkFrontMatter(node: Yaml | undefined, today: Date, report: Report): void {
  const rule = "front-matter";
  if (!node) {
    report(1, rule, "there is no front matter; CONTRIBUTING.md shows its fields");
    return;
  }
  const firstLine = (node.position?.start.line ?? 1) + 1;
  const counter = new LineCounter();
  const yaml = parseDocument(node.value, { lineCounter: counter });
  // A fault of the YAML itself is reported by whoever reads the page.
  if (yaml.errors.length > 0 || !isMap(yaml.contents)) return;
  const lineOf = (path: readonly PropertyKey[]) => firstLine - 1 + counter.linePos(offsetOf(yaml, path)).line;
  const value = asStrings(yaml.toJS());
  const result = schema.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    const where = issue.path.length > 0 ? `field "${issue.path.join(".")}": ` : "";
    report(lineOf(issue.path), rule, `${where}${messageOf(issue)}`);
  }
  if (!result.success) return;
  const { summary, sources, reviewed, questions } = result.data;
  if (sentences(summary).length > 3) report(lineOf(["summary"]), rule, "the summary has two sentences");
  repeated(sources.map(({ id }) => id)).forEach((index) => {
    report(lineOf(["sources", index]), rule, `the source id "${sources[index]?.id}" is taken`);
  });
  repeated(questions.map((question) => question.toLowerCase())).forEach((index) => {
    report(lineOf(["questions", index]), rule, "this question stands twice");
  });
  sources.forEach(({ url }, index) => {
    if (/^[\d.]+$|^\[/.test(new URL(url).hostname)) {
      report(
        lineOf(["sources", index, "url"]),
        rule,
        "a source is named by its host, not by a bare IP address",
      );
    }
  });
  const age = ageOf(new Date(reviewed), today);
  if (age === "future") report(lineOf(["reviewed"]), "reviewed", "the date of the review lies in the future");
  if (age === "old") {
    const message = `last checked over ${freshMonths} months ago; check the facts again`;
    report(lineOf(["reviewed"]), "reviewed", message, "warning");
  }
}

function ageOf(reviewed: Date, today: Date): "future" | "fresh" | "old" {
  if (reviewed > today) return "future";
  const due = new Date(reviewed);
  due.setUTCMonth(due.getUTCMonth() + freshMonths);
  return due < today ? "old" : "fresh";
}

/** YAML reads 2024 as a number and an unquoted day as text: both are written words here. */
function asStrings(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(asStrings);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asStrings(item)]));
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `unknown field "${issue.keys.join('", "')}"`;
  if (/received undefined$/.test(issue.message)) return "is missing";
  return issue.message;
}

/** Indices of what stood before in the list. */
function repeated(list: readonly string[]): number[] {
  return list.flatMap((item, index) => (list.indexOf(item) < index ? [index] : []));
}
