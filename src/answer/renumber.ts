import type { Citation, Claim } from "../knowledge/types.ts";
import type { ClaimBlock } from "./blocks.ts";
import { type CitationTarget, citeWindow } from "./cite.ts";
import { withoutMarkdown } from "./facts.ts";
import type { Source, SourceUnit } from "./verify-sources.ts";

/** Gives spans their numbers in the order in which they are first shown; equal spans share one. */
export interface Numbering {
  /** The numbers of the spans that hold these units, and citations for new ones. */
  cite(units: readonly SourceUnit[]): number[];
  readonly citations: readonly Citation[];
}

/** A verified block as it is shown. */
export interface Shown {
  readonly block: ClaimBlock;
  readonly text: string;
  readonly citations: readonly number[];
}

/** Two units with at most one between them are cited as one span. */
const joinedWithin = 2;

export function numberSpans(sources: readonly Source[], target: CitationTarget): Numbering {
  const citations: Citation[] = [];
  return {
    citations,
    cite(units) {
      const numbers = spansOf(units, sources).map((span) => {
        const [first] = span;
        const hit = sources.find(({ n }) => n === first?.source)?.hit;
        if (!hit) return undefined;
        const scored = span.map(({ block, unit }) => ({
          block,
          unit,
          score: 0,
          holds: new Map<string, number>(),
        }));
        const made = citeWindow({ hit, units: scored, score: 0 }, citations.length + 1, target);
        const equal = citations.find(
          ({ document, lines: [from, to], quote }) =>
            document === made.document &&
            from === made.lines[0] &&
            to === made.lines[1] &&
            quote === made.quote,
        );
        if (!equal) citations.push(made);
        return (equal ?? made).n;
      });
      return [...new Set(numbers.filter((n) => n !== undefined))];
    },
  };
}

/** The smallest contiguous runs of units that hold the given ones. */
function spansOf(units: readonly SourceUnit[], sources: readonly Source[]): SourceUnit[][] {
  const spans: SourceUnit[][] = [];
  for (const unit of [...units].sort((a, b) => a.source - b.source || a.position - b.position)) {
    const span = spans.at(-1);
    const last = span?.at(-1);
    if (span && last && last.source === unit.source && unit.position - last.position <= joinedWithin) {
      const all = sources.find(({ n }) => n === unit.source)?.units ?? [];
      span.push(...all.slice(last.position + 1, unit.position + 1));
    } else {
      spans.push([unit]);
    }
  }
  return spans;
}

/** The claims of what is shown, in plain text without list marks. */
export function claimsOf(shown: readonly Shown[]): Claim[] {
  return shown.map(({ block, text, citations }) => ({
    text: block.kind === "code" ? text : withoutMarkdown(text).replaceAll("`", ""),
    citations: [...citations],
  }));
}

/** Markdown of what is shown, with citation marks after each sentence, row and code block. */
export function renderShown(shown: readonly Shown[]): string {
  let text = "";
  let before: ClaimBlock | undefined;
  for (const one of shown) {
    text += `${before ? separator(before, one.block) : ""}${rendered(one, before)}`;
    before = one.block;
  }
  return text;
}

function rendered({ block, text, citations }: Shown, before: ClaimBlock | undefined): string {
  const marks = citations.map((n) => `[${n}]`).join("");
  if (block.kind === "code") return `\`\`\`${block.language ?? ""}\n${text}\n\`\`\`\n${marks}`;
  const opensItem = block.marker !== undefined && before?.group !== block.group;
  const marker = block.kind === "row" ? "- " : opensItem ? block.marker : "";
  return `${marker}${text} ${marks}`;
}

function separator(before: ClaimBlock, block: ClaimBlock): string {
  if (before.group === block.group) return " ";
  const listed = ({ kind, marker }: ClaimBlock) => kind === "row" || marker !== undefined;
  return listed(before) && listed(block) ? "\n" : "\n\n";
}
