import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer } from "../../src/answer/answer.ts";
import { merge } from "../../src/answer/merge.ts";
import { partsOf, sidesOf } from "../../src/answer/parts.ts";
import type { Citation } from "../../src/knowledge/types.ts";
import { fakeEmbedder } from "../fakes/embedder.ts";
import { handbook, type SmallIndex, smallIndex } from "../fakes/small-index.ts";

describe("partsOf", () => {
  it.each([
    ["what is the tdp of an h100 and does it need liquid cooling?", 2],
    ["what is lustre? who wrote it? how do i stripe a file", 3],
    ["how do i mount it, and what does it cost?", 2],
    ["what is lustre?", 1],
    ["how do hpc and ai converge", 1],
    ["what is lustre? thanks!", 1],
    ["what is a? what is b? what is c? what is d? what is e?", 1],
    ["", 1],
  ])("finds in %j as many questions as there are", (message, count) => {
    expect(partsOf(message)).toHaveLength(count);
  });

  it("loses no question whatever the message is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (message) => {
        const parts = partsOf(message);
        expect(parts.length).toBeGreaterThan(0);
        if (parts.length === 1) expect(parts[0]).toBe(message);
      }),
    );
  });
});

describe("sidesOf", () => {
  it.each([
    ["h100 vs mi300x memory", ["h100", "mi300x memory"]],
    ["compare the h100 and the b200", ["the h100", "the b200"]],
    ["should i use ray or slurm for training", ["ray", "slurm"]],
  ])("takes %j apart", (question, sides) => {
    expect(sidesOf(question)).toEqual(sides);
  });

  it("finds no sides where there are none", () => {
    expect(sidesOf("what is lustre")).toBeUndefined();
  });
});

describe("merge", () => {
  const citation = (n: number, quote: string): Citation => ({
    n,
    document: "a.md",
    title: "A",
    heading: [],
    lines: [n, n],
    url: null,
    quote,
  });
  const extract = (quote: string, line: number) => ({
    text: `${quote} [1]`,
    claims: [{ text: quote, citations: [1] }],
    citations: [{ ...citation(1, quote), lines: [line, line] as const }],
  });

  it("numbers citations on, and equal ones once", () => {
    const made = merge([{ ...extract("one", 1), label: "first" }, extract("two", 2), extract("one", 1)]);
    expect(made.text).toBe("**first**\none [1]\n\ntwo [2]\n\none [1]");
    expect(made.citations.map(({ n, quote }) => [n, quote])).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
    expect(made.claims.map(({ citations }) => citations)).toEqual([[1], [2], [1]]);
  });
});

describe("an answer to several questions", () => {
  const embedder = fakeEmbedder({ unit: "sentence" });
  let small: SmallIndex;
  beforeAll(async () => {
    small = await smallIndex(handbook, embedder);
  });
  afterAll(() => small.remove());
  const ask = (question: string) =>
    answer(question, { index: small.index, embedder, chatModel: undefined, target: {} });

  it("answers each, completed from the one before, and says which it cannot", async () => {
    const both = await ask("how much memory does the H100 SXM have and what is its bandwidth?");
    expect(both.status).toBe("answered");
    expect(both.text).toContain("80 GB");
    expect(both.text).toContain("3.35 TB/s");
    const half = await ask("what is lustre? who won the zeppelin world cup?");
    expect(half.text).toContain("Lustre");
    expect(half.text).toContain("I have nothing on this in my sources");
    for (const claim of half.claims) {
      for (const n of claim.citations) expect(half.citations.map((one) => one.n)).toContain(n);
    }
  });

  it("puts the rows of a comparison side by side and leaves the other rows out", async () => {
    const made = await ask("h100 vs h200 memory");
    const rows = made.claims.map(({ text }) => text);
    expect(rows[0]).toContain("H100 SXM | 80 GB");
    expect(rows[1]).toContain("H200 SXM | 141 GB");
  });

  it("refuses the whole when no part has an answer", async () => {
    expect((await ask("what is a zorbium? how do i feed a wombat")).status).toBe("no_evidence");
  });
});
