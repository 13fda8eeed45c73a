import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAbort } from "../../src/errors.ts";
import type { IndexContent, KnowledgeIndex } from "../../src/index/types.ts";
import { readMarkdown } from "../../src/ingest/read/markdown.ts";
import { split } from "../../src/ingest/split.ts";
import { stem, terms } from "../../src/knowledge/analyze.ts";
import type { Passage } from "../../src/knowledge/types.ts";
import { bagOfWords } from "../servers/openai/vectors.ts";

export const dimensions = 32;

const topics = [
  "Lustre striping",
  "Ceph erasure coding",
  "NVLink bandwidth",
  "InfiniBand congestion",
  "Slurm preemption",
  "vLLM paging",
];

/** Six documents of five sections each, one vector for every sentence. */
export function sampleContent(): IndexContent {
  const parsed = topics.map((topic, document) => {
    const sections = Array.from({ length: 5 }, (_, section) => {
      const bridge =
        section === 0
          ? "A GPU cluster needs it."
          : `Its ${stemless[(document + section) % stemless.length]} matters.`;
      return `## Part ${section}\n\nThe ${topic} of generation ${document * 7 + section} was measured. ${bridge} Value ${document}${section} holds.`;
    });
    const text = `---\ntitle: ${topic}\nsummary: About ${topic}.\naliases: [alias${document}]\nquestions: [how does ${topic} work]\nsources: []\n---\n${sections.join("\n\n")}\n`;
    return readMarkdown(`area/doc-${document}.md`, text, createHash("sha256").update(text).digest("hex"));
  });
  const passages = parsed.flatMap((document) => split(document));
  const vectors = passages.flatMap(({ blocks }, passage) =>
    blocks.flatMap(({ units }) =>
      units.map(({ text }) => ({ passage, text, vector: bagOfWords(text, dimensions) })),
    ),
  );
  return {
    documents: parsed.map(({ blocks: _, ...record }) => record),
    passages,
    vectors,
    vocabulary: [{ say: ["graphics card"], mean: ["GPU"] }],
    embedder: { fingerprint: "bag", dimensions, unit: "sentence" },
    pending: 0,
    corpus: "hash of the corpus",
    splitter: 1,
  };
}

const stemless = ["caching", "cooling", "scheduling", "routing"];

