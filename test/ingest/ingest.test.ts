import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { CorpusError, isAbort, LockedError, ModelError, OperatorError } from "../../src/errors.ts";
import { layout } from "../../src/index/embedded/layout.ts";
import { openEmbeddedIndex } from "../../src/index/embedded/read.ts";
import { makeCurrent } from "../../src/index/embedded/write.ts";
import type { Manifest } from "../../src/index/types.ts";
import { type IngestOptions, ingest, type Stage } from "../../src/ingest/ingest.ts";
import { takeWriterLock } from "../../src/ingest/lock.ts";
import { plan } from "../../src/ingest/plan.ts";
import { stem } from "../../src/knowledge/analyze.ts";
import { openVectorStore } from "../../src/models/vector-store.ts";
import { type FakeEmbedderOptions, fakeEmbedder } from "../fakes/embedder.ts";
import { temporaryFolder, writeFiles } from "../fixtures.ts";
import { rewriteManifest } from "../index/edit-published.ts";

let corpus: string;
let data: string;
beforeEach(() => {
  corpus = writeFiles(temporaryFolder(), {
    "lustre.md":
      "# Lustre\n\nLustre stripes files over targets. It is a parallel one.\n\n## Metadata\n\nMetadata lives on its own servers.\n",
    "area/ceph.md": "# Ceph\n\nCeph keeps objects in placement groups.\n",
    "records.jsonl": '{"_id": "r1", "title": "Slurm", "text": "Slurm schedules jobs on nodes."}\n',
  });
  data = join(temporaryFolder(), "data");
});

/** An ingestion with an embedder of its own, so that what it embeds can be counted. */
async function run(options: Partial<IngestOptions> = {}, embedding: FakeEmbedderOptions = {}) {
  const embedder = fakeEmbedder({ unit: "sentence", ...embedding });
  const published: Manifest[] = [];
  const report = await ingest({
    corpus,
    data,
    embedder,
    keepGenerations: 3,
    onPublished: (manifest) => published.push(manifest),
    ...options,
  });
  return { report, embedded: embedder.embedded, published };
}

async function documentsHolding(word: string): Promise<string[]> {
  const index = await openEmbeddedIndex(data);
  const hits = await index.lexical([stem(word)], 20);
  const found = await index.passages(hits.map(({ row }) => row));
  await index.close();
  return [...new Set(found.map(({ passage }) => passage.document))].sort();
}

async function manifest(): Promise<Manifest> {
  const index = await openEmbeddedIndex(data);
  await index.close();
  return index.manifest;
}

/** A corpus with more sentences than are embedded before words are served. */
function many(documents = 30, word = "Sentence"): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: documents }, (_, number) => [
      `many/${word}-${number}.md`,
      `# ${word} ${number}\n\n${Array.from({ length: 6 }, (_, part) => `${word} ${part} of document ${number} holds.`).join(" ")}\n`,
    ]),
  );
}

