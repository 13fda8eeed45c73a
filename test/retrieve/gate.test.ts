import { describe, expect, it } from "vitest";
import { confidence, decide, type Evidence } from "../../src/retrieve/gate.ts";

const strong: Evidence = {
  coverage: 1,
  strength: 1.3,
  similarity: 0.8,
  unknownShare: 0,
  length: 0.3,
  asked: undefined,
  missing: 0,
  unknownNames: [],
};

describe("decide", () => {
  it("answers on strong evidence, offers sections on some and nothing on none", () => {
    expect(decide(strong)).toBe("answer");
    expect(decide({ ...strong, coverage: 0.3, strength: 0.3, similarity: 0.5 })).toBe("closest");
    expect(decide({ ...strong, coverage: 0, strength: 0, similarity: 0.1, unknownShare: 1 })).toBe("nothing");
  });

  it("hears the questions that were written for the passages, where there are any", () => {
    const like = { ...strong, asked: { similarity: 0.8, coverage: 0.9, missing: 0 } };
    expect(decide(like)).toBe("answer");
    for (const asked of [
      { ...like.asked, similarity: 0.3 },
      { ...like.asked, coverage: 0.2 },
      { ...like.asked, missing: 0.7 },
    ]) {
      expect(confidence({ ...like, asked })).toBeLessThan(confidence(like));
    }
    expect(confidence({ ...like, missing: 0.9 })).toBeLessThan(confidence(like));
    const unlike = { ...strong, asked: { similarity: 0.3, coverage: 0.1, missing: 0.8 } };
    expect(decide({ ...unlike, coverage: 0.5, missing: 0.9 })).not.toBe("answer");
  });

  it("never answers around a name that no document writes", () => {
    expect(decide({ ...strong, unknownNames: ["NVLink 9"] })).toBe("closest");
  });

  it("is confident in proportion to each measure", () => {
    for (const worse of [{ coverage: 0.5 }, { strength: 0.5 }, { similarity: 0.3 }, { unknownShare: 0.5 }]) {
      expect(confidence({ ...strong, ...worse })).toBeLessThan(confidence(strong));
    }
  });

  it("judges without vectors by the words alone", () => {
    expect(decide({ ...strong, similarity: undefined })).toBe("answer");
    expect(decide({ ...strong, similarity: undefined, coverage: 0, strength: 0 })).not.toBe("answer");
  });
});
