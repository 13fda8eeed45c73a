import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { citeWindow } from "../../src/answer/cite.ts";
import type { Window } from "../../src/answer/window.ts";
import { readMarkdown } from "../../src/ingest/read/markdown.ts";
import { split } from "../../src/ingest/split.ts";
import type { Lines, Passage } from "../../src/knowledge/types.ts";
import { bareWords, markdown } from "../markdown.ts";

const mostWords = 350;
const passagesOf = (text: string) => split(readMarkdown("a.md", text, "hash"));
const linesOf = (text: string, [from, to]: Lines) =>
  text
    .split("\n")
    .slice(from - 1, to)
    .join("\n");
const count = (text: string) => text.split(/\s+/).filter(Boolean).length;

describe("splitting any Markdown", () => {
  it("loses nothing: every unit is in exactly one passage, in order", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const document = readMarkdown("a.md", text, "hash");
        const read = document.blocks.filter(({ kind }) => kind !== "heading").flatMap(({ units }) => units);
        const kept = split(document).flatMap(({ blocks }) => blocks.flatMap(({ units }) => units));
        expect(kept).toEqual(read);
      }),
    );
  });

  it("places every unit and passage on lines of the file that hold its words", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const total = text.split("\n").length;
        for (const passage of passagesOf(text)) {
          const [from, to] = passage.lines;
          expect(from >= 1 && from <= to && to <= total).toBe(true);
          for (const unit of passage.blocks.flatMap(({ units }) => units)) {
            expect(unit.lines[0] >= from && unit.lines[0] <= unit.lines[1] && unit.lines[1] <= to).toBe(true);
            expect(missing(unit.text, linesOf(text, unit.lines))).toEqual([]);
          }
          // A table that was cut repeats its header, which stands further up.
          const own = passage.blocks.map((block) =>
            block.header ? block.units.map((unit) => unit.text).join("\n") : block.text,
          );
          expect(missing(own.join("\n"), linesOf(text, passage.lines))).toEqual([]);
        }
      }),
    );
  });

  it("gives passages ids of their own that stay when the document is read again and follow its name", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const ids = passagesOf(text).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(passagesOf(text).map(({ id }) => id)).toEqual(ids);
        const renamed = split(readMarkdown("b.md", text, "hash")).map(({ id }) => id);
        expect(renamed.filter((id) => ids.includes(id))).toEqual([]);
      }),
    );
  });

  it("keeps the ids of the other sections when one is edited", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const before = passagesOf(`${text}\n# Own section\n\nOld words.\n`).map(({ id }) => id);
        const after = passagesOf(`${text}\n# Own section\n\nNew words.\n`).map(({ id }) => id);
        expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
        expect(after.at(-1)).not.toBe(before.at(-1));
      }),
    );
  });

  it("keeps passages within bounds, except for one unit that is longer by itself", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        for (const { blocks, text: whole } of passagesOf(text)) {
          const [only] = blocks;
          const header = count(only?.header?.join(" | ") ?? "");
          const oneUnit = blocks.length === 1 && only?.units.length === 1;
          expect(oneUnit || count(whole) <= mostWords + header).toBe(true);
        }
      }),
    );
  });
});

