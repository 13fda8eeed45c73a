import { chmodSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CorpusError } from "../../src/errors.ts";
import { readFolder } from "../../src/ingest/read/folder.ts";
import { readMarkdown } from "../../src/ingest/read/markdown.ts";
import { Problem } from "../../src/ingest/read/problem.ts";
import { temporaryFolder, writeFiles } from "../fixtures.ts";

const read = (text: string, id = "a.md") => readMarkdown(id, text, "hash");
const texts = (text: string) => read(text).blocks.map((block) => block.text);

const ours = `---
title: Ceph storage
summary: What Ceph is.
tags: [Ceph, RADOS]
aliases: [ceph fs]
questions:
  - what is ceph
sources:
  - id: arch
    title: Architecture
    url: https://docs.ceph.com/arch
    date: 2023
    read: excerpt
reviewed: 2026-08-01
---
# Ceph

It is *open-source* storage.[^arch] It scales.
`;

describe("a Markdown document", () => {
  it("is read with our front matter", () => {
    const document = read(ours);
    expect(document).toMatchObject({
      id: "a.md",
      title: "Ceph storage",
      summary: "What Ceph is.",
      tags: ["Ceph", "RADOS"],
      aliases: ["ceph fs"],
      questions: ["what is ceph"],
      sources: [{ id: "arch", title: "Architecture", url: "https://docs.ceph.com/arch", date: "2023" }],
      reviewed: "2026-08-01",
      hash: "hash",
    });
    const [, paragraph] = document.blocks;
    expect(paragraph).toMatchObject({ kind: "paragraph", lines: [18, 18], notes: ["arch"] });
    expect(paragraph?.units).toEqual([
      { text: "It is open-source storage.", lines: [18, 18], notes: ["arch"] },
      { text: "It scales.", lines: [18, 18], notes: [] },
    ]);
  });

  it("takes its title from front matter, first heading, file name", () => {
    expect(read("---\ntitle: One\n---\n# Two\n").title).toBe("One");
    expect(read('---\ntitle: ""\n---\n# Two\n').title).toBe("Two");
    expect(read("Text.\n\n## Two *words*\n").title).toBe("Two words");
    expect(read("Text.", "area/gpu_direct-storage.md").title).toBe("gpu direct storage");
    expect(read("+++\ntitle = 'Hugo'\n+++\n# Two\n").title).toBe("Two");
    expect(read("").title).toBe("a");
  });

  it("gives tables row by row with their header, each row on its own line", () => {
    const [table] = read(
      "| GPU | Memory |\n|---|---:|\n| H100 | 80 GB[^n] |\n| H200 | **141 GB** |\n",
    ).blocks;
    expect(table).toMatchObject({ kind: "table", header: ["GPU", "Memory"], lines: [1, 4] });
    expect(table?.text).toBe("GPU | Memory\nH100 | 80 GB\nH200 | 141 GB");
    expect(table?.units).toEqual([
      { text: "H100 | 80 GB", lines: [3, 3], notes: ["n"] },
      { text: "H200 | 141 GB", lines: [4, 4], notes: [] },
    ]);
  });

  it("drops the marks of real footnotes and their definitions, and keeps their ids", () => {
    const { blocks } = read("Fast.[^1] Cheap.[^price]\n\n[^1]: Measured in 2024.\n[^price]: A list.\n");
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.units.map(({ text, notes }) => [text, notes])).toEqual([
      ["Fast.", ["1"]],
      ["Cheap.", ["price"]],
    ]);
  });

  it("keeps nested lists in order, what follows the nested items after them", () => {
    const [list] = read("1. one\n   - inner\n     more\n   - second\n\n   afterwards\n2. two\n").blocks;
    expect(list?.units).toEqual([
      { text: "1. one", lines: [1, 1], notes: [] },
      { text: "  - inner more", lines: [2, 3], notes: [] },
      { text: "  - second", lines: [4, 4], notes: [] },
      { text: "   afterwards", lines: [6, 6], notes: [] },
      { text: "2. two", lines: [7, 7], notes: [] },
    ]);
    expect(list?.lines).toEqual([1, 7]);
  });

  it("keeps code as written, with its language", () => {
    const [code] = read("```bash\nsrun  --gpus=8 \\\n  train.py\n```\n").blocks;
    expect(code).toMatchObject({
      kind: "code",
      language: "bash",
      text: "srun  --gpus=8 \\\n  train.py",
      lines: [1, 4],
    });
  });

  it("reads quotes, links and text in HTML; not comments, scripts, styles, images and shortcodes", () => {
    expect(texts("> A [link](https://x.example) here.\n")).toEqual(["A link here."]);
    expect(texts("<!-- secret\n\nplan -->\n")).toEqual([]);
    expect(
      texts("<div>\nShown <b>text</b>.\n<script>let hidden = 1;</script>\n<style>p{}</style>\n</div>\n"),
    ).toEqual(["Shown text ."]);
    expect(texts("Before <script>hidden()</script>after <!-- gone -->end.\n")).toEqual(["Before after end."]);
    expect(texts('See ![a diagram](x.png) here {{< ref "x" >}}.\n')).toEqual(["See here ."]);
    expect(texts(":::note\n\nInside.\n\n:::\n")).toEqual(["Inside."]);
  });

  it("knows the line of every sentence in wrapped text", () => {
    const text =
      "First sentence ends\nhere. Second one\nis longer.\nThird with {{< figure\nx=1 >}} a call. Fourth\nmails a_b@x.example or www.x_y.example now.";
    expect(read(text).blocks[0]?.units.map(({ lines }) => lines)).toEqual([
      [1, 2],
      [2, 3],
      [4, 5],
      [5, 6],
    ]);
  });

  it("keeps lines within the file when a line end is a character reference", () => {
    expect(read("a&#10;b&#10;c d").blocks[0]?.units[0]?.lines).toEqual([1, 1]);
  });

  it("tolerates the front matter of other sites", () => {
    const document = read(
      "---\ntitle: 2024\ntags: storage\nauthor: {name: A, at: [1]}\ndate: 2024-01-02\nreviewed: [x]\nlayout:\n---\nText.\n",
    );
    expect(document).toMatchObject({ title: "2024", tags: ["storage"], sources: [] });
    expect(document).not.toHaveProperty("reviewed");
    expect(read("---\nsources: none\n---\nText.\n").sources).toEqual([]);
    expect(read("---\n---\nText.\n").title).toBe("a");
    expect(read("---\ndescription: Short.\n---\nText.\n").summary).toBe("Short.");
  });

  it("reads what stands between two thematic breaks, if it is not front matter", () => {
    expect(texts("---\n\nJust words.\n\n---\n\nMore.\n")).toEqual(["Just words.", "More."]);
    expect(texts("---\n\n| a |\n| --- |\n| [b |\n\n---\n")).toEqual(["a\n[b"]);
    expect(texts("---\n- a\n- b\n---\n")).toEqual(["- a\n- b"]);
    expect(read("---\n\n# A slide\n\n---\n").title).toBe("A slide");
  });

  it.each([
    ["---\ntitle: x\ntags: [a, b\n---\n", 3, "not valid YAML"],
    ["---\ntitle: a: b\n---\n", 2, "not valid YAML"],
    ["---\none: 1\ntwo: 2\none: 3\n---\n", 4, "Map keys must be unique"],
    ["---\ntitle: *emphasis\n---\n", 2, "not valid YAML"],
    ["---\n- a: 1\n  b: 2\n---\n", 2, "field: value"],
    [
      "---\nsummary: x\nquestions: [q]\nsources:\n  - id: a\n    title: A\n    url: nowhere\n---\n",
      7,
      "sources.0.url",
    ],
    [
      "---\nsummary: x\nquestions: [q]\nsources:\n  - id: a\n    title: A\n    url: https://a.example\n  - id: b\n    url: https://b.example\n---\n",
      8,
      "sources.1.title",
    ],
  ])("refuses front matter that cannot be used, with the line: %j", (text, line, reason) => {
    const problem = problemOf(() => read(text));
    expect([problem.line, problem.message]).toEqual([line, expect.stringContaining(reason)]);
    expect(problem.message).not.toMatch(/at line|\n/);
  });

  it("refuses aliases that multiply without end", () => {
    const levels = Array.from(
      { length: 12 },
      (_, index) =>
        `l${index + 1}: &l${index + 1} [${Array(12)
          .fill(index === 0 ? "x" : `*l${index}`)
          .join(", ")}]`,
    );
    expect(problemOf(() => read(`---\n${levels.join("\n")}\n---\n`)).message).toContain("not valid YAML");
  });
});

