import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolve } from "../../src/answer/resolve.ts";
import type { Turn } from "../../src/knowledge/types.ts";

function asked(...questions: string[]): Turn[] {
  return questions.flatMap((content): Turn[] => [
    { role: "user", content },
    { role: "assistant", content: "Something." },
  ]);
}

describe("resolve", () => {
  it("puts the new model in place of the old one", () => {
    expect(resolve("and on the H200?", asked("how much memory does the H100 have?"))).toBe(
      "how much memory does the H200 have?",
    );
  });

  it("puts the earlier question before a follow-up that leans on it", () => {
    expect(resolve("why?", asked("does lustre need an MDS?"))).toContain("does lustre need an MDS");
    expect(resolve("what about AMD", asked("which GPUs does PyTorch support?"))).toContain("PyTorch");
    expect(resolve("how fast is it", asked("what storage does perlmutter use"))).toContain("perlmutter");
  });

  it("follows a chain of follow-ups to the question that began it", () => {
    const history = asked("how much memory does the H100 have?", "and on the H200?");
    expect(resolve("and on the B200?", history)).toBe("how much memory does the B200 have?");
  });

  it("leaves a question alone that stands alone", () => {
    const question = "how does Ceph place data on its OSDs?";
    expect(resolve(question, asked("what is Lustre?"))).toBe(question);
    expect(resolve("and on the H200?", [])).toBe("and on the H200?");
  });

  it("never loses the question and ends for any conversation", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.array(fc.string({ maxLength: 60 }), { maxLength: 20 }),
        (question, earlier) => {
          expect(resolve(question, asked(...earlier)).length).toBeGreaterThanOrEqual(
            Math.min(question.length, 1),
          );
        },
      ),
    );
  });
});
