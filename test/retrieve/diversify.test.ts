import { describe, expect, it } from "vitest";
import type { Passage } from "../../src/knowledge/types.ts";
import { diversify } from "../../src/retrieve/diversify.ts";

function hit(document: string, heading: string[], position: number) {
  const passage: Passage = {
    id: `${document}${position}`,
    document,
    title: document,
    heading,
    position,
    lines: [1, 1],
    text: "",
    blocks: [],
  };
  return { passage };
}

describe("diversify", () => {
  it("keeps the order and at most two passages of one section neighbourhood", () => {
    const hits = [
      hit("a", ["x"], 0),
      hit("a", ["x", "y"], 1),
      hit("a", ["x"], 2),
      hit("b", ["x"], 0),
      hit("a", ["z"], 3),
    ];
    expect(diversify(hits, 10).map(({ passage }) => passage.id)).toEqual(["a0", "a1", "b0", "a3"]);
  });

  it("stops at the limit", () => {
    const hits = Array.from({ length: 9 }, (_, n) => hit(`d${n}`, [], 0));
    expect(diversify(hits, 4)).toHaveLength(4);
  });
});
