import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFiles } from "../fixtures.ts";
import { runNode } from "../run-node.ts";

let folder: string;
let corpus: string;
let data: string;
const fillers = [
  "Cooling",
  "Tape",
  "Power",
  "Firewall",
  "Backup",
  "Kernel",
  "Compiler",
  "Container",
  "Monitoring",
  "Ticketing",
  "Firmware",
  "Cabling",
  "Licences",
  "Training",
  "Billing",
  "Benchmark",
];
const withVectors = { EMBEDDER: "use-lite" };
const words = { EMBEDDER: "none" };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rackmate-test-"));
  data = join(folder, "data");
  corpus = writeFiles(join(folder, "corpus"), {
    "storage/lustre.md":
      "# Lustre\n\nLustre is a parallel file system that stripes files over object storage targets. Its metadata live on metadata servers.\n\n## Limits\n\nA Lustre file may be striped over 2,000 targets.\n",
    "network/nvlink.md":
      "# NVLink\n\nNVLink connects GPUs within a server. NVLink of the fourth generation gives each GPU 900 GB/s.\n",
    "records.jsonl":
      '{"_id": "slurm-1", "title": "Slurm", "text": "Slurm is a scheduler that places jobs on the nodes of a cluster."}\n',
  });
  // In a handful of passages no word is rare, and a gate that weighs rarity answers nothing.
  for (const [number, topic] of fillers.entries()) {
    writeFiles(corpus, {
      [`more/filler-${number}.md`]: `# ${topic}\n\n${topic} belongs to another part of the machine room. Its supplier is number ${number}.\n`,
    });
  }
  const { code } = await runNode("scripts/ingest", ["--corpus", corpus, "--data", data], {
    env: withVectors,
  });
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = (stdout: string) => JSON.parse(stdout);
const records = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("ingest", () => {
  it("prints one JSON object and nothing else on standard output", async () => {
    const { code, stdout, stderr } = await runNode(
      "scripts/ingest",
      ["--corpus", corpus, "--data", data, "--json"],
      { env: withVectors },
    );
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({
      documents: 19,
      passages: 20,
      added: 0,
      changed: 0,
      removed: 0,
      reused: 20,
      embedded: 0,
      tokens: 0,
      generation: expect.stringMatching(/^\d{8}T/),
      seconds: expect.any(Number),
    });
    expect(stdout.trimEnd()).not.toContain("\n");
    expect(stderr).toContain("reading documents");
  });

  it("says in words that nothing changed, and takes folders from the environment", async () => {
    const { code, stdout } = await runNode("scripts/ingest", [], {
      env: { ...withVectors, CORPUS_DIR: corpus, DATA_DIR: data },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/19 documents, 20 passages: nothing changed, nothing embedded/);
  });

  it("plans without a data folder and makes none under --dry-run", async () => {
    const none = join(folder, "none");
    const { code, stdout } = await runNode(
      "scripts/ingest",
      ["--corpus", corpus, "--data", none, "--dry-run", "--json"],
      { env: withVectors },
    );
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({ documents: 19, added: 19, embedded: 38, generation: null });
    expect(existsSync(none)).toBe(false);
  });

  it("ends with 2 and names file, line and reason when a document was left out, with 1 under --strict", async () => {
    const broken = writeFiles(join(folder, "broken"), {
      "good.md": "# Good\n\nGood text is here.\n",
      "bad.md": "---\ntitle: [a\n---\n",
    });
    const own = join(folder, "broken-data");
    const lax = await runNode("scripts/ingest", ["--corpus", broken, "--data", own], { env: words });
    expect(lax.code).toBe(2);
    expect(lax.stdout).toMatch(/not ingested: bad\.md:2: the front matter is not valid YAML/);
    const strict = await runNode(
      "scripts/ingest",
      ["--corpus", broken, "--data", own, "--strict", "--json"],
      { env: words },
    );
    expect([strict.code, strict.stdout]).toEqual([1, ""]);
    expect(strict.stderr).toMatch(/--strict.*bad\.md:2/);
  });

  it.each([
    [["--corpus", "/nowhere/at/all"], /"\/nowhere\/at\/all" does not exist/],
    [["--what"], /Unknown option '--what'\. Usage: npm run ingest/],
    [["folder"], /Unexpected "folder"\. Usage/],
    [["--corpus"], /Usage/],
  ])("refuses %j in one line", async (parameters, reason) => {
    const { code, stdout, stderr } = await runNode("scripts/ingest", [...parameters], { env: words });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(reason);
    expect(lastLine(stderr)).toMatch(reason);
  });

  it("refuses a wrong variable by name", async () => {
    const { code, stderr } = await runNode("scripts/ingest", [], {
      env: { EMBEDDER: "magic", KEEP_GENERATIONS: "0" },
    });
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(/EMBEDDER: .*KEEP_GENERATIONS: /)]);
  });
});