describe("splitting", () => {
  it("goes by section, with the heading path below the title", () => {
    const passages = passagesOf(
      "# Title\n\nIntro.\n\n## A\n\nOne.\n\n### B\n\nTwo.\n\n## C\n\nThree.\n\n#### D\n",
    );
    expect(passages.map(({ heading, text }) => [heading, text])).toEqual([
      [[], "Intro."],
      [["A"], "One."],
      [["A", "B"], "Two."],
      [["C"], "Three."],
    ]);
    expect(passages.map(({ position }) => position)).toEqual([0, 1, 2, 3]);
    expect(passages.every(({ title }) => title === "Title")).toBe(true);
  });

  it("keeps a list with the paragraph that introduces it, and cuts a long table with its header", () => {
    const filler = (words: number) => `${"word ".repeat(words - 1)}end.`;
    const [first, second] = passagesOf(
      `${filler(200)}\n\nThe parts are:\n\n- ${filler(100)}\n\n${filler(200)}\n`,
    );
    expect(first?.blocks.map(({ kind }) => kind)).toEqual(["paragraph", "paragraph", "list"]);
    expect(second?.blocks.map(({ kind }) => kind)).toEqual(["paragraph"]);
    const rows = Array.from({ length: 200 }, (_, index) => `| row ${index} | ${index} GB |`).join("\n");
    const tables = passagesOf(`| Name | Memory |\n|---|---|\n${rows}\n`);
    expect(tables.length).toBeGreaterThan(1);
    for (const { text } of tables) expect(text.startsWith("Name | Memory\nrow ")).toBe(true);
  });
});

describe("a citation's quote", () => {
  it("has exactly the words of its lines when it covers whole blocks, items and rows", () => {
    fc.assert(
      fc.property(markdown, fc.nat(), fc.nat(), (text, first, length) => {
        const passages = passagesOf(text);
        for (const passage of passages) {
          const units = windowUnits(passage, first, length);
          // Whoever reads on into a table passes its header, which is shown but not quoted.
          if (units.length === 0 || units.some(({ block }) => block.header && block !== units[0]?.block))
            continue;
          const { quote, lines } = citeWindow({ hit: hitOf(passage), units, score: 1 }, 1, {});
          const there = linesOf(text, lines);
          // A paragraph too long for one passage is cut between sentences, perhaps in the middle of a line.
          const cut = passages.some(({ blocks }) =>
            blocks.some(
              (block) =>
                block.kind !== "list" &&
                block.kind !== "table" &&
                units.every((one) => one.block !== block) &&
                overlaps(block.lines, lines),
            ),
          );
          if (cut) expect(missing(quote, there)).toEqual([]);
          else expect(sorted(quote, units)).toEqual(sorted(there, units));
        }
      }),
    );
  });
});

function windowUnits({ blocks }: Passage, first: number, length: number) {
  const all = blocks.flatMap((block) => block.units.map((unit) => ({ block, unit })));
  const from = all.length === 0 ? 0 : first % all.length;
  return all
    .slice(from, from + 1 + (length % 6))
    .map((one) => ({ ...one, score: 1, holds: new Map<string, number>() }));
}

function hitOf(passage: Passage): Window["hit"] {
  const document = { ...readMarkdown("a.md", "", "hash"), sources: [] };
  return {
    passage,
    document,
    row: 0,
    score: 1,
    lexical: 1,
    vector: 0,
    relevance: 1,
    asked: [0, 0],
    similar: new Map(),
  };
}

function overlaps(a: Lines, b: Lines): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}

/** Words of a text without those that are Markdown: list numbers, addresses, table rules, code languages. */
function sorted(text: string, units: readonly { block: { kind: string } }[]): string[] {
  const plain = text
    .replace(/\]\(https:[^)]*\)/g, "]")
    .replace(/^(?:> ?)?```sh$/gm, "")
    .replace(/^\s*\d+\.\s/gm, "");
  // A window over several blocks passes over what stands between them and is not shown, such as comments.
  const shown =
    units.length > 1
      ? plain.replace(/<!--[\s\S]*?-->|<script>[\s\S]*?<\/script>|^\[\^n1\]: .*$/gm, "")
      : plain;
  return bareWords(shown).sort();
}

/** Words of a text that another lacks, by how often they occur. */
function missing(text: string, from: string): string[] {
  const there = new Map<string, number>();
  for (const word of bareWords(from)) there.set(word, (there.get(word) ?? 0) + 1);
  return bareWords(text).filter((word) => {
    const left = there.get(word) ?? 0;
    there.set(word, left - 1);
    return left <= 0 && !/^\d+$/.test(word);
  });
}
