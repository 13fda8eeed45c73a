import { stem, stems } from "../knowledge/analyze.ts";
import { type Facts, factsOf, withoutMarkdown } from "./facts.ts";
import { type Figure, sameFigure } from "./facts-figures.ts";
import { blank, type Name } from "./facts-names.ts";

/** A claim in the forms that are compared. */
export interface ClaimFacts extends Facts {
  readonly text: string;
  /** Content stems without numbers. */
  readonly stems: ReadonlySet<string>;
  /** Capitalised words that open it and are names unless the passage knows them as words. */
  readonly openings: readonly Name[];
  readonly clauses: readonly Clause[];
}

/** A part of a claim with the figures and names in it. */
export interface Clause {
  readonly stems: ReadonlySet<string>;
  readonly figures: readonly Figure[];
  readonly names: readonly Name[];
}

/** Where a claim begins to speak of another thing. */
const clauseEnd =
  /[;:—·]\s|,\s(?=(?:and|while|whereas|but|which|or|compared|against|versus)\b)|\s(?=(?:while|whereas|but|compared with|compared to|versus|against)\s)|,?\sand\s(?=(?:an?|the)?\s?\p{Lu}|(?:is|are|was|were|has|have|had|at)\s)/u;

/** Words of measure and of hedging that a paraphrase adds or leaves out freely. */
const weak: ReadonlySet<string> = new Set(
  "per each every about around roughly approximately some more most less least up over under total overall respectively according state thus therefore however while whereas within typically usually generally commonly currently"
    .split(" ")
    .map(stem),
);

/** What a claim states, as Markdown without citation marks. */
export function claimFacts(text: string): ClaimFacts {
  const plain = withoutMarkdown(text).replaceAll("`", "");
  const { figures: all, names } = factsOf(text);
  // "one of the", "one direction": a word more often than a count.
  const figures = all.filter(({ number }) => number.toLowerCase() !== "one");
  const isName = ({ kind }: Name) => kind !== "opening";
  const clauses: Clause[] = [];
  for (const part of plain.split(clauseEnd)) {
    const own = factsOf(part);
    const named = own.names.filter((one) => isName(one) && names.some(({ key }) => key === one.key));
    // "…has 80 GB, and a TDP of 700 W": what has no model of its own is about the one before.
    const subject = named.some(({ kind }) => kind === "model") ? [] : (clauses.at(-1)?.names ?? []);
    clauses.push({
      stems: contentStems(blank(part, own.figures)),
      figures: own.figures.filter((one) => figures.some((other) => sameFigure(one, other))),
      names: [...named, ...subject.filter(({ kind }) => kind === "model")],
    });
  }
  return {
    figures,
    names: names.filter(isName),
    openings: names.filter(({ kind }) => kind === "opening"),
    text: plain,
    stems: contentStems(plain),
    clauses,
  };
}

/** Content stems of a text without numbers and words that carry no subject. */
function contentStems(text: string): Set<string> {
  return new Set(stems(text).filter((one) => /\p{L}/u.test(one) && one.length > 1 && !weak.has(one)));
}
