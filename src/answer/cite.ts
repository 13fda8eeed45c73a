import type { Block, Citation, Lines, Nearest } from "../knowledge/types.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import type { Window } from "./window.ts";

/** Where citations point: a base address for the corpus itself, or each document's own sources. */
export interface CitationTarget {
  readonly urlBase?: string;
}

/**
 * The citation of a window: one span of whole paragraphs, list items, table rows and code blocks, quoted
 * as the text of exactly its lines.
 */
export function citeWindow(window: Window, n: number, target: CitationTarget): Citation {
  const blocks = [...new Set(window.units.map(({ block }) => block))];
  const spans = blocks.map((block) => spanOf(block, window));
  const lines: Lines = [spans[0]?.lines[0] ?? 1, spans.at(-1)?.lines[1] ?? 1];
  const notes = window.units.flatMap(({ unit }) => unit.notes);
  return cite(window.hit, n, lines, spans.map(({ text }) => text).join("\n"), notes, target);
}

/** The citation of a whole passage. */
export function citePassage(hit: Hit, n: number, target: CitationTarget): Citation {
  const { passage } = hit;
  const text = passage.blocks.map((block) => block.text).join("\n");
  return cite(
    hit,
    n,
    passage.lines,
    text,
    passage.blocks.flatMap(({ notes }) => notes),
    target,
  );
}

/** A section that is close to the question, for an answer that has none. */
export function nearest(hit: Hit, target: CitationTarget): Nearest {
  const { passage } = hit;
  return {
    document: passage.document,
    title: passage.title,
    heading: passage.heading,
    lines: passage.lines,
    url: addressOf(hit, passage.lines, [], target),
  };
}

/** Prose and code are quoted whole; of lists and tables the items and rows that are shown. */
function spanOf(block: Block, window: Window): { text: string; lines: Lines } {
  if (block.kind !== "list" && block.kind !== "table") return block;
  const units = window.units.filter((scored) => scored.block === block).map(({ unit }) => unit);
  return {
    text: units.map(({ text }) => text).join("\n"),
    lines: [units[0]?.lines[0] ?? 1, units.at(-1)?.lines[1] ?? 1],
  };
}

function cite(
  hit: Hit,
  n: number,
  lines: Lines,
  quote: string,
  notes: readonly string[],
  target: CitationTarget,
): Citation {
  const { passage, document } = hit;
  return {
    n,
    document: passage.document,
    title: passage.title,
    heading: passage.heading,
    lines,
    url: addressOf(hit, lines, notes, target),
    quote,
    ...(document.reviewed ? { reviewed: document.reviewed } : {}),
  };
}

/** The corpus's own address with lines; else the source that the span's footnote names; else the document's first source. */
function addressOf(
  { document }: Hit,
  [from, to]: Lines,
  notes: readonly string[],
  { urlBase }: CitationTarget,
): string | null {
  if (urlBase) {
    const path = document.id.split("/").map(encodeURIComponent).join("/");
    return `${urlBase.replace(/\/$/, "")}/${path}#L${from}-L${to}`;
  }
  const noted = notes.flatMap((note) => document.sources.filter(({ id }) => id === note));
  return (noted[0] ?? document.sources[0])?.url ?? null;
}