describe("an ingestion", () => {
  it("brings Markdown and records into one index, with all vectors", async () => {
    const { report, embedded } = await run();
    expect(report).toMatchObject({
      documents: 3,
      passages: 4,
      added: 3,
      changed: 0,
      removed: 0,
      reused: 0,
      embedded: 5,
      pending: 0,
      rejected: [],
    });
    expect(report.tokens).toBeGreaterThan(20);
    expect(embedded).toHaveLength(5);
    expect(await manifest()).toMatchObject({
      generation: report.generation,
      documents: 3,
      vectors: 5,
      pending: 0,
    });
    expect(await documentsHolding("striping")).toEqual(["lustre.md"]);
    expect(await documentsHolding("scheduling")).toEqual(["r1"]);
  });

  it("embeds and publishes nothing the second time", async () => {
    const first = await run();
    const second = await run();
    expect(second.report).toMatchObject({
      documents: 3,
      passages: 4,
      added: 0,
      changed: 0,
      removed: 0,
      reused: 4,
      embedded: 0,
      tokens: 0,
      generation: first.report.generation,
    });
    expect(second.embedded).toEqual([]);
    expect(second.published).toEqual([]);
    expect(readdirSync(layout.generations(data))).toHaveLength(1);
  });

  it("embeds only what an edit changed", async () => {
    await run();
    writeFiles(corpus, {
      "lustre.md": readFileSync(join(corpus, "lustre.md"), "utf8").replace(
        "a parallel one",
        "a parallel system",
      ),
    });
    const { report, embedded } = await run();
    expect(embedded).toEqual(["It is a parallel system."]);
    expect(report).toMatchObject({ added: 0, changed: 1, removed: 0, reused: 3, embedded: 1 });
    expect(await documentsHolding("system")).toEqual(["lustre.md"]);
  });

  it("embeds nothing for a document that was renamed", async () => {
    await run();
    renameSync(join(corpus, "lustre.md"), join(corpus, "area", "lustre-fs.md"));
    const { report, embedded } = await run();
    expect(embedded).toEqual([]);
    expect(report).toMatchObject({ added: 1, changed: 0, removed: 1, embedded: 0 });
    expect(await documentsHolding("striping")).toEqual(["area/lustre-fs.md"]);
  });

  it("makes a removed document disappear from the search", async () => {
    await run();
    unlinkSync(join(corpus, "lustre.md"));
    const { report, embedded } = await run();
    expect(report).toMatchObject({ removed: 1, embedded: 0, documents: 2 });
    expect(embedded).toEqual([]);
    expect(await documentsHolding("striping")).toEqual([]);
  });

  it("notices a change of the vocabulary", async () => {
    await run();
    writeFiles(corpus, { "vocabulary.yaml": "- say: [parallel disk]\n  mean: [Lustre]\n" });
    const { embedded, published } = await run();
    expect([embedded.length, published.length]).toEqual([0, 1]);
    const index = await openEmbeddedIndex(data);
    expect(await index.vocabulary()).toContainEqual({ say: ["parallel disk"], mean: ["Lustre"] });
    await index.close();
    expect((await run()).published).toEqual([]);
  });

  it("works without an embedder, and adds vectors when one is there", async () => {
    const words = await run({ embedder: undefined });
    expect(words.report).toMatchObject({ documents: 3, embedded: 0 });
    expect(await manifest()).toMatchObject({ embedder: null, vectors: 0, pending: 0 });
    expect((await run({ embedder: undefined })).published).toEqual([]);
    expect((await run()).embedded).toHaveLength(5);
    expect((await manifest()).vectors).toBe(5);
  });

  it("can leave the questions of the front matter out, and take them in again", async () => {
    writeFiles(corpus, {
      "ray.md":
        "---\ntitle: Ray\nsummary: A scheduler.\nquestions: [which thing runs pelicans]\nsources: []\n---\n# Ray\n\nRay runs tasks and actors.\n",
    });
    await run({ withoutQuestions: true });
    expect(await documentsHolding("pelicans")).toEqual([]);
    expect(await documentsHolding("actors")).toEqual(["ray.md"]);
    expect((await run({ withoutQuestions: true })).published).toEqual([]);
    await run();
    expect(await documentsHolding("pelicans")).toEqual(["ray.md"]);
  });

  it("lets questions beside a document stand for the section that they are listed under", async () => {
    const questions =
      'Metadata:\n  - where do the nicknames of things live\nOpening:\n  - "one box: many boxes?"\nNo such part:\n  - gnus\n';
    writeFiles(corpus, { "lustre.questions.yaml": questions });
    const { report, embedded } = await run();
    expect(report.rejected).toEqual([]);
    expect(embedded).toContain("where do the nicknames of things live");
    const index = await openEmbeddedIndex(data);
    const rows = Array.from({ length: index.manifest.passages }, (_, row) => row);
    const asked = (await index.passages(rows)).map(({ passage }) => [
      passage.heading.at(-1),
      passage.questions,
    ]);
    await index.close();
    expect(asked).toContainEqual(["Metadata", ["where do the nicknames of things live"]]);
    expect(asked.flat(2)).toEqual(expect.arrayContaining(["one box: many boxes?", "gnus"]));
    expect((await run()).published).toEqual([]);
    writeFiles(corpus, { "lustre.questions.yaml": questions.replace("nicknames", "pet names") });
    expect((await run()).embedded).toEqual(["where do the pet names of things live"]);
    expect((await run({ withoutQuestions: true })).embedded).toEqual([]);
  });

  it("embeds each text once, however often it occurs", async () => {
    writeFiles(corpus, {
      "copy.md": "# Copy\n\nLustre stripes files over targets. Ceph keeps objects in placement groups.\n",
    });
    const { embedded, report } = await run();
    expect(embedded).toHaveLength(5);
    expect(report.embedded).toBe(5);
    expect((await manifest()).vectors).toBe(7);
  });

  it("says how far it is, stage by stage", async () => {
    const stages: Stage[] = [];
    const last = new Map<Stage, [number, number]>();
    await run({
      onProgress: (stage, done, total) => {
        if (stages.at(-1) !== stage) stages.push(stage);
        last.set(stage, [done, total]);
      },
    });
    expect(stages).toEqual(["read", "split", "embed", "publish"]);
    for (const [done, total] of last.values()) expect(done).toBe(total);
  });
});

