import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { layout } from "../../src/index/embedded/layout.ts";
import { openEmbeddedIndex } from "../../src/index/embedded/read.ts";
import { copyVectorStore } from "../../src/models/vector-store.ts";
import { compiled } from "../../src/paths.ts";
import { temporaryFolder, writeFiles } from "../fixtures.ts";
import { runNode, startNode } from "../run-node.ts";
import { type OpenAIServer, startOpenAI } from "../servers/openai/index.ts";

const kills = 12;

function document(number: number, edition: number): string {
  const sections = Array.from(
    { length: 4 },
    (_, part) =>
      `## Part ${part}\n\nLustre text ${part} of document ${number} in edition ${edition} says something of its own.\n`,
  );
  return `# Document ${number}\n\n${sections.join("\n")}`;
}

async function openAI(latencyMs = 0) {
  const server = await startOpenAI({ dimensions: 32, latencyMs });
  onTestFinished(() => server.close());
  const env = {
    EMBEDDER: "openai",
    EMBEDDING_BASE_URL: server.url,
    OPENAI_API_KEY: server.key ?? "",
    EMBEDDING_DIMENSIONS: "32",
    EMBEDDING_BATCH: "8",
    EMBEDDING_CONCURRENCY: "2",
  };
  return { server, env };
}

describe("an ingestion that is killed", () => {
  it("leaves an index that opens, and what was committed is never sent again", async () => {
    const { server, env } = await openAI(5);
    const corpus = temporaryFolder();
    const data = temporaryFolder();
    const parameters = ["--corpus", corpus, "--data", data];
    const write = (edition: number) =>
      writeFiles(
        corpus,
        Object.fromEntries(
          Array.from({ length: 40 }, (_, number) => [`doc-${number}.md`, document(number, edition)]),
        ),
      );
    write(0);
    const started = performance.now();
    expect((await runNode("scripts/ingest", parameters, { env })).code).toBe(0);
    const whole = performance.now() - started;

    const instants: number[] = [];
    for (let round = 1; round <= kills; round++) {
      // A round in three finds new texts, the others what the killed ones left.
      write(Math.ceil(round / 3));
      const known = committed(data, server);
      const sent = server.embeddedTexts.length;
      // Spread evenly with a random part; the start of Node itself is of less interest.
      const instant = whole * (0.3 + (0.7 * (round - Math.random())) / kills);
      instants.push(Math.round(instant));
      const { child, ended } = startNode("scripts/ingest", parameters, { env });
      await setTimeout(instant);
      child.kill("SIGKILL");
      await ended;
      expect(await opens(data), `after a kill at ${instants.at(-1)} ms`).toBe(true);
      expect(server.embeddedTexts.slice(sent).filter((text) => known.has(text))).toEqual([]);
    }
    const sent = server.embeddedTexts.length;
    const before = committed(data, server);
    const last = await runNode("scripts/ingest", [...parameters, "--json"], { env });
    expect(last.code, `${instants}\n${last.stderr}`).toBe(0);
    expect(server.embeddedTexts.slice(sent).filter((text) => before.has(text))).toEqual([]);
    const index = await openEmbeddedIndex(data);
    expect(index.manifest).toMatchObject({ documents: 40, vectors: 160, pending: 0 });
    await index.close();
    expect(readdirSync(layout.generations(data)).filter((name) => name.startsWith("."))).toEqual([]);
  }, 60_000);

  it("resumes after a kill in the middle of embedding with what is left", async () => {
    const { server, env } = await openAI(40);
    const corpus = temporaryFolder();
    const data = temporaryFolder();
    writeFiles(
      corpus,
      Object.fromEntries(
        Array.from({ length: 40 }, (_, number) => [`doc-${number}.md`, document(number, 0)]),
      ),
    );
    const parameters = ["--corpus", corpus, "--data", data];
    const { child, ended } = startNode("scripts/ingest", parameters, { env });
    while (server.embeddedTexts.length < 64) await setTimeout(5);
    child.kill("SIGKILL");
    await ended;
    expect(await opens(data)).toBe(true); // by words, published before
    const known = committed(data, server);
    const sent = server.embeddedTexts.length;
    // All but the batches that were in flight or just arrived are committed.
    expect(known.size).toBeGreaterThanOrEqual(sent - 2 * 8);
    expect((await runNode("scripts/ingest", parameters, { env })).code).toBe(0);
    expect(server.embeddedTexts.slice(sent).filter((text) => known.has(text))).toEqual([]);
    expect(server.embeddedTexts.length - sent).toBe(160 - known.size);
  });
});

