import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockSplitter, type ClaimBlock } from "../../src/answer/blocks.ts";
import { citedNumbers, withoutMarks } from "../../src/answer/blocks-marks.ts";

function splitAll(pieces: readonly string[], whole = true): ClaimBlock[] {
  const splitter = blockSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end(whole)];
}

const texts = (markdown: string) => splitAll([markdown]).map(({ text }) => text);

describe("blocks of streamed Markdown", () => {
  it("ends a sentence after its citation marks, before or behind the full stop", () => {
    expect(texts("It has 80 GB [1]. It draws 700 W. [2][3] It is fast [1, 2]. 【4】")).toEqual([
      "It has 80 GB [1].",
      "It draws 700 W. [2][3]",
      "It is fast [1, 2]. 【4】",
    ]);
  });

  it("does not end one at decimals, abbreviations, addresses or code", () => {
    const whole = "See e.g. Dr. Smith vs. `a. B c.` at https://a.example/x.y, 3.35 TB/s in v2.1 [1].";
    expect(texts(whole)).toEqual([whole]);
  });

  it("gives list items their mark, and each of their sentences apart", () => {
    const blocks = splitAll([
      "- **Flow.** Pumps stop [1]. Heat rises [2].\n  It goes on [3].\n1. First [1]\n2. Second [2]\n",
    ]);
    expect(blocks.map(({ marker, text, group }) => [marker, text, group])).toEqual([
      ["- ", "**Flow.** Pumps stop [1].", 1],
      ["- ", "Heat rises [2].", 1],
      ["- ", "It goes on [3].", 1],
      ["1. ", "First [1]", 2],
      ["2. ", "Second [2]", 3],
    ]);
  });

  it("gives table rows their header", () => {
    const blocks = splitAll([
      "| GPU | Memory |\n|---|---:|\n| H100 | 80 GB [1] |\n| H200 | 141 GB [2] |\n\nText [3].",
    ]);
    expect(blocks).toMatchObject([
      { kind: "row", text: "H100 | 80 GB [1]", header: ["GPU", "Memory"], cited: [1] },
      { kind: "row", text: "H200 | 141 GB [2]", header: ["GPU", "Memory"], cited: [2] },
      { kind: "sentence", text: "Text [3]." },
    ]);
  });

  it("keeps code whole and takes its marks from the line below, else from the sentence above", () => {
    const blocks = splitAll([
      "Run this [2]:\n```bash\nlfs df. -h\n\n# [9] x\n```\n[1]\n\nOr [3]:\n~~~\nb\n~~~\nDone [4].",
    ]);
    expect(blocks).toMatchObject([
      { text: "Run this [2]:" },
      { kind: "code", text: "lfs df. -h\n\n# [9] x", language: "bash", cited: [1] },
      { text: "Or [3]:" },
      { kind: "code", text: "b", cited: [3] },
      { text: "Done [4]." },
    ]);
  });

  it("leaves out headings, rules and labels that stand alone", () => {
    expect(texts("# Title\n\n**Memory**\n\n---\nThe text [1].\n## Next\nMore [2].")).toEqual([
      "The text [1].",
      "More [2].",
    ]);
  });

  it("loses an unfinished end only when the text was cut off", () => {
    expect(splitAll(["A is one [1]. B is 80"], false).map(({ text }) => text)).toEqual(["A is one [1]."]);
    expect(splitAll(["A is one [1].\n```\nrm -rf"], false).map(({ text }) => text)).toEqual([
      "A is one [1].",
    ]);
    expect(splitAll(["A is one [1]. B is 80"]).map(({ text }) => text)).toEqual(["A is one [1].", "B is 80"]);
  });

  it("gives a sentence out before the paragraph ends", () => {
    const splitter = blockSplitter();
    expect(splitter.push("The H100 has 80 GB. [1")).toEqual([]);
    expect(splitter.push("] The ")).toMatchObject([{ text: "The H100 has 80 GB. [1]", cited: [1] }]);
  });

  const pieces = fc.constantFrom(
    "The H100 has 80 GB. ",
    "[1]",
    "[1, 2]",
    "[passage 3]",
    "【2†a】",
    " It draws 3.5 kW",
    ".",
    " ",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "12",
    "**Label.** ",
    "```",
    "```bash\n",
    "~~~",
    "`a. B`",
    "`",
    "| a | b |\n",
    "|---|---|\n",
    "| 1",
    "# Head\n",
    "---",
    "> quote ",
    "e.g. ",
    "v1.2",
    "https://a.b/c. ",
    "Dr. ",
    "*",
    "[",
    "]",
    "é. Ü",
    "? ",
    "! ",
    "…",
    "NO_EVIDENCE",
    "x. y",
    "\r\n",
    "  ",
    "=",
    "3) ",
    "[text](http://a. b)",
    "\t",
    "• ",
  );

  it("are the same however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 40 }),
        fc.array(fc.nat(12), { minLength: 1, maxLength: 30 }),
        (parts, sizes) => {
          const text = parts.join("");
          const cut: string[] = [];
          for (let at = 0, step = 0; at < text.length; step++) {
            const size = (sizes[step % sizes.length] ?? 0) + 1;
            cut.push(text.slice(at, at + size));
            at += size;
          }
          expect(splitAll(cut)).toEqual(splitAll([text]));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("lose no word of plain prose", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("Alpha", "beta", "80.5", "GB.", "[1]", "e.g.", "It.", "x?", "`c.`"), {
          minLength: 1,
          maxLength: 40,
        }),
        (words) => {
          const text = `Start ${words.join(" ")}`;
          expect(texts(text).join(" ").replace(/\s+/g, "")).toBe(text.replace(/\s+/g, ""));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("citation marks", () => {
  it.each([
    ["a [1]", [1]],
    ["a [1, 2] [3][1]", [1, 2, 3]],
    ["a [2-4]", [2, 3, 4]],
    ["a [99] [1 and 2]", [99, 1, 2]],
    ["a [^1] [Passage 2] 【3†x】", [1, 2, 3]],
    ["a [1](http://x) [b]", []],
  ])("reads %s", (text, numbers) => {
    expect(citedNumbers(text)).toEqual(numbers);
  });

  it("leave no gaps when they are taken out", () => {
    expect(withoutMarks("It has 80 GB [1], and 700 W [2][3]. [1, 2]")).toBe("It has 80 GB, and 700 W.");
    expect(withoutMarks("By [1] and [2].")).toBe("By.");
  });
});
