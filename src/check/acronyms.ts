import { unitOf } from "../answer/facts-units.ts";
import type { Page, Report } from "./types.ts";

/** Two to six capitals, perhaps plural. Names with digits are models, not acronyms. */
const acronym = /(?<![\p{L}\p{N}_.-])(\p{Lu}{2,6})s?(?![\p{L}\p{N}_])/gu;
/** Written in capitals and known to every reader of a technical text. */
const common = new Set(
  "AI IT US UK EU USA OK ID IDs URL HTTP HTTPS API CPU GPU RAM PC OS IP TCP UDP SSH DNS JSON YAML XML CSV HTML PDF SQL USB FAQ CEO CTO README TODO GET PUT POST HEAD DELETE II III IV VI".split(
    " ",
  ),
);

/** Acronyms that the corpus explains nowhere: no row of the glossary, no alias, tag or product name, no "long form (ACRONYM)". */
export function checkAcronyms(
  pages: readonly Page[],
  productNames: readonly string[],
  reportOn: (page: Page) => Report,
): void {
  const explained = explainedIn(pages);
  for (const name of productNames) for (const part of capitals(name)) explained.add(part);
  for (const page of pages) {
    const report = reportOn(page);
    const text = page.statements;
    const own = new Set(text.flatMap((statement) => introducedIn(statement.text)));
    const seen = new Set<string>();
    for (const statement of text) {
      for (const [, written = ""] of statement.text.matchAll(acronym)) {
        const known = common.has(written) || explained.has(written) || own.has(written);
        if (known || unitOf(written) || seen.has(written)) continue;
        seen.add(written);
        report(
          statement.line,
          "acronym",
          `"${written}" is explained nowhere; spell it out, or add it to the glossary or the aliases`,
        );
      }
    }
  }
}

function explainedIn(pages: readonly Page[]): Set<string> {
  const known = new Set<string>();
  for (const page of pages) {
    for (const name of page.names) for (const part of capitals(name)) known.add(part);
    if (!/(?:^|\/)glossary\.md$/.test(page.file)) continue;
    for (const { kind, text } of page.statements) {
      if (kind === "row") for (const part of capitals(text.split(" | ")[0] ?? "")) known.add(part);
    }
  }
  return known;
}

const capitals = (text: string) => [...text.matchAll(acronym)].map(([, written = ""]) => written);

/** "all-reduce scatter (ARS)" and "ARS (all-reduce scatter)". */
function introducedIn(text: string): string[] {
  return [
    ...[...text.matchAll(/\((\p{Lu}{2,6})s?(?:[,;) ])/gu)].map(([, written = ""]) => written),
    ...[...text.matchAll(/(?<![\p{L}\p{N}])(\p{Lu}{2,6})s? \((?=\p{L}{3,})/gu)].map(
      ([, written = ""]) => written,
    ),
  ];
}
