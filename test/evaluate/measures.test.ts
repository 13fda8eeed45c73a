import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { measureBeir, ndcg, readBeir } from "../../src/evaluate/beir.ts";
import { compare } from "../../src/evaluate/compare.ts";
import { evaluate } from "../../src/evaluate/evaluate.ts";
import { bootstrap, proportion } from "../../src/evaluate/intervals.ts";
import { logLook } from "../../src/evaluate/looks.ts";
import { sharedWording } from "../../src/evaluate/overlap.ts";
import type { EvalQuestion } from "../../src/evaluate/questions.ts";
import type { Answer } from "../../src/knowledge/types.ts";
import { hitsOf } from "../answer/passages.ts";
import { temporaryFolder, writeFiles } from "../fixtures.ts";

const question = (id: string, more: Partial<EvalQuestion> = {}): EvalQuestion => ({
  id,
  question: "how much memory",
  kind: "number",
  history: [],
  documents: ["a.md"],
  keys: [["80 GB"]],
  ...more,
});

function answered(text: string, document: string): Answer {
  const citation = {
    n: 1,
    document,
    title: "A",
    heading: [],
    lines: [1, 1] as const,
    url: null,
    quote: text,
  };
  return {
    status: "answered",
    text,
    claims: [{ text, citations: [1] }],
    citations: [citation],
    nearest: [],
    mode: "extractive",
    generation: "g",
    latencyMs: 1,
    notices: [],
    dropped: 0,
  };
}

const refusal: Answer = {
  status: "no_evidence",
  text: "nothing",
  claims: [],
  citations: [],
  nearest: [{ document: "a.md", title: "A", heading: [], lines: [1, 1], url: null }],
  mode: "extractive",
  generation: "g",
  latencyMs: 1,
};

/** An evaluation in which each question gets the answer that stands beside it. */
function evaluation(answers: readonly (readonly [EvalQuestion, Answer, number])[], unanswerable = 0) {
  const given = new Map(answers.map(([{ id }, ...rest]) => [id, rest]));
  let next = 0;
  const asked = answers.map(([one]) => one);
  return evaluate(
    asked.slice(0, asked.length - unanswerable),
    asked.slice(asked.length - unanswerable),
    async () => {
      const [answer = refusal, confidence = 0] = given.get(asked[next++]?.id ?? "") ?? [];
      return { answer, confidence };
    },
  );
}

describe("evaluate", () => {
  it("tells cited, key, both, refusals and the curve apart", async () => {
    const made = await evaluation(
      [
        [question("q1"), answered("It has 80 GB.", "a.md"), 2],
        [question("q2"), answered("It has 80 GB.", "b.md"), 1],
        [question("q3"), answered("It is big.", "a.md"), 0],
        [question("q4"), refusal, -3],
        [question("u1", { kind: "invented" }), refusal, -3],
        [question("u2", { kind: "off_topic" }), answered("It is 5.", "a.md"), 1],
      ],
      2,
    );
    const { all } = made.answerable;
    expect([all?.cited.value, all?.key.value, all?.both.value, all?.falseRefusals.value]).toEqual([
      0.5, 0.5, 0.25, 0.25,
    ]);
    expect(all?.inNearest.value).toBe(1);
    expect(made.unanswerable.all?.value).toBe(0.5);
    const at = (threshold: number) => made.curve.find((point) => point.threshold === threshold);
    expect(at(-1)).toMatchObject({ falseRefusals: 0.25, refused: { all: 0.5, invented: 1, off_topic: 0 } });
    expect(at(1.5)).toMatchObject({ falseRefusals: 0.75, refused: { all: 1 } });
    expect(made.results).toHaveLength(6);
  });

  it("counts a figure that its quote lacks as unsupported", async () => {
    const made = answered("It has 81 GB.", "a.md");
    const wrong = { ...made, citations: made.citations.map((one) => ({ ...one, quote: "It has 80 GB." })) };
    expect((await evaluation([[question("q1"), wrong, 0]])).unsupported).toBe(1);
  });
});

