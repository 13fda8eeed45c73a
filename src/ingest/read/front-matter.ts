import { LineCounter, parseDocument, type Document as YamlDocument } from "yaml";
import { z } from "zod";
import type { Source } from "../../knowledge/types.ts";
import { Problem } from "./problem.ts";

const words = z.union([z.string(), z.number()]).transform(String);
/** Other authors write one tag as a string; ours are lists. */
const list = z.union([z.array(words), words.transform((one) => [one])]);
const day = z.union([z.string(), z.number(), z.date()]).transform((value) => isoDay(value));

const source = z.object({
  id: words,
  title: words,
  url: z.url({ protocol: /^https?$/, error: "expected an http or https address" }),
  date: day.optional(),
});

const schema = z.object({
  title: words.optional(),
  summary: words.optional(),
  description: words.optional(),
  tags: list.optional(),
  aliases: list.optional(),
  questions: list.optional(),
  sources: z.array(source).optional(),
  reviewed: day.optional(),
});

/** A line that opens with a name and a colon. */
const field = /^\s*["']?[\p{L}_][\p{L}\p{N}_ .-]*["']?\s*:(?:\s|$)/mu;

/** What the front matter says, every field optional: any folder of Markdown is a corpus. */
export interface FrontMatter {
  readonly title?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly aliases?: readonly string[];
  readonly questions?: readonly string[];
  readonly sources?: readonly Source[];
  readonly reviewed?: string;
}

/**
 * Parses YAML front matter. Fields that other sites use differently are ignored; our own must fit.
 * `firstLine` is the line of the document on which the YAML text starts.
 * Undefined when it holds no field: then it is prose between two thematic breaks.
 * Throws Problem with the line and the reason.
 */
export function parseFrontMatter(yaml: string, firstLine: number): FrontMatter | undefined {
  if (!field.test(yaml)) return yaml.trim() === "" ? {} : undefined;
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter });
  const [error] = document.errors;
  if (error) {
    const line = firstLine - 1 + (error.linePos?.[0].line ?? 1);
    throw new Problem(line, `the front matter is not valid YAML: ${reasonOf(error)}`);
  }
  const value = resolved(document, firstLine);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Problem(firstLine, "the front matter is not a list of `field: value` lines");
  }
  const ours = isOurs(value as Record<string, unknown>);
  const result = schema.safeParse(ours ? value : foreign(value as Record<string, unknown>));
  if (!result.success) {
    const issue = result.error.issues[0];
    const path = issue?.path ?? [];
    const line = firstLine - 1 + counter.linePos(offsetOf(document, path)).line;
    throw new Problem(line, `front matter field "${path.join(".")}": ${issue?.message ?? "not usable"}`);
  }
  const { description, ...fields } = result.data;
  const summary = fields.summary ?? description;
  const kept = { ...fields, ...(summary ? { summary } : {}) };
  return Object.fromEntries(Object.entries(kept).filter(([, field]) => field !== undefined)) as FrontMatter;
}

/** Resolves anchors and aliases, which `*emphasis*` looks like and which may refer to nothing or multiply without end. */
function resolved(document: YamlDocument, firstLine: number): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new Problem(firstLine, `the front matter is not valid YAML: ${reasonOf(cause as Error)}`, {
      cause,
    });
  }
}

/** Where a field stands; a missing one where the nearest field around it does. */
export function offsetOf(document: YamlDocument, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}

/** The first line of a message without the position, which counts from the start of the front matter. */
function reasonOf(error: Error): string {
  return (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
}

/** Our form is recognised by the fields that nobody else uses together. */
function isOurs(value: Record<string, unknown>): boolean {
  return "sources" in value && ("questions" in value || "reviewed" in value || "summary" in value);
}

/** Keeps of a foreign front matter what has the type that we expect. */
function foreign(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.shape).flatMap(([name, type]) =>
      type.safeParse(value[name]).success ? [[name, value[name]]] : [],
    ),
  );
}

function isoDay(value: string | number | Date): string {
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
}
