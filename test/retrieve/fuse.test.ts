import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fuse } from "../../src/retrieve/fuse.ts";

const scored = fc.uniqueArray(
  fc.record({ row: fc.nat(40), value: fc.double({ min: -5, max: 50, noNaN: true }) }),
  {
    selector: ({ row }) => row,
  },
);

describe("fuse", () => {
  it("scales both sides and weighs them", () => {
    const lexical = [
      { row: 1, value: 10 },
      { row: 2, value: 0 },
    ];
    const vector = [
      { row: 2, value: 0.9 },
      { row: 3, value: 0.1 },
    ];
    const fused = fuse(lexical, vector, 0.25);
    expect(fused.map(({ row, score }) => [row, score])).toEqual([
      [1, 0.75],
      [2, 0.25],
      [3, 0],
    ]);
  });

  it("lets one side decide alone when the other is empty", () => {
    const only = [
      { row: 7, value: 3 },
      { row: 8, value: 1 },
    ];
    expect(fuse(only, [], 0.9).map(({ row }) => row)).toEqual([7, 8]);
    expect(fuse([], only, 0.1).map(({ row, score }) => [row, score])).toEqual([
      [7, 1],
      [8, 0],
    ]);
  });

  it("returns every row once, best first, with scores between 0 and 1", () => {
    fc.assert(
      fc.property(scored, scored, fc.double({ min: 0, max: 1, noNaN: true }), (lexical, vector, weight) => {
        const fused = fuse(lexical, vector, weight);
        const rows = new Set([...lexical, ...vector].map(({ row }) => row));
        expect(new Set(fused.map(({ row }) => row))).toEqual(rows);
        expect(fused).toHaveLength(rows.size);
        for (const [position, { score }] of fused.entries()) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-9);
          expect(score).toBeLessThanOrEqual(fused[position - 1]?.score ?? Infinity);
        }
      }),
    );
  });

  it("keeps the order of a side that has all the weight", () => {
    fc.assert(
      fc.property(scored, scored, (lexical, vector) => {
        fc.pre(lexical.length > 0 && vector.length > 0);
        const order = fuse(lexical, vector, 0).filter(({ row }) => lexical.some((one) => one.row === row));
        const values = order.map(({ row }) => lexical.find((one) => one.row === row)?.value ?? 0);
        const largest = Math.max(...values) - Math.min(...values);
        for (const [position, value] of values.entries()) {
          // Min–max scaling may round differences away that are far below the range.
          expect(value).toBeLessThanOrEqual((values[position - 1] ?? Infinity) + largest * 1e-9);
        }
      }),
    );
  });
});