/** What every KnowledgeIndex over `sampleContent()` must do; run on every way to open one. */
export function describeKnowledgeIndex(
  name: string,
  open: (content: IndexContent) => Promise<KnowledgeIndex>,
): void {
  describe(`KnowledgeIndex contract: ${name}`, () => {
    const content = sampleContent();
    let index: KnowledgeIndex;
    let words: KnowledgeIndex;

    beforeAll(async () => {
      index = await open(content);
      words = await open({ ...content, vectors: [], embedder: null });
    });
    afterAll(async () => {
      await index.close();
      await words.close();
    });

    it("says what it is made of", () => {
      expect(index.manifest).toMatchObject({
        documents: 6,
        passages: 30,
        vectors: content.vectors.length,
        pending: 0,
        embedder: content.embedder,
        corpus: content.corpus,
        splitter: 1,
      });
      expect(words.manifest).toMatchObject({ vectors: 0, embedder: null });
    });

    it("finds by stem, the best first, with positive scores, at most as many as asked", async () => {
      const stems = terms("measuring striped Lustre").map((term) => term.stem);
      const hits = await index.lexical(stems, 8);
      expect(hits).toHaveLength(8);
      for (const { row } of hits.slice(0, 5)) expect(content.passages[row]?.document).toBe("area/doc-0.md");
      for (const [rank, { score }] of hits.entries()) {
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(hits[rank - 1]?.score ?? Number.POSITIVE_INFINITY);
      }
      expect(await index.lexical(["nowhere"], 8)).toEqual([]);
      expect(await index.lexical([], 8)).toEqual([]);
    });

    it("finds a document by its aliases and questions", async () => {
      for (const stems of [["alias3"], [stem("works"), "infiniband"]]) {
        const [best] = await index.lexical(stems, 5);
        expect(content.passages[best?.row ?? -1]?.document).toBe("area/doc-3.md");
      }
    });

    it("takes any Unicode string as a stem", async () => {
      const odd = [
        '"',
        "a OR b",
        "NEAR(a b)",
        "a*",
        "^a",
        "title:lustre",
        "{title}:a",
        "(",
        "'",
        "\0",
        "a\0b",
        "-",
        "",
        " ",
        "\ud83d",
        "🦙",
        "\\",
        "%",
        ";--",
      ];
      await index.lexical(odd, 10);
      expect(await index.frequencies(odd)).toHaveLength(odd.length);
      expect(await index.spellings(odd)).toHaveLength(odd.length);
      const [plain] = await index.lexical(["lustr"], 5);
      expect((await index.lexical(["lustr", ...odd], 5))[0]?.row).toBe(plain?.row);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.string({ unit: "binary" }), { maxLength: 8 }), async (stems) => {
          expect(Array.isArray(await index.lexical(stems, 3))).toBe(true);
          expect(await index.frequencies(stems)).toHaveLength(stems.length);
        }),
        { numRuns: 50 },
      );
      expect(
        await index.lexical(
          Array.from({ length: 5_000 }, (_, number) => `w${number}`),
          3,
        ),
      ).toEqual([]);
    });

    it("agrees with exact cosine on what is nearest", async () => {
      for (const question of [
        "Lustre striping measured",
        "generation 23",
        "the cooling matters",
        "GPU cluster",
      ]) {
        const vector = bagOfWords(question, dimensions);
        const exact = rank(content, vector);
        const near = await index.nearest(vector, 10);
        expect(near.length).toBe(10);
        for (const [place, { row, similarity }] of near.entries()) {
          expect(similarity).toBeCloseTo(exact[place]?.similarity ?? 2, 5);
          expect(similarity).toBeCloseTo(exact.find((one) => one.row === row)?.similarity ?? 2, 5);
        }
      }
    });

    it("has no nearest for a vector of another length, without vectors, or for none wanted", async () => {
      expect(await index.nearest([1, 2, 3], 5)).toEqual([]);
      expect(await words.nearest(bagOfWords("Lustre", dimensions), 5)).toEqual([]);
      expect(await index.nearest(bagOfWords("Lustre", dimensions), 0)).toEqual([]);
      expect(await words.similarities(bagOfWords("Lustre", dimensions), [0, 1])).toEqual([[], []]);
    });

    it("compares each text of a passage", async () => {
      const vector = bagOfWords("Value 00 holds", dimensions);
      const [first, unknown, second] = await index.similarities(vector, [0, 9_999, 7]);
      expect(unknown).toEqual([]);
      for (const [row, found] of [
        [0, first],
        [7, second],
      ] as const) {
        const own = content.vectors.filter(({ passage }) => passage === row);
        expect(found?.map(({ text }) => text)).toEqual(own.map(({ text }) => text));
        for (const [place, { similarity }] of (found ?? []).entries()) {
          expect(similarity).toBeCloseTo(cosine(vector, own[place]?.vector ?? []), 5);
        }
      }
    });

    it("gives passages by row in the order asked for, with their documents, leaving out unknown rows", async () => {
      const found = await index.passages([29, 400, 3, -1, 3]);
      expect(found.map(({ row }) => row)).toEqual([29, 3, 3]);
      const expected = content.passages[29] as Passage;
      expect(found[0]?.passage).toEqual(expected);
      expect(found[0]?.document).toEqual(content.documents.find(({ id }) => id === expected.document));
      expect(await index.passages([])).toEqual([]);
    });

    it("counts in how many passages a stem or a phrase occurs", async () => {
      expect(await index.frequencies(["lustr", "nowhere", stem("generation"), "gpu", "gpu cluster"])).toEqual(
        [5, 0, 30, 6, 6],
      );
      expect(await index.frequencies([])).toEqual([]);
    });

    it("corrects a typing error to the commonest word and leaves the rest alone", async () => {
      expect(await index.spellings(["lutsre", "infinband", "cehp", "h100", "zzzzzzz", "luster"])).toEqual([
        "lustre",
        "infiniband",
        "ceph",
        null,
        null,
        "lustre",
      ]);
    });

    it("lists documents and vocabulary", async () => {
      expect(await index.documents()).toEqual(content.documents);
      expect(await index.vocabulary()).toEqual(content.vocabulary);
    });

    it("ends with the abort when its signal has fired or fires, and goes on serving", async () => {
      expect(isAbort(await rejection(index.lexical(["lustr"], 5, AbortSignal.abort())))).toBe(true);
      expect(isAbort(await rejection(index.documents(AbortSignal.abort("enough"))))).toBe(true);
      expect(await index.lexical(["lustr"], 5)).toHaveLength(5);
    });

    it("answers many calls at once", async () => {
      const vector = bagOfWords("Lustre", dimensions);
      const alone = await index.nearest(vector, 5);
      const all = await Promise.all(Array.from({ length: 100 }, () => index.nearest(vector, 5)));
      for (const one of all) expect(one).toEqual(alone);
    });

    it("can be closed twice, and refuses calls afterwards", async () => {
      const other = await open(content);
      await other.close();
      await other.close();
      await expect(other.lexical(["lustr"], 5)).rejects.toThrow();
    });
  });
}

/** Each passage with its best text, by brute force. */
function rank({ vectors }: IndexContent, question: readonly number[]) {
  const best = new Map<number, number>();
  for (const { passage, vector } of vectors) {
    best.set(passage, Math.max(best.get(passage) ?? -1, cosine(question, vector)));
  }
  return [...best]
    .map(([row, similarity]) => ({ row, similarity }))
    .sort((a, b) => b.similarity - a.similarity);
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  for (let place = 0; place < a.length; place++) dot += (a[place] ?? 0) * (b[place] ?? 0);
  return dot / (Math.hypot(...Array.from(a)) * Math.hypot(...Array.from(b)) || 1);
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("The promise was expected to reject.");
}
