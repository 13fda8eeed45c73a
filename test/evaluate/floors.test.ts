import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer } from "../../src/answer/answer.ts";
import { type Evaluation, evaluate, floors } from "../../src/evaluate/evaluate.ts";
import { isLocked, readQuestions } from "../../src/evaluate/questions.ts";
import { openIndex } from "../../src/index/embedded/open.ts";
import type { KnowledgeIndex } from "../../src/index/types.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { createMiniLMEmbedder } from "../../src/models/minilm/embedder.ts";
import type { Embedder } from "../../src/models/types.ts";
import { type RetrieverKind, retrieve } from "../../src/retrieve/retrieve.ts";

// The corpus and the embedder that ship, on the halves of the question sets that may be looked at.
let folder: string;
let embedder: Embedder;
let index: KnowledgeIndex;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rackmate-floors-"));
  embedder = createMiniLMEmbedder({ workers: 2 });
  await ingest({ corpus: "corpus", data: folder, embedder, keepGenerations: 1 });
  index = await openIndex(folder);
}, 600_000);

afterAll(async () => {
  await index?.close();
  await embedder?.close();
  await rm(folder, { recursive: true, force: true });
});

async function tuning(file: string) {
  return (await readQuestions(`test/eval/${file}`)).filter((question) => !isLocked(question));
}

describe("answer quality on the tuning halves", () => {
  let evaluation: Evaluation;
  beforeAll(async () => {
    evaluation = await evaluate(
      await tuning("handbook.jsonl"),
      await tuning("handbook-unanswerable.jsonl"),
      async (question, history) => ({
        answer: await answer(question, { index, embedder, chatModel: undefined, target: {} }, { history }),
        confidence: 0,
      }),
    );
  }, 120_000);

  it("shows no claim without a citation and no figure that its quote lacks", () => {
    expect(evaluation.unsupported).toBe(0);
  });

  it("keeps its floors", () => {
    const { words, lay } = evaluation.answerable;
    expect(words?.cited.value).toBeGreaterThanOrEqual(floors.cited);
    expect(words?.key.value).toBeGreaterThanOrEqual(floors.key);
    expect(words?.falseRefusals.value).toBeLessThanOrEqual(floors.falseRefusals);
    expect(lay?.key.value).toBeGreaterThanOrEqual(floors.layKey);
    expect(evaluation.unanswerable.all?.value).toBeGreaterThanOrEqual(floors.refused);
  });
});

describe("retrieval on the tuning half", () => {
  /** Mean reciprocal rank of the first right document among eight. */
  async function reciprocalRank(kind: RetrieverKind): Promise<number> {
    const questions = (await tuning("handbook.jsonl")).filter(({ history }) => history.length === 0);
    let sum = 0;
    for (const { question, documents } of questions) {
      const { hits } = await retrieve(question, index, embedder, { kind, limit: 8 });
      const rank = hits.findIndex(({ passage }) => documents.includes(passage.document));
      sum += rank < 0 ? 0 : 1 / (rank + 1);
    }
    return sum / questions.length;
  }

  it("the hybrid does not lose to either of its parts", async () => {
    const hybrid = await reciprocalRank("hybrid");
    expect(hybrid).toBeGreaterThanOrEqual(await reciprocalRank("lexical"));
    expect(hybrid).toBeGreaterThanOrEqual(await reciprocalRank("vector"));
  }, 120_000);
});
