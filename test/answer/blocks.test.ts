import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockSplitter, type ClaimBlock } from "../../src/answer/blocks.ts";

function blocksOf(pieces: readonly string[], whole = true): ClaimBlock[] {
  const splitter = blockSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end(whole)];
}

const pieces = fc.constantFrom(
  "The H100 has 80 GB [1].",
  "It costs 3.5 times as much, e.g. in 2025. [2]",
  "See https://example.org/a.b for v1.2.3 [1][3].",
  "- An item [1]\n",
  "2. A step [2, 3].\n",
  "```bash\nnvidia-smi nvlink --status\n```\n[1]\n",
  "| GPU | Memory |\n|---|---|\n| H100 | 80 GB [1] |\n",
  "## A heading\n",
  "\n\n",
  " ",
  "NO_EVIDENCE",
  "**Bold** `code` [4]! ",
);

describe("blockSplitter", () => {
  it("takes sentences, items, rows and code apart, with what they cite", () => {
    const text = "The H100 has 80 GB [1]. It has 3.35 TB/s, e.g. of HBM3 [2][3].\n\n- One [1]\n- Two [2, 4]\n\n```bash\nls -l\n```\n[5]\n";
    expect(blocksOf([text]).map(({ kind, cited }) => [kind, cited])).toEqual([
      ["sentence", [1]],
      ["sentence", [2, 3]],
      ["sentence", [1]],
      ["sentence", [2, 4]],
      ["code", [5]],
    ]);
  });

  it("gives rows their header", () => {
    const [row] = blocksOf(["| GPU | Memory |\n|---|---|\n| H100 | 80 GB [1] |\n"]);
    expect(row).toMatchObject({ kind: "row", header: ["GPU", "Memory"], cited: [1] });
  });

  it("gives the same blocks however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 30 }), (parts, cuts) => {
        const text = parts.join("");
        const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const cut = [...places, text.length].map((to, index) => text.slice(places[index - 1] ?? 0, to));
        expect(blocksOf(cut)).toEqual(blocksOf([text]));
        expect(blocksOf([...text])).toEqual(blocksOf([text]));
      }),
      { numRuns: 300 },
    );
  });

  it("gives out of a text that was cut off only what is surely complete", () => {
    expect(blocksOf(["The H100 has 80 GB [1]. The H200 has 14"], false).map(({ text }) => text)).toEqual([
      "The H100 has 80 GB [1].",
    ]);
  });

  it("takes any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => void blocksOf([text])));
  });
});