describe("ask", () => {
  it("answers with citations as one JSON object", async () => {
    const { code, stdout } = await runNode("scripts/ask", ["what is lustre", "--data", data, "--json"], {
      env: withVectors,
    });
    expect(code).toBe(0);
    const answer = json(stdout);
    expect(answer).toMatchObject({
      id: null,
      status: "answered",
      mode: "extractive",
      nearest: [],
      generation: expect.any(String),
      latencyMs: expect.any(Number),
    });
    expect(answer.citations[0]).toMatchObject({
      n: 1,
      document: "storage/lustre.md",
      title: "Lustre",
      url: null,
      quote: expect.stringContaining("parallel file system"),
    });
    expect(answer.citations[0].lines).toEqual([3, 3]);
    for (const claim of answer.claims) expect(claim.citations.length).toBeGreaterThan(0);
    expect(answer.verdicts).toEqual([]);
    expect(answer.trace).toBeUndefined();
  });

  it("explains with --explain, as tables and as JSON", async () => {
    const parameters = ["what is lustre", "--data", data, "--detail", "full", "--explain"];
    const shown = await runNode("scripts/ask", parameters, { env: words });
    expect(shown.stdout).toMatch(/Searched for: what is lustre/);
    expect(shown.stdout).toMatch(/term .*also searched for/);
    expect(shown.stdout).toMatch(/words .*meaning .*fused .*relevance/);
    expect(shown.stdout).toMatch(/log-odds/);
    const { stdout } = await runNode("scripts/ask", [...parameters, "--json"], { env: words });
    expect(json(stdout).trace).toMatchObject({ asked: "what is lustre", band: "answer" });
  });

  it("answers records from JSONL documents, with a URL below CORPUS_URL_BASE", async () => {
    const { stdout } = await runNode("scripts/ask", ["what is slurm", "--data", data, "--json"], {
      env: { ...words, CORPUS_URL_BASE: "https://x.example/docs/" },
    });
    expect(json(stdout).citations[0]).toMatchObject({
      document: "slurm-1",
      url: "https://x.example/docs/slurm-1#L1-L1",
    });
  });

  it("shows text and numbered sources without --json", async () => {
    const { code, stdout } = await runNode("scripts/ask", ["what does nvlink connect", "--data", data], {
      env: words,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/900 GB\/s/);
    expect(stdout).toMatch(/\[1\] NVLink \(network\/nvlink\.md, lines 3–3\)/);
  });

  it("answers any question, one line each, in batch", async () => {
    const questions = [
      "?",
      "x".repeat(10_000),
      "lustre ".repeat(1_500),
      "🦙🦙🦙",
      'lustre" OR NEAR("nvlink" AND (NOT x*',
      "'; drop table passages; --",
      "@everyone what is lustre",
      "title:lustre ^a",
      "\0lustre\0",
      "half \ud83d pair",
      "  ",
      "ｌｕｓｔｒｅ",
    ];
    const file = join(folder, "questions.jsonl");
    writeFileSync(file, questions.map((question, id) => `${JSON.stringify({ id, question })}\n`).join("\n"));
    const { code, stdout, stderr } = await runNode("scripts/ask", ["--batch", file, "--data", data], {
      env: words,
    });
    expect([code, stderr]).toEqual([0, ""]);
    const answers = records(stdout);
    expect(answers.map(({ id }) => id)).toEqual(questions.map((_, id) => String(id)));
    for (const { status } of answers) expect(["answered", "no_evidence", "declined"]).toContain(status);
    expect(answers[3]).toMatchObject({ status: "declined", reason: "ambiguous" });
    expect(answers[6].text).not.toContain("@everyone");
  });

  it("uses the history of a batch line", async () => {
    const file = join(folder, "history.jsonl");
    const history = [
      { role: "user", content: "what is lustre" },
      { role: "assistant", content: "A parallel file system." },
    ];
    writeFileSync(
      file,
      `${JSON.stringify({ id: "a", question: "over how many targets can it be striped?", history })}\n`,
    );
    const { stdout } = await runNode("scripts/ask", ["--batch", file, "--data", data], { env: words });
    expect(records(stdout)[0]).toMatchObject({ id: "a", status: "answered" });
    expect(records(stdout)[0].citations[0].document).toBe("storage/lustre.md");
  });

  it.each([
    [[], /Usage: npm run ask/],
    [["a", "--batch", "b"], /Usage: npm run ask/],
    [["a", "--detail", "long"], /--detail is short or full, not long/],
    [["a", "--top", "3"], /Unknown option '--top'/],
    [["--batch", "/nowhere.jsonl"], /\/nowhere\.jsonl cannot be read/],
    [["a", "--data", "/nowhere"], /no index in \/nowhere; run `npm run ingest`/],
  ])("refuses %j in one line", async (parameters, reason) => {
    const { code, stdout, stderr } = await runNode("scripts/ask", [...parameters], { env: words });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(reason)]);
  });

  it("names the line of a bad batch record and answers nothing", async () => {
    const file = join(folder, "bad.jsonl");
    writeFileSync(file, '{"id": 1, "question": "lustre"}\n{"id": 2}\n');
    const { code, stdout, stderr } = await runNode("scripts/ask", ["--batch", file, "--data", data], {
      env: words,
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`${file}:2 is not`);
  });

  it("serves words and names the command when the index belongs to another embedder", async () => {
    const env = {
      EMBEDDER: "openai",
      OPENAI_API_KEY: "sk-test",
      CHAT_MODEL: "",
      OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
      EMBEDDING_DIMENSIONS: "64",
    };
    const { code, stdout, stderr } = await runNode("scripts/search", ["lustre", "--data", data, "--json"], {
      env,
    });
    expect(code).toBe(0);
    expect(json(stdout).hits[0].document).toBe("storage/lustre.md");
    expect(stderr).toMatch(/searching by words only\. Run `npm run ingest`/);
  });
});

