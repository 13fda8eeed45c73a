import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAbort } from "../../src/errors.ts";
import type { Embedder } from "../../src/models/types.ts";

export interface EmbedderContract {
  /** Whether vectors are of length 1; left out when the embedder promises nothing. */
  readonly normalised?: boolean;
  /** Texts that make more than one batch. */
  readonly many?: number;
  /** Least cosine between the vectors of one text made in different batches: 1 unless arithmetic depends on the batch. */
  readonly sameText?: number;
  readonly teardown?: () => Promise<void>;
}

/** What every Embedder must do; run on the fake and on every real one. */
export function describeEmbedder(
  name: string,
  create: () => Embedder | Promise<Embedder>,
  { normalised, many = 40, sameText = 0.99999, teardown }: EmbedderContract = {},
): void {
  describe(`Embedder contract: ${name}`, () => {
    let embedder: Embedder;
    const texts = Array.from(
      { length: many },
      (_, index) => `Rack ${index} holds ${index * 7} switches of kind ${index}.`,
    );
    const first = async (text: string) => (await embedder.embed([text]))[0] ?? [];

    beforeAll(async () => {
      embedder = await create();
    });
    afterAll(async () => {
      await embedder.close();
      await teardown?.();
    });

    it("describes itself", () => {
      expect(embedder.fingerprint).not.toBe("");
      expect(Number.isInteger(embedder.dimensions) && embedder.dimensions > 0).toBe(true);
      expect(["sentence", "passage"]).toContain(embedder.unit);
      expect(embedder.fusionWeight).toBeGreaterThanOrEqual(0);
      expect(embedder.fusionWeight).toBeLessThanOrEqual(1);
    });

    it("answers an empty list without work", async () => {
      const seen: number[] = [];
      expect(await embedder.embed([], { onBatch: (offset) => seen.push(offset) })).toEqual([]);
      expect(seen).toEqual([]);
    });

    it("gives one plain, finite vector of the stated length for each text, in order", async () => {
      const vectors = await embedder.embed(texts);
      expect(vectors).toHaveLength(texts.length);
      for (const vector of vectors) {
        expect(Array.isArray(vector)).toBe(true);
        expect(vector).toHaveLength(embedder.dimensions);
        expect(vector.every(Number.isFinite)).toBe(true);
        expect(Math.hypot(...vector)).toBeGreaterThan(0);
        if (normalised) expect(Math.hypot(...vector)).toBeCloseTo(1, 3);
      }
      for (const index of [0, Math.floor(many / 2), many - 1]) {
        const alone = await first(texts[index] ?? "");
        expect(cosine(vectors[index] ?? [], alone)).toBeGreaterThan(sameText);
        const other = vectors[(index + 1) % many] ?? [];
        expect(cosine(other, alone)).toBeLessThan(sameText);
      }
    });

    it("gives the same text the same vector, and related texts closer ones than unrelated", async () => {
      expect(cosine(await first("NVLink bandwidth"), await first("NVLink bandwidth"))).toBeGreaterThan(
        sameText,
      );
      const [question, near, far] = await embedder.embed([
        "Why is the training of the model slow?",
        "The training of a model is slow when the model waits for data.",
        "Bake the bread at 220 degrees.",
      ]);
      expect(cosine(question ?? [], near ?? [])).toBeGreaterThan(cosine(question ?? [], far ?? []));
    });

    it("reports every text exactly once through onBatch, with the vectors that it returns", async () => {
      const reported = new Map<number, number[]>();
      const vectors = await embedder.embed(texts, {
        onBatch: (offset, made) => {
          for (const [index, vector] of made.entries()) {
            expect(reported.has(offset + index)).toBe(false);
            reported.set(offset + index, vector);
          }
        },
      });
      expect([...reported.keys()].sort((a, b) => a - b)).toEqual(texts.map((_, index) => index));
      for (const [index, vector] of reported) expect(vector).toEqual(vectors[index]);
    });

    it("fails when a batch cannot be committed", async () => {
      const failing = () => {
        throw new Error("disk full");
      };
      await expect(embedder.embed(["one"], { onBatch: failing })).rejects.toThrow("disk full");
    });

    it("takes any text: other scripts, emoji, half a surrogate pair, line ends, very long ones", async () => {
      const unusual = [
        "日本語の文章です。",
        "emoji 🦙👩‍🔬",
        "half \ud83d pair",
        "a\r\nb\n\n\tc",
        "\u0000 nul",
        "word ".repeat(30_000),
        "長".repeat(20_000),
      ];
      const vectors = await embedder.embed(unusual);
      expect(vectors).toHaveLength(unusual.length);
      for (const vector of vectors) expect(vector.every(Number.isFinite)).toBe(true);
    });

    it("prepares once and for all: preparing twice changes nothing, and white space no vector", async () => {
      for (const text of [
        "  a\n\n b\t c ",
        "x".repeat(100_000),
        "é長🦙 ".repeat(5_000),
        "half \ud83d pair",
        "",
      ])
        expect(embedder.prepare(embedder.prepare(text))).toBe(embedder.prepare(text));
      const text = "Two lines\nof text.";
      expect(cosine(await first(text), await first(embedder.prepare(text)))).toBeGreaterThan(sameText);
    });

    it("ends with the abort when the signal has fired or fires, and works afterwards", async () => {
      const seen: number[] = [];
      const onBatch = (offset: number) => seen.push(offset);
      const before = await rejection(embedder.embed(texts, { signal: AbortSignal.abort(), onBatch }));
      expect(isAbort(before)).toBe(true);
      expect(seen).toEqual([]);
      const controller = new AbortController();
      const during = rejection(embedder.embed(texts, { signal: controller.signal }));
      controller.abort("enough");
      expect(isAbort(await during)).toBe(true);
      expect(await embedder.embed(["still here"])).toHaveLength(1);
    });
  });
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("The promise was expected to reject.");
}