describe("intervals", () => {
  it("hold the value, are within 0 and 1, and are the same on every run", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), (values) => {
        const made = proportion(values);
        expect(made.low).toBeLessThanOrEqual(made.value);
        expect(made.high).toBeGreaterThanOrEqual(made.value);
        expect(made.low).toBeGreaterThanOrEqual(0);
        expect(made.high).toBeLessThanOrEqual(1);
        expect(proportion(values)).toEqual(made);
      }),
      { numRuns: 30 },
    );
  });

  it("stay open where nothing was ever wrong, and narrow with more questions", () => {
    expect(proportion(Array(10).fill(true)).low).toBeLessThan(0.8);
    const width = (n: number) => {
      const { low, high } = bootstrap(Array.from({ length: n }, (_, index) => index % 2));
      return high - low;
    };
    expect(width(400)).toBeLessThan(width(40) / 2);
  });
});

describe("compare", () => {
  it("pairs by question and tells gains from losses", async () => {
    const old = await evaluation([
      [question("q1"), answered("It is big.", "a.md"), 0],
      [question("q2"), answered("It has 80 GB.", "a.md"), 0],
      [question("gone"), answered("It has 80 GB.", "a.md"), 0],
    ]);
    const now = await evaluation([
      [question("q1"), answered("It has 80 GB.", "a.md"), 0],
      [question("q2"), answered("It has 80 GB.", "a.md"), 0],
    ]);
    const folder = writeFiles(temporaryFolder(), { "old.json": JSON.stringify(old), "bad.json": "{}" });
    const key = (await compare(now, join(folder, "old.json"))).find(({ measure }) => measure === "key");
    expect(key).toMatchObject({ gained: 1, lost: 0, change: { value: 0.5, n: 2 } });
    await expect(compare(now, join(folder, "bad.json"))).rejects.toThrow(/is no evaluation/);
    await expect(compare(now, join(folder, "none.json"))).rejects.toThrow(ConfigError);
  });
});

describe("the log of looks", () => {
  it("grows by a line each time", async () => {
    const path = join(temporaryFolder(), "LOOKS.md");
    const made = await evaluation([[question("q1"), answered("It has 80 GB.", "a.md"), 0]]);
    await logLook(path, "handbook", made);
    await logLook(path, "handbook", made);
    const lines = readFileSync(path, "utf8").split("\n");
    expect(lines[0]).toBe("# Looks at the locked halves");
    expect(
      lines.filter((line) =>
        line.includes("| handbook | 100.0 % of 1 | 100.0 % of 1 | 0.0 % of 1 | – | – | – | 0 |"),
      ),
    ).toHaveLength(2);
  });
});

describe("a set in BEIR form", () => {
  it("is read and measured", async () => {
    const folder = writeFiles(temporaryFolder(), {
      "queries.jsonl": '{"_id": "1", "text": "lift"}\n{"_id": 2, "text": "drag"}\n',
      "qrels/test.tsv": "query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t1\n2\td3\t1\n2\td4\t0\n9\td1\t1\n",
    });
    const set = await readBeir(folder);
    const found: Record<string, string[]> = { lift: ["d2", "x", "d1"], drag: ["x"] };
    const { ndcg10, recall100 } = await measureBeir(set, async (query) => found[query] ?? []);
    expect(recall100.value).toBe(0.5);
    const best = 2 + 1 / Math.log2(3);
    expect(ndcg10.value).toBeCloseTo((1 + 2 / Math.log2(4)) / best / 2);
    await expect(readBeir(temporaryFolder())).rejects.toThrow(/queries\.jsonl cannot be read/);
  });

  it("has nDCG 1 for the ideal order and 0 for none", () => {
    const judged = new Map([
      ["a", 3],
      ["b", 1],
    ]);
    expect(ndcg(["a", "b", "c"], judged)).toBe(1);
    expect(ndcg(["c"], judged)).toBe(0);
    expect(ndcg([], judged)).toBe(0);
  });
});

describe("shared wording of a lay question", () => {
  const passages = hitsOf("a.md", "# Memory\n\nThe H100 has 80 GB of HBM3 memory.\n").map(
    ({ passage }) => passage,
  );
  const shared = (text: string, questions: readonly string[] = []) =>
    sharedWording(question("q", { question: text }), passages, () => questions);

  it("is the largest share that the passage or a question of the document holds", () => {
    expect(shared("H100 memory")).toBe(1);
    expect(shared("how big is the card's storage inside")).toBe(0);
    expect(shared("how big is the card", ["is the card big"])).toBe(1);
  });

  it("is not defined where no passage holds the key", () => {
    expect(sharedWording(question("q", { keys: [["96 GB"]] }), passages, () => [])).toBeUndefined();
  });
});
