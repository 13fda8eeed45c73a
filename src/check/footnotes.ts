import { factsOf } from "../answer/facts.ts";
import { lineHolding } from "./page.ts";
import type { Page, Report } from "./types.ts";

/** Footnotes that name no source, sources that nothing cites, and figures that nothing supports. */
export function checkFootnotes(page: Page, report: Report): void {
  const known = page.sources && new Set(page.sources.map(({ id }) => id));
  const used = new Set<string>();
  for (const statement of page.statements) {
    for (const id of statement.notes) {
      used.add(id);
      if (known && !known.has(id)) {
        report(statement.line, "footnote", `the footnote [^${id}] names no entry of sources`);
      }
    }
    if (statement.notes.length > 0 || statement.commentary) continue;
    const figure = factsOf(statement.text).figures.find(({ number }) => /\d/.test(number));
    if (figure) {
      const what = statement.kind === "row" ? "this row" : "this sentence";
      report(statement.line, "figure", `${what} states "${figure.written}" and has no footnote`);
    }
  }
  for (const id of known ?? []) {
    if (!used.has(id))
      report(lineHolding(page.text, `id: ${id}`), "source", `the source "${id}" is never cited`);
  }
}