describe("rejected documents", () => {
  const broken = "---\ntitle: a\ntags: [x\n---\nText.\n";

  it("leave the others in, are reported every time, and come in when mended", async () => {
    writeFiles(corpus, { "broken.md": broken, "bad.jsonl": "nonsense\n" });
    const rejected = [
      { file: "bad.jsonl", line: 1, reason: "not valid JSON" },
      { file: "broken.md", line: 3, reason: expect.stringContaining("not valid YAML") },
    ];
    for (const generations of [1, 1]) {
      const { report } = await run();
      expect(report.documents).toBe(3);
      expect(report.rejected).toEqual(rejected);
      expect(readdirSync(layout.generations(data))).toHaveLength(generations);
    }
    writeFiles(corpus, { "broken.md": "# Mended\n\nMended text is here.\n" });
    expect((await run()).report).toMatchObject({ documents: 4, added: 1, rejected: [rejected[0]] });
  });

  it("are named by their own file when only the questions beside a document are broken", async () => {
    for (const [text, line, reason] of [
      ["Metadata: [a, b\n", 2, "not valid YAML"],
      ["Opening:\n  - fine\nMetadata: what\n", 3, "expected a heading"],
    ] as const) {
      writeFiles(corpus, { "lustre.questions.yaml": text });
      for (const _ of [1, 2]) {
        const { report } = await run();
        expect(report.documents).toBe(3);
        expect(report.rejected).toEqual([
          { file: "lustre.questions.yaml", line, reason: expect.stringContaining(reason) },
        ]);
      }
    }
  });

  it("refuse the whole under --strict, also when nothing else changed, and leave the index alone", async () => {
    const { report } = await run();
    writeFiles(corpus, { "broken.md": broken, "ceph-new.md": "# New\n" });
    await expect(run({ strict: true })).rejects.toThrow(/--strict.*broken\.md:3: /);
    expect((await manifest()).generation).toBe(report.generation);
    await run();
    await expect(run({ strict: true })).rejects.toThrow(CorpusError);
  });

  it("are an error when they are all there is", async () => {
    rmSync(corpus, { recursive: true });
    writeFiles(
      corpus,
      Object.fromEntries(Array.from({ length: 9 }, (_, number) => [`b${number}.md`, broken])),
    );
    await expect(run()).rejects.toThrow(/b0\.md:3.*and 4 more/);
    expect(existsSync(layout.current(data))).toBe(false);
  });
});

describe("an index that no longer fits", () => {
  it("is built anew from stored vectors when generations were deleted or damaged", async () => {
    const { report } = await run();
    truncateSync(join(layout.generation(data, report.generation ?? ""), "vectors.hnsw"), 100);
    expect((await run()).embedded).toEqual([]);
    rmSync(layout.generations(data), { recursive: true });
    const again = await run();
    expect(again.embedded).toEqual([]);
    expect(again.report).toMatchObject({ added: 3, reused: 4 });
    writeFileSync(layout.current(data), "nonsense");
    expect((await run()).embedded).toEqual([]);
    expect((await manifest()).vectors).toBe(5);
  });

  it.each([{ splitter: 0 }, { format: 0 }])(
    "is rebuilt from stored vectors when it is of another version: %j",
    async (version) => {
      const { report } = await run();
      await rewriteManifest(layout.generation(data, report.generation ?? ""), (written) => ({
        ...written,
        ...version,
      }));
      const again = await run();
      expect(again.embedded).toEqual([]);
      expect(again.published).toHaveLength(1);
      expect((await manifest()).vectors).toBe(5);
    },
  );

  it("is rebuilt for another embedder, and back without embedding anything", async () => {
    await run({}, { fingerprint: "one" });
    const other = await run({}, { fingerprint: "two", dimensions: 16 });
    expect(other.embedded).toHaveLength(5);
    expect((await manifest()).embedder).toMatchObject({ fingerprint: "two", dimensions: 16 });
    const back = await run({}, { fingerprint: "one" });
    expect(back.embedded).toEqual([]);
    expect(back.published).toHaveLength(1);
    expect((await manifest()).embedder).toMatchObject({ fingerprint: "one" });
  });

  it("keeps generations for roll-back, and no more than asked", async () => {
    const names: (string | null)[] = [];
    for (let round = 0; round < 5; round++) {
      writeFiles(corpus, { "area/ceph.md": `# Ceph\n\nCeph text number ${round} is here.\n` });
      names.push((await run()).report.generation);
    }
    const kept = readdirSync(layout.generations(data));
    expect(kept).toHaveLength(3);
    expect(kept).toContain(names[4]);
    const old = kept.find((name) => name !== names[4]) ?? "";
    await makeCurrent(data, old);
    expect((await manifest()).generation).toBe(old);
  });
});

