import { type Figure, figures } from "./facts-figures.ts";
import { blank, type Name, names } from "./facts-names.ts";
import { unitOf } from "./facts-units.ts";

/** What a text states that can be compared exactly. */
export interface Facts {
  readonly figures: readonly Figure[];
  readonly names: readonly Name[];
}

/** Extracts figures with units and names from a claim or a unit of a passage; citation marks must be gone. */
export function factsOf(text: string): Facts {
  const plain = withoutMarkdown(text);
  const found = names(plain);
  const measured = figures(
    blank(
      plain,
      found.filter(({ kind }) => kind === "literal" || kind === "model"),
    ),
  );
  // "GB" and "kW" are capitalised as acronyms are.
  const isUnit = ({ kind, written, start, end }: Name) =>
    (kind === "word" || kind === "opening") &&
    (unitOf(written) !== undefined || measured.some((figure) => figure.start <= start && end <= figure.end));
  return { figures: measured, names: found.filter((name) => !isUnit(name)) };
}

/** Emphasis removed and links reduced to their text and address; code marks stay, since they mark literals. */
export function withoutMarkdown(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\((\S+?)\)/g, "$1 $2")
    .replace(/\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])/g, "");
}