describe("a corpus folder", () => {
  it("gives documents by path, whatever the case of their extension, sorted", async () => {
    const folder = writeFiles(temporaryFolder(), {
      "b/two.MD": "# Two",
      "a.markdown": "# A",
      "b/one.mdx": "# One",
      "notes.txt": "no",
      ".hidden.md": "no",
      "node_modules/x/readme.md": "no",
    });
    const { documents, rejected } = await readFolder(folder);
    expect(documents.map(({ id }) => id)).toEqual(["a.markdown", "b/one.mdx", "b/two.MD"]);
    expect(rejected).toEqual([]);
  });

  it("leaves out what .rackmateignore names", async () => {
    const folder = writeFiles(temporaryFolder(), {
      ".rackmateignore": "# generated\r\nREADME.md\r\ndrafts/\r\n*.tmp.md\r\n!keep.tmp.md\r\n",
      "README.md": "no",
      "a/README.md": "no",
      "drafts/x.md": "no",
      "y.tmp.md": "no",
      "keep.tmp.md": "yes",
      "a/b.md": "yes",
    });
    const { documents } = await readFolder(folder);
    expect(documents.map(({ id }) => id)).toEqual(["a/b.md", "keep.tmp.md"]);
  });

  it("reads a byte order mark and Windows line ends as nothing special", async () => {
    const plain = "---\ntitle: T\n---\n# H\n\nOne. Two.\n\n- a\n- b\n";
    const folder = writeFiles(temporaryFolder(), {
      "a.md": plain,
      "b.md": `\uFEFF${plain.replaceAll("\n", "\r\n")}`,
    });
    const [a, b] = (await readFolder(folder)).documents.map((raw) => raw.parse());
    expect(b?.blocks).toEqual(a?.blocks);
    expect(b?.title).toBe("T");
  });

  it("reports what cannot be read with file, line and reason, and reads the rest", async () => {
    const folder = writeFiles(temporaryFolder(), {
      "good.md": "# Good",
      "latin1.md": Buffer.from("# Caf\u00e9?\nnaïve \uFFFD\nna\u00efve", "utf8"),
      "broken.md": Buffer.concat([
        Buffer.from("# One\n\n\uFFFD is a character\n"),
        Buffer.from([0x6e, 0x61, 0xef, 0x76, 0x65, 0x0a]),
      ]),
      "utf16.md": Buffer.from("\uFEFF# One", "utf16le"),
    });
    const { documents, rejected } = await readFolder(folder);
    expect(documents.map(({ id }) => id)).toEqual(["good.md", "latin1.md"]);
    expect(rejected).toEqual([
      { file: "broken.md", line: 4, reason: expect.stringContaining("not UTF-8") },
      { file: "utf16.md", line: 1, reason: expect.stringContaining("not UTF-8") },
    ]);
  });

  it("reports a file that it may not read", async ({ skip }) => {
    const folder = writeFiles(temporaryFolder(), { "a.md": "# A", "secret.md": "# S" });
    chmodSync(join(folder, "secret.md"), 0);
    if (canRead(join(folder, "secret.md"))) return skip("this user may read every file");
    const { documents, rejected } = await readFolder(folder);
    expect(documents.map(({ id }) => id)).toEqual(["a.md"]);
    expect(rejected).toEqual([{ file: "secret.md", line: 1, reason: expect.stringContaining("EACCES") }]);
  });

  it("refuses a document above 16 MB but takes a collection of records of that size", async () => {
    const record = `${JSON.stringify({ _id: "r", text: "x".repeat(17 * 1024 * 1024) })}\n`;
    const folder = writeFiles(temporaryFolder(), { "a.md": "# A", "big.md": "# B", "records.jsonl": record });
    truncateSync(join(folder, "big.md"), 16 * 1024 * 1024 + 1);
    const { documents, rejected } = await readFolder(folder);
    expect(documents.map(({ id }) => id)).toEqual(["a.md", "r"]);
    expect(rejected).toEqual([{ file: "big.md", line: 1, reason: "larger than 16 MB; split it" }]);
  });

  it("reads JSONL records; a bad line leaves the others", async () => {
    const lines = [
      '{"_id": "d1", "title": "One", "text": "Text of one.\\nSecond line."}',
      "not json",
      "",
      '{"_id": 7, "text": "# Heading\\n\\nNo title."}',
      '{"title": "No id", "text": "x"}',
      '{"_id": "d1", "text": "again"}',
      '{"_id": "", "text": "x"}',
      '{"_id": "d2", "title": null, "text": ""}',
      '{"_id": "d3", "text": 5}',
      '["d4"]',
    ];
    const folder = writeFiles(temporaryFolder(), { "c.jsonl": `\uFEFF${lines.join("\r\n")}` });
    const { documents, rejected } = await readFolder(folder);
    expect(documents.map(({ id, line }) => [id, line])).toEqual([
      ["d1", 1],
      ["7", 4],
      ["d2", 8],
    ]);
    expect(documents.map((raw) => raw.parse().title)).toEqual(["One", "Heading", "d2"]);
    expect(documents[0]?.parse().blocks[0]?.units.map((unit) => unit.lines)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(rejected.map(({ line }) => line)).toEqual([2, 5, 6, 7, 9, 10]);
    expect(rejected[0]?.reason).toBe("not valid JSON");
    expect(rejected[2]?.reason).toBe('the id "d1" is already taken by c.jsonl');
  });

  it("names the record's line when its text cannot be parsed", async () => {
    const folder = writeFiles(temporaryFolder(), {
      "c.jsonl": `{"_id": "ok", "text": "x"}\n${JSON.stringify({ _id: "bad", text: "---\na: 1\nb: [\n---\n" })}\n`,
    });
    const { documents } = await readFolder(folder);
    expect(problemOf(() => documents[1]?.parse()).line).toBe(2);
  });

  it("keeps the first of two documents with one id, across files", async () => {
    const folder = writeFiles(temporaryFolder(), {
      "a.jsonl": '{"_id": "b.md", "text": "record"}',
      "b.md": "file",
    });
    const { documents, rejected } = await readFolder(folder);
    expect(documents).toHaveLength(1);
    expect(rejected).toEqual([
      { file: "b.md", line: 1, reason: 'the id "b.md" is already taken by a.jsonl' },
    ]);
  });

  it("refuses a missing or empty folder and a file, with the remedy", async () => {
    const folder = writeFiles(temporaryFolder(), { "file.md": "# A" });
    mkdirSync(join(folder, "empty"));
    await expect(readFolder(join(folder, "none"))).rejects.toThrow(CorpusError);
    await expect(readFolder(join(folder, "none"))).rejects.toThrow(
      /"[^"]*none" does not exist; set CORPUS_DIR or --corpus/,
    );
    await expect(readFolder(join(folder, "file.md"))).rejects.toThrow(CorpusError);
    await expect(readFolder(join(folder, "empty"))).rejects.toThrow(/holds no \.md or \.jsonl file/);
    writeFiles(folder, { ".rackmateignore": "*.md" });
    await expect(readFolder(folder)).rejects.toThrow(CorpusError);
  });

  it("stops when its signal fires", async () => {
    const folder = writeFiles(temporaryFolder(), { "a.md": "# A" });
    await expect(readFolder(folder, undefined, AbortSignal.abort())).rejects.toThrow("abort");
  });
});

function problemOf(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("A Problem was expected.");
}

function canRead(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
