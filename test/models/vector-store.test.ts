import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IndexError, OperatorError } from "../../src/errors.ts";
import { copyVectorStore, openVectorStore } from "../../src/models/vector-store.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rackmate-test-"));
  path = join(folder, "embeddings.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("vector store", () => {
  it("gives back what was added, by text and fingerprint, in a later run too", () => {
    const first = openVectorStore(path);
    first.add(
      "a",
      ["one", "two"],
      [
        [1, 0.5],
        [0.25, -2],
      ],
    );
    first.add("b", ["one"], [[9, 9, 9]]);
    first.close();
    const store = openVectorStore(path);
    expect([...store.known("a", ["two", "three", "one"])]).toEqual([0, 2]);
    const found = store.find("a", ["two", "three", "one"]);
    expect([...found].map(([index, vector]) => [index, [...vector]])).toEqual([
      [0, [0.25, -2]],
      [2, [1, 0.5]],
    ]);
    expect([...(store.find("b", ["one"]).get(0) ?? [])]).toEqual([9, 9, 9]);
    store.close();
  });

  it("commits a batch whole or not at all, and replaces a text's vector", () => {
    const store = openVectorStore(path);
    expect(() => store.add("a", ["one", "two"], [[1, 2]])).toThrow(RangeError);
    expect(() =>
      store.add(
        "a",
        ["one", "two"],
        [
          [1, 2],
          [Number.NaN, 0],
        ],
      ),
    ).toThrow(RangeError);
    expect(store.known("a", ["one", "two"]).size).toBe(0);
    store.add("a", ["one"], [[1]]);
    store.add("a", ["one"], [[2]]);
    expect([...(store.find("a", ["one"]).get(0) ?? [])]).toEqual([2]);
    store.close();
  });

  it("takes any text", () => {
    const store = openVectorStore(path);
    const texts = ["", "\0", "🦙", "half \ud83d pair", "x".repeat(100_000)];
    store.add(
      "a",
      texts,
      texts.map((_, index) => [index]),
    );
    expect(store.known("a", texts).size).toBe(texts.length);
    store.close();
  });

  it("names a damaged file and what to do, when opening and when reading", () => {
    writeFileSync(path, "this is no database, whatever its name says".repeat(50));
    expect(() => openVectorStore(path)).toThrow(IndexError);
    expect(() => openVectorStore(path)).toThrow(`${path} is damaged; delete it and run \`npm run ingest\``);
    rmSync(path);
    const store = openVectorStore(path);
    const texts = Array.from({ length: 400 }, (_, index) => `text ${index}`);
    store.add(
      "a",
      texts,
      texts.map(() => Array.from({ length: 64 }, (_, index) => index)),
    );
    store.close();
    // Overwrites every page after the schema's, so that a look-up meets garbage.
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 8_192);
    writeFileSync(path, bytes);
    const damaged = openVectorStore(path);
    expect(() => damaged.find("a", texts)).toThrow(`${path} is damaged`);
    damaged.close();
  });

  it("says that the place is none or the file in use, and not that it is damaged", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => openVectorStore(join(folder, "file", "embeddings.sqlite"))).toThrow(OperatorError);
    expect(() => openVectorStore(join(folder, "file", "embeddings.sqlite"))).toThrow("cannot be written");
    const store = openVectorStore(path);
    const other = new Database(path, { timeout: 0 });
    other.exec("begin immediate");
    expect(() => store.add("a", ["one"], [[1]])).toThrow("in use by another program");
    other.close();
    store.close();
  });

  it("is read as a copy without touching its folder, also after a crash left its log behind", () => {
    const store = openVectorStore(path);
    store.add("a", ["one"], [[1]]);
    const before = snapshot(folder); // the log is not yet written back
    expect(before.map(({ name }) => name)).toContain("embeddings.sqlite-wal");
    const copy = copyVectorStore(path);
    expect(copy.known("a", ["one", "two"]).size).toBe(1);
    copy.close();
    expect(snapshot(folder)).toEqual(before);
    store.close();
  });

  it("is empty as a copy of nothing, and makes no file", () => {
    const empty = join(folder, "data");
    mkdirSync(empty);
    const copy = copyVectorStore(join(empty, "embeddings.sqlite"));
    expect(copy.known("a", ["one"]).size).toBe(0);
    copy.close();
    expect(readdirSync(empty)).toEqual([]);
  });
});

function snapshot(of: string) {
  return readdirSync(of)
    .sort()
    .map((name) => {
      const { mtimeMs, size } = statSync(join(of, name));
      return { name, mtimeMs, size };
    });
}
