import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { CorpusError } from "../errors.ts";
import type { Page, Report } from "./types.ts";

/** Name of the list in the corpus folder: one product name an entry, as its maker writes it. */
export const spellingFile = "spelling.yaml";

export interface Spelling {
  readonly names: readonly string[];
  /** The first wrong spelling of one of the names in a text. */
  readonly wrongIn: (text: string) => { readonly written: string; readonly name: string } | undefined;
}

/** Reads the list; without the file nothing is wrong. Throws CorpusError when it is not a list of names. */
export async function readSpelling(corpus: string): Promise<Spelling> {
  const path = join(corpus, spellingFile);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return { names: [], wrongIn: () => undefined };
  const list = z.array(z.string().min(2)).safeParse(parse(text));
  if (!list.success) throw new CorpusError(`${path} is not a YAML list of product names.`);
  const byKey = new Map(list.data.map((name) => [keyOf(name), name]));
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}_./@-])(?:${[...list.data]
      .sort((a, b) => b.length - a.length)
      .map(loosely)
      .join("|")})(?![\\p{L}\\p{N}_/@-]|\\.\\p{L})`,
    "giu",
  );
  const wrongIn: Spelling["wrongIn"] = (prose) => {
    for (const [written] of prose.matchAll(pattern)) {
      const name = byKey.get(keyOf(written));
      if (name && written !== name) return { written, name };
    }
    return undefined;
  };
  return { names: list.data, wrongIn };
}

/** Title, summary and prose; aliases and questions are spelt as members spell. */
export function checkSpelling(page: Page, spelling: Spelling, report: Report): void {
  const look = (text: string, line: number) => {
    const wrong = spelling.wrongIn(text);
    if (wrong) report(line, "spelling", `"${wrong.written}" is written "${wrong.name}"`);
  };
  look(page.document.title, 1);
  look(page.document.summary, 1);
  for (const { kind, text, lines } of page.document.blocks) if (kind === "heading") look(text, lines[0]);
  for (const { text, line } of page.statements) look(text, line);
}

const keyOf = (text: string) => text.toLowerCase().replace(/[\s-]/g, "");

/** The name with or without a space or hyphen where its words meet: "Infini Band", "Tensor-Flow". */
function loosely(name: string): string {
  return name
    .split(/[\s-]|(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[\\s-]?");
}
