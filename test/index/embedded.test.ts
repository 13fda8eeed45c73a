import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IndexError, OperatorError } from "../../src/errors.ts";
import { files, layout } from "../../src/index/embedded/layout.ts";
import { openIndex } from "../../src/index/embedded/open.ts";
import { openEmbeddedIndex } from "../../src/index/embedded/read.ts";
import { publish } from "../../src/index/embedded/write.ts";
import type { IndexContent, KnowledgeIndex } from "../../src/index/types.ts";
import { describeKnowledgeIndex, dimensions, sampleContent } from "../contracts/knowledge-index.ts";
import { temporaryFolder } from "../fixtures.ts";
import { bagOfWords } from "../servers/openai/vectors.ts";
import { reseal, rewriteManifest } from "./edit-published.ts";

const openers: readonly (readonly [string, (data: string) => Promise<KnowledgeIndex>])[] = [
  ["in this thread", openEmbeddedIndex],
  ["in a worker", openIndex],
];

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

for (const [name, open] of openers) {
  describeKnowledgeIndex(name, async (content) => {
    const data = mkdtempSync(join(tmpdir(), "rackmate-test-"));
    made.push(data);
    await publish(data, content, { keep: 1 });
    return open(data);
  });
}

describe("publishing", () => {
  it("makes the new generation current and keeps as many as asked, the newest", async () => {
    const data = temporaryFolder();
    const names: string[] = [];
    for (let round = 0; round < 4; round++)
      names.push((await publish(data, sampleContent(), { keep: 2 })).generation);
    const kept = readdirSync(layout.generations(data));
    expect(kept).toHaveLength(2);
    expect(kept).toContain(names[3]);
    expect(readFileSync(layout.current(data), "utf8")).toBe(`${names[3]}\n`);
    await publish(data, sampleContent(), { keep: 1 });
    expect(readdirSync(layout.generations(data))).toHaveLength(1);
  });

  it("removes what a crashed run left, and leaves a published file to be read only", async () => {
    const data = temporaryFolder();
    const left = join(layout.generations(data), ".building-20260101T000000Z-abcd");
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, files.database), "half");
    const { generation } = await publish(data, sampleContent(), { keep: 1 });
    expect(readdirSync(layout.generations(data))).toEqual([generation]);
    expect(readdirSync(layout.generation(data, generation)).sort()).toEqual([
      "SHA256SUMS",
      "index.sqlite",
      "vectors.hnsw",
    ]);
    const database = new Database(join(layout.generation(data, generation), files.database), {
      readonly: true,
    });
    expect(database.pragma("journal_mode", { simple: true })).toBe("delete");
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
    database.close();
  });

  it("refuses vectors that are not finite or of another length, and keeps the old generation", async () => {
    const data = temporaryFolder();
    const { generation } = await publish(data, sampleContent(), { keep: 3 });
    for (const vector of [[1, 2], bagOfWords("x", dimensions).fill(Number.NaN), []]) {
      const bad = { ...sampleContent(), vectors: [{ passage: 0, text: "bad", vector }] };
      await expect(publish(data, bad, { keep: 3 })).rejects.toThrow(IndexError);
    }
    expect(readdirSync(layout.generations(data))).toEqual([generation]);
    await (await openEmbeddedIndex(data)).close();
  });

  it("ends with its signal, and keeps the old generation", async () => {
    const data = temporaryFolder();
    const { generation } = await publish(data, sampleContent(), { keep: 3 });
    await expect(publish(data, sampleContent(), { keep: 3, signal: AbortSignal.abort() })).rejects.toThrow(
      /abort/i,
    );
    expect(readdirSync(layout.generations(data))).toEqual([generation]);
  });

  it("says when its folder cannot be used", async () => {
    const data = temporaryFolder();
    writeFileSync(join(data, "file"), "");
    await expect(publish(join(data, "file"), sampleContent(), { keep: 1 })).rejects.toThrow(OperatorError);
  });

  it("builds an index of nothing at all", async () => {
    const data = temporaryFolder();
    const empty: IndexContent = { ...sampleContent(), documents: [], passages: [], vectors: [] };
    await publish(data, empty, { keep: 1 });
    const index = await openEmbeddedIndex(data);
    expect(await index.lexical(["lustr"], 5)).toEqual([]);
    expect(await index.nearest(bagOfWords("x", dimensions), 5)).toEqual([]);
    await index.close();
  });
});

