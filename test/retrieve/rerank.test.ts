import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { understand } from "../../src/retrieve/query.ts";
import { balance, rerank } from "../../src/retrieve/rerank.ts";
import { type Hit, retrieve } from "../../src/retrieve/retrieve.ts";
import { handbook, type SmallIndex, smallIndex } from "../fakes/small-index.ts";

let small: SmallIndex;
beforeAll(async () => {
  small = await smallIndex(handbook);
});
afterAll(() => small.remove());

const ask = (text: string) => understand(text, small.index);
const found = async (text: string) => (await retrieve(text, small.index, undefined, { limit: 8 })).hits;

describe("rerank", () => {
  it("gives the best candidate 1 and the others less, in order", async () => {
    const hits = await found("memory of the H100");
    expect(hits.length).toBeGreaterThan(1);
    expect(hits[0]?.relevance).toBe(1);
    const values = hits.map(({ relevance }) => relevance);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  });

  it("prefers the passage that holds the whole question to one with a higher search score", async () => {
    const [whole, part] = await found("memory bandwidth of the H100");
    if (!whole || !part) throw new Error("nothing found");
    const query = await ask("memory bandwidth of the H100");
    const reversed = rerank(query, [
      { ...part, score: 0.6 },
      { ...whole, score: 0.5 },
    ]);
    expect(reversed[0]?.row).toBe(whole.row);
  });

  it("depends on neither the order nor the number of equal candidates", async () => {
    const query = await ask("h100 memory");
    const hits = await found("h100 memory");
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...hits], { minLength: 1 }), async (some: Hit[]) => {
        const rows = rerank(query, some).map(({ row }) => row);
        const again = rerank(query, [...some].reverse()).map(({ row }) => row);
        expect(again).toEqual(rows);
        expect([...rows].sort()).toEqual(some.map(({ row }) => row).sort());
      }),
    );
  });

  it("has nothing to order in nothing", async () => {
    expect(rerank(await ask("h100"), [])).toEqual([]);
  });
});

describe("balance", () => {
  it("is 1 for the name itself, less for more or fewer words, 0 for another", async () => {
    const query = await ask("NVIDIA H100");
    expect(balance(query, "NVIDIA H100")).toBe(1);
    expect(balance(query, "H100")).toBeCloseTo(2 / 3);
    expect(balance(query, "NVIDIA H100 memory table")).toBeCloseTo(2 / 3);
    expect(balance(query, "Lustre")).toBe(0);
    expect(balance(query, "")).toBe(0);
  });
});