describe("search", () => {
  it.each(["hybrid", "lexical", "vector"])("finds with --retriever %s", async (retriever) => {
    const { code, stdout } = await runNode(
      "scripts/search",
      ["parallel file system stripes", "--data", data, "--top", "2", "--retriever", retriever, "--json"],
      { env: withVectors },
    );
    expect(code).toBe(0);
    const { id, hits, latencyMs } = json(stdout);
    expect([id, typeof latencyMs]).toEqual([null, "number"]);
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.length).toBeLessThanOrEqual(2);
    expect(hits[0]).toEqual({
      document: "storage/lustre.md",
      heading: [],
      lines: [3, 3],
      score: expect.any(Number),
    });
  });

  it("searches a batch, one record a line, and shows a table without --json", async () => {
    const file = join(folder, "queries.jsonl");
    writeFileSync(file, '{"id": "q1", "query": "nvlink"}\n\n{"id": "q2", "query": "🦙 \\" OR"}\n');
    const batch = await runNode("scripts/search", ["--batch", file, "--data", data], { env: words });
    expect(batch.code).toBe(0);
    const [first, second] = records(batch.stdout);
    expect(first).toMatchObject({ id: "q1" });
    expect(first.hits[0].document).toBe("network/nvlink.md");
    expect(second).toMatchObject({ id: "q2", hits: [] });
    const table = await runNode("scripts/search", ["nvlink", "--data", data], { env: words });
    expect(table.stdout).toContain("network/nvlink.md");
    expect((await runNode("scripts/search", ["zebra", "--data", data], { env: words })).stdout).toBe(
      "Nothing found.\n",
    );
  });

  it.each([
    [["x", "--top", "0"]],
    [["x", "--top", "many"]],
    [["x", "--retriever", "magic"]],
    [[]],
    [["x", "--json=yes"]],
  ])("refuses %j in one line", async (parameters) => {
    const { code, stdout, stderr } = await runNode("scripts/search", [...parameters], { env: words });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(/Usage: npm run search/)]);
  });
});

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