describe("a full disk", () => {
  it("is named, ends with 1, and the old index is served (file size limit)", async () => {
    const { env } = await openAI();
    const corpus = writeFiles(temporaryFolder(), { "a.md": document(0, 0) });
    const data = temporaryFolder();
    const parameters = ["--corpus", corpus, "--data", data];
    expect((await runNode("scripts/ingest", parameters, { env })).code).toBe(0);
    const generation = await currentOf(data);
    writeFiles(
      corpus,
      Object.fromEntries(
        Array.from({ length: 300 }, (_, number) => [`doc-${number}.md`, document(number, 0)]),
      ),
    );
    // Blocks of 1,024 bytes: the first stops the store of vectors, the last the database of the index.
    for (const limit of [24, 200]) {
      const script = `ulimit -f ${limit}; exec "$0" "$@"`;
      const variables = limit === 24 ? env : { EMBEDDER: "none" };
      const { status, stderr } = spawnSync(
        "bash",
        ["-c", script, process.execPath, compiled("scripts/ingest"), ...parameters],
        {
          env: { PATH: process.env.PATH, ...variables },
          encoding: "utf8",
          timeout: 30_000,
        },
      );
      expect([limit, status]).toEqual([limit, 1]);
      expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
        /The disk of .* is full .*free some space and run `npm run ingest`/,
      );
      expect(await currentOf(data)).toBe(generation);
    }
    expect((await runNode("scripts/ingest", parameters, { env })).code).toBe(0);
  }, 60_000);

  it("is named, ends with 1, and the old index is served (small file system)", async ({ skip }) => {
    const disk = temporaryFolder();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      return skip("mounting a file system is not permitted here");
    }
    onTestFinished(() => void execFileSync("umount", ["-l", disk]));
    const { env } = await openAI();
    const corpus = writeFiles(temporaryFolder(), { "a.md": document(0, 0) });
    const data = join(disk, "data");
    const parameters = ["--corpus", corpus, "--data", data];
    expect((await runNode("scripts/ingest", parameters, { env })).code).toBe(0);
    const generation = await currentOf(data);
    writeFiles(
      corpus,
      Object.fromEntries(
        Array.from({ length: 150 }, (_, number) => [`doc-${number}.md`, document(number, 0)]),
      ),
    );
    mkdirSync(join(disk, "other"));
    // Kilobytes left: nothing at all, some of the vectors, the vectors and some of the index, nearly everything.
    for (const left of [0, 120, 500, 900]) {
      fill(join(disk, "other"), left);
      const { code, stderr } = await runNode("scripts/ingest", parameters, { env });
      expect([left, code, lastLine(stderr)]).toEqual([
        left,
        1,
        expect.stringMatching(/^The disk of .* is full /),
      ]);
      expect(await currentOf(data)).toBe(generation);
    }
    rmSync(join(disk, "other"), { recursive: true });
    expect((await runNode("scripts/ingest", parameters, { env })).code).toBe(0);
    expect(await currentOf(data)).not.toBe(generation);
  }, 60_000);
});

/** Of all texts that were ever sent, those whose vectors are stored. */
function committed(data: string, server: OpenAIServer): Set<string> {
  const store = copyVectorStore(layout.embeddings(data));
  const texts = [...new Set(server.embeddedTexts)];
  const known = store.known("openai-compatible:text-embedding-3-small:32", texts);
  store.close();
  return new Set(texts.filter((_, index) => known.has(index)));
}

/** Fills the disk of a folder except for some kilobytes. */
function fill(folder: string, left: number): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  writeFileSync(join(folder, "reserve"), Buffer.alloc(left * 1024));
  const chunk = Buffer.alloc(4_096);
  try {
    for (let number = 0; number < 10_000; number++)
      writeFileSync(join(folder, `full-${number % 100}`), chunk, { flag: "a" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
  rmSync(join(folder, "reserve"));
}

async function currentOf(data: string): Promise<string> {
  const index = await openEmbeddedIndex(data);
  expect(await index.lexical(["lustr"], 1)).toHaveLength(1);
  await index.close();
  return index.manifest.generation;
}

async function opens(data: string): Promise<boolean> {
  if (!existsSync(layout.current(data))) return false;
  await currentOf(data);
  return true;
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
