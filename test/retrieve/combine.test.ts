import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combine } from "../../src/retrieve/combine.ts";
import type { Hit } from "../../src/retrieve/retrieve.ts";
import { hitsOf } from "../answer/passages.ts";

const [template] = hitsOf("a.md", "# A\n\nA is a letter.\n");
if (!template) throw new Error("There is no passage to copy.");

/** A hit of a document of its own, so that diversification leaves nothing out. */
const hit = (row: number): Hit => ({
  ...template,
  row,
  passage: { ...template.passage, document: `${row}.md` },
});
const rows = (hits: readonly Hit[]) => hits.map(({ row }) => row);

describe("combine", () => {
  it("returns one search as it is", () => {
    expect(rows(combine([[3, 1, 2].map(hit)], 2))).toEqual([3, 1]);
  });

  it("puts the best of each search first, then what several found", () => {
    const lists = [
      [1, 2, 3],
      [4, 3, 5],
    ].map((list) => list.map(hit));
    expect(rows(combine(lists, 8))).toEqual([1, 4, 3, 2, 5]);
  });

  it("never loses the best passage of a search, repeats none and keeps to its limit", () => {
    const list = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(list, { minLength: 1, maxLength: 6 }), (lists) => {
        const made = rows(
          combine(
            lists.map((one) => one.map(hit)),
            8,
          ),
        );
        expect(new Set(made).size).toBe(made.length);
        expect(made.length).toBeLessThanOrEqual(8);
        for (const [best] of lists) if (best !== undefined) expect(made).toContain(best);
        if (lists[0]?.[0] !== undefined) expect(made[0]).toBe(lists[0][0]);
      }),
    );
  });
});