describe.each(openers)("a damaged index, opened %s", (_, open) => {
  let original: string;
  let generation: string;
  beforeAll(async () => {
    original = mkdtempSync(join(tmpdir(), "rackmate-test-"));
    made.push(original);
    ({ generation } = await publish(original, sampleContent(), { keep: 1 }));
  });

  type Damage = (folder: string, data: string) => void | Promise<void>;
  const graph = (folder: string) => join(folder, files.vectors);
  const database = (folder: string) => join(folder, files.database);
  const damages: Readonly<Record<string, Damage>> = {
    "vectors truncated": (folder) => truncateSync(graph(folder), 1_000),
    "vectors empty": (folder) => truncateSync(graph(folder), 0),
    "vectors foreign": (folder) => writeFileSync(graph(folder), "no graph at all ".repeat(500)),
    "vectors with one bit flipped in the links": (folder) => flip(graph(folder), 0.9),
    "vectors with one bit flipped in the header": (folder) => flip(graph(folder), 0.0002),
    "vectors missing": (folder) => unlinkSync(graph(folder)),
    "database truncated": (folder) => truncateSync(database(folder), 20_000),
    "database with one bit flipped": (folder) => flip(database(folder), 0.5),
    "database foreign": (folder) => writeFileSync(database(folder), "no database"),
    "database missing": (folder) => unlinkSync(database(folder)),
    "checksums missing": (folder) => unlinkSync(join(folder, files.checksums)),
    "checksums empty": (folder) => truncateSync(join(folder, files.checksums), 0),
    "checksums garbage": (folder) => writeFileSync(join(folder, files.checksums), "\0\0 what\n../../x y"),
    "generation missing": (folder) => rmSync(folder, { recursive: true }),
    "pointer garbage": (_folder, data) => writeFileSync(layout.current(data), "\0\u{1f4a5}../../etc"),
    "pointer empty": (_folder, data) => writeFileSync(layout.current(data), ""),
    "pointer missing": (_folder, data) => unlinkSync(layout.current(data)),
    "format unknown": (folder) => rewriteManifest(folder, (manifest) => ({ ...manifest, format: 999 })),
    "database foreign, with checksums that fit": async (folder) => {
      unlinkSync(database(folder));
      const other = new Database(database(folder));
      other.exec("create table things(a)");
      other.close();
      await reseal(folder);
    },
    "vectors foreign, with checksums that fit": async (folder) => {
      writeFileSync(graph(folder), "no graph at all ".repeat(500));
      await reseal(folder);
    },
    "vectors of another index, with checksums that fit": async (folder) => {
      const data = temporaryFolder();
      const content = sampleContent();
      const other = await publish(data, { ...content, vectors: content.vectors.slice(0, 10) }, { keep: 1 });
      copyFileSync(graph(layout.generation(data, other.generation)), graph(folder));
      await reseal(folder);
    },
  };

  it.each(Object.keys(damages))("is refused with the command that mends it: %s", async (name) => {
    const data = temporaryFolder();
    cpSync(original, data, { recursive: true });
    await damages[name]?.(layout.generation(data, generation), data);
    const refused = await open(data).then(
      async (index) => index.close(),
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(IndexError);
    expect((refused as Error).message).toMatch(/run `npm run ingest`/);
    expect((refused as Error).message).not.toContain("\n");
    await publish(data, sampleContent(), { keep: 3 });
    await (await open(data)).close();
  });

  it("says which format it has and which is read", async () => {
    const data = temporaryFolder();
    cpSync(original, data, { recursive: true });
    await rewriteManifest(layout.generation(data, generation), (manifest) => ({ ...manifest, format: 999 }));
    await expect(open(data)).rejects.toThrow(/has format 999 and this version reads \d+/);
  });

  it("turns damage that is met later into an IndexError", async () => {
    const data = temporaryFolder();
    cpSync(original, data, { recursive: true });
    const folder = layout.generation(data, generation);
    const edited = new Database(database(folder));
    edited.exec("update passages set data = '{' where row = 3; drop table synonyms;");
    edited.close();
    await reseal(folder);
    const index = await open(data);
    await expect(index.passages([3])).rejects.toThrow(IndexError);
    await expect(index.vocabulary()).rejects.toThrow(IndexError);
    expect(await index.passages([4])).toHaveLength(1);
    await index.close();
  });
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  const place = Math.floor(bytes.length * at);
  bytes[place] = (bytes[place] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
}