describe("words before vectors", () => {
  it("are served at once on a fresh folder, then the whole", async () => {
    writeFiles(corpus, many());
    let served: string[] = [];
    const { published } = await run(
      {},
      {
        before: async () => {
          if (served.length === 0) served = await documentsHolding("striping");
        },
      },
    );
    expect(served).toEqual(["lustre.md"]);
    expect(published.map(({ pending, vectors }) => [pending > 100, vectors > 100])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it("never replace an index that has all its vectors", async () => {
    await run();
    writeFiles(corpus, many());
    expect((await run()).published.map(({ pending }) => pending)).toEqual([0]);
    const other = await run({}, { fingerprint: "two" });
    expect(other.published.map(({ pending }) => pending)).toEqual([0]);
  });

  it("replace the index of another corpus", async () => {
    await run();
    rmSync(corpus, { recursive: true });
    writeFiles(corpus, many());
    const { published, report } = await run();
    expect(published.map(({ pending }) => pending > 0)).toEqual([true, false]);
    expect(report).toMatchObject({ removed: 3, added: 30 });
  });

  it("are not published a second time after an abort that brought nothing", async () => {
    writeFiles(corpus, many());
    const fail = () => {
      throw new ModelError("unavailable", "The server is away.");
    };
    await expect(run({}, { before: fail })).rejects.toThrow("The server is away.");
    const first = await manifest();
    expect(first.pending).toBeGreaterThan(100);
    await expect(run({}, { before: fail })).rejects.toThrow(ModelError);
    expect((await manifest()).generation).toBe(first.generation);
  });
});

describe("a paid embedder without approval", () => {
  const paid = { paid: true };

  it("is sent nothing: words are served, with what is known already", async () => {
    const asked: { texts: number; tokens: number }[] = [];
    const refuse = (estimate: { texts: number; tokens: number }) => asked.push(estimate) < 0;
    const first = await run({ approve: refuse }, paid);
    expect(first.embedded).toEqual([]);
    expect(first.report).toMatchObject({ embedded: 0, tokens: 0, pending: 5, reused: 0 });
    expect(asked).toEqual([{ texts: 5, tokens: expect.any(Number) }]);
    expect(await documentsHolding("striping")).toEqual(["lustre.md"]);
    expect(await manifest()).toMatchObject({ pending: 5, vectors: 0 });
    expect((await run({ approve: refuse }, paid)).published).toEqual([]);

    expect((await run({}, paid)).embedded).toHaveLength(5);
    writeFiles(corpus, { "new.md": "# New\n\nSomething new was written.\n" });
    const later = await run({ approve: refuse }, paid);
    expect(later.report).toMatchObject({ pending: 1, reused: 4, added: 1 });
    expect(await manifest()).toMatchObject({ pending: 1, vectors: 5 });
    expect(await documentsHolding("written")).toEqual(["new.md"]);
  });

  it("leaves the index of another embedder alone while the corpus is the same", async () => {
    const free = await run({}, { fingerprint: "free" });
    const { published, report } = await run({ approve: () => false }, { ...paid, fingerprint: "paid" });
    expect(published).toEqual([]);
    expect(report).toMatchObject({ generation: free.report.generation, pending: 5 });
  });

  it("is not asked about when nothing is missing, nor for a free embedder", async () => {
    const never = () => {
      throw new Error("asked");
    };
    await run({ approve: never });
    await run({}, { ...paid, fingerprint: "paid" });
    unlinkSync(join(corpus, "lustre.md"));
    expect((await run({ approve: never }, { ...paid, fingerprint: "paid" })).report.removed).toBe(1);
  });
});

describe("a dry run", () => {
  it("needs no data folder and makes none", async () => {
    const { report, embedded } = await run({ dryRun: true });
    expect(report).toMatchObject({ documents: 3, added: 3, embedded: 5, generation: null });
    expect(report.tokens).toBeGreaterThan(0);
    expect(embedded).toEqual([]);
    expect(existsSync(data)).toBe(false);
  });

  it("touches nothing in one that is there, and counts only what is missing", async () => {
    const { report } = await run();
    writeFiles(corpus, { "new.md": "# New\n\nSomething new was written.\n" });
    const before = tree(data);
    const dry = await run({ dryRun: true });
    expect(dry.report).toMatchObject({ added: 1, embedded: 1, reused: 4, generation: report.generation });
    expect(tree(data)).toEqual(before);
  });
});

describe("the writer lock", () => {
  it("refuses a second writer, naming the first, and lets a dry run pass", async () => {
    const lock = takeWriterLock(data, layout.lock(data));
    const refused = await run().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LockedError);
    expect((refused as Error).message).toContain(`process ${process.pid} on `);
    expect((await run({ dryRun: true })).report.documents).toBe(3);
    lock.release();
    expect((await run()).report.documents).toBe(3);
  });

  it("is free again after an ingestion that failed", async () => {
    await expect(run({ corpus: join(corpus, "none") })).rejects.toThrow(CorpusError);
    expect((await run()).report.documents).toBe(3);
  });

  it("says what is wrong with a data folder that is a file, or a lock that is none", async () => {
    writeFileSync(data, "a file");
    await expect(run()).rejects.toThrow(`${data} is not a folder`);
    rmSync(data);
    writeFiles(data, {
      "writer.lock":
        "something else entirely, and longer than a header of SQLite, which has a hundred bytes in all, so here are some more",
    });
    const refused = await run().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OperatorError);
    expect(refused).not.toBeInstanceOf(LockedError);
    expect((refused as Error).message).toContain("writer.lock");
  });
});

describe("an ingestion that ends early", () => {
  it("keeps the batches committed before an abort and does not send them again", async () => {
    writeFiles(corpus, many());
    const stop = new AbortController();
    let batches = 0;
    const first = fakeEmbedder({ unit: "sentence", before: () => void (++batches === 4 && stop.abort()) });
    const aborted = await ingest({
      corpus,
      data,
      embedder: first,
      keepGenerations: 3,
      signal: stop.signal,
    }).catch((error: unknown) => error);
    expect(isAbort(aborted)).toBe(true);
    expect(first.embedded).toHaveLength(24);
    const second = await run();
    expect(second.embedded.filter((text) => first.embedded.includes(text))).toEqual([]);
    expect((await manifest()).pending).toBe(0);
  });

  it("can be aborted before it embeds", async () => {
    const aborted = await run({ signal: AbortSignal.abort() }).catch((error: unknown) => error);
    expect(isAbort(aborted)).toBe(true);
  });

  it("names a damaged store of vectors and leaves the index as it is", async () => {
    const { report } = await run();
    writeFileSync(layout.embeddings(data), "garbage ".repeat(1_000));
    writeFiles(corpus, { "new.md": "# New\n\nSomething new was written.\n" });
    await expect(run()).rejects.toThrow(`${layout.embeddings(data)} is damaged; delete it`);
    expect((await manifest()).generation).toBe(report.generation);
    unlinkSync(layout.embeddings(data));
    expect((await run()).embedded).toHaveLength(6);
  });

  it("names the store when a vector in it has the wrong length", async () => {
    const { fingerprint } = fakeEmbedder();
    const store = openVectorStore(layout.embeddings(data));
    store.add(fingerprint, ["It is a parallel one."], [[1, 2, 3]]);
    store.close();
    await expect(run()).rejects.toThrow(
      /"It is a parallel one\." is not 64 finite numbers; delete embeddings\.sqlite/,
    );
  });
});

describe("the plan", () => {
  it("puts every document of either side into exactly one part", () => {
    const side = fc
      .dictionary(fc.constantFrom("a", "b", "c", "d", "e"), fc.constantFrom("1", "2"))
      .map((hashes) => new Map(Object.entries(hashes)));
    fc.assert(
      fc.property(side, side, (now, before) => {
        const { added, changed, removed, unchanged } = plan(now, before);
        const all = [...added, ...changed, ...removed, ...unchanged];
        expect(all.sort()).toEqual([...new Set([...now.keys(), ...before.keys()])].sort());
        for (const id of added) expect(before.has(id)).toBe(false);
        for (const id of removed) expect(now.has(id)).toBe(false);
        for (const id of unchanged) expect(now.get(id)).toBe(before.get(id));
        for (const id of changed) expect(now.get(id)).not.toBe(before.get(id));
        expect(plan(now, now)).toMatchObject({ added: [], changed: [], removed: [] });
      }),
    );
  });
});

function tree(folder: string): unknown[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const { mtimeMs, size } = statSync(join(folder, name));
      return [name, mtimeMs, size];
    });
}
