import { createHash } from "node:crypto";
import type { Block, Document, Passage } from "../knowledge/types.ts";
import { assignQuestions } from "./assign-questions.ts";

/** Raise when passages come out differently for the same documents: it makes every index be rebuilt. */
export const splitterVersion = 5;

/** Passages of 250–400 words ranked best (RESULTS.md); a section of up to this many words stays whole. */
const mostWords = 350;
/** A longer section is cut into parts of about this many words, between blocks where possible. */
const targetWords = 250;

/** Splits a document by section; a passage never spans two sections. Headings alone make no passage. */
export function split(document: Document): Passage[] {
  const passages: Passage[] = [];
  const seen = new Map<string, number>();
  for (const { heading, blocks } of sections(document)) {
    for (const part of parts(blocks)) {
      const text = part.map((block) => block.text).join("\n");
      const key = JSON.stringify([document.id, heading, text]);
      const repeat = seen.get(key) ?? 0;
      seen.set(key, repeat + 1);
      passages.push({
        id: createHash("sha256")
          .update(`${key}${repeat || ""}`)
          .digest("hex")
          .slice(0, 24),
        document: document.id,
        title: document.title,
        heading,
        position: passages.length,
        lines: [part[0]?.lines[0] ?? 1, part.at(-1)?.lines[1] ?? 1],
        text,
        blocks: part,
      });
    }
  }
  return assignQuestions(document, passages);
}

interface Section {
  readonly heading: readonly string[];
  readonly blocks: readonly Block[];
}

function sections(document: Document): Section[] {
  const found: Section[] = [];
  let path: { depth: number; text: string }[] = [];
  const headline = headlineOf(document);
  let blocks: Block[] = [];
  const close = () => {
    if (blocks.length > 0) found.push({ heading: path.map(({ text }) => text), blocks });
    blocks = [];
  };
  for (const block of document.blocks) {
    if (block.kind !== "heading") {
      blocks.push(block);
      continue;
    }
    close();
    const depth = block.depth ?? 1;
    path = path.filter((entry) => entry.depth < depth);
    // The title is shown beside the heading path and need not stand in it.
    if (block !== headline && block.text !== document.title) path.push({ depth, text: block.text });
  }
  close();
  return found;
}

/** The only heading of the first level is the document's own name, however the front matter words it. */
function headlineOf(document: Document): Block | undefined {
  const first = document.blocks.filter(({ kind, depth }) => kind === "heading" && depth === 1);
  return first.length === 1 ? first[0] : undefined;
}

function parts(blocks: readonly Block[]): Block[][] {
  const total = blocks.reduce((sum, block) => sum + wordCount(block.text), 0);
  if (total <= mostWords) return [[...blocks]];
  const made: Block[][] = [];
  let open: Block[] = [];
  let size = 0;
  for (const block of blocks.flatMap((whole) => cutBlock(whole))) {
    const words = wordCount(block.text);
    // A list, table or code block belongs to the paragraph that introduces it.
    const belongs =
      block.kind !== "paragraph" && open.at(-1)?.kind === "paragraph" && size + words <= mostWords;
    if (open.length > 0 && size + words > targetWords && !belongs) {
      made.push(open);
      open = [];
      size = 0;
    }
    open.push(block);
    size += words;
  }
  if (open.length > 0) made.push(open);
  return made;
}

/** Cuts a block that is longer than a passage between its sentences, items or rows; code stays whole. */
function cutBlock(block: Block): Block[] {
  if (wordCount(block.text) <= mostWords || block.units.length < 2) return [block];
  const pieces: Block[] = [];
  let units: Block["units"][number][] = [];
  let size = 0;
  const close = () => {
    const first = units[0];
    const last = units.at(-1);
    if (!first || !last) return;
    const body = units
      .map(({ text }) => text)
      .join(block.kind === "paragraph" || block.kind === "quote" ? " " : "\n");
    pieces.push({
      ...block,
      text: block.header ? `${block.header.join(" | ")}\n${body}` : body,
      lines: [first.lines[0], last.lines[1]],
      notes: units.flatMap(({ notes }) => notes),
      units,
    });
    units = [];
    size = 0;
  };
  for (const unit of block.units) {
    const words = wordCount(unit.text);
    if (size + words > targetWords) close();
    units.push(unit);
    size += words;
  }
  close();
  return pieces;
}

function wordCount(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
