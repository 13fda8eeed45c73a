import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Config, parseConfig } from "../../src/config.ts";
import { openIndex } from "../../src/index/embedded/open.ts";
import { type Published, startIngest } from "../../src/ingest/child.ts";
import { compiled } from "../../src/paths.ts";
import { temporaryFolder, writeFiles } from "../fixtures.ts";

afterEach(() => vi.unstubAllEnvs());

/** The child reads the environment itself, as the host did. */
function configure(variables: Record<string, string>): Config {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const folder = temporaryFolder();
  const corpus = writeFiles(join(folder, "corpus"), {
    "a.md": "# Lustre\n\nLustre stripes files over many targets.\n",
  });
  return parseConfig({ ...variables, CORPUS_DIR: corpus, DATA_DIR: join(folder, "data") });
}

describe("an ingestion in a child process", () => {
  it("publishes, tells a listener that comes late, and has nothing to say in the end", async () => {
    const config = configure({ EMBEDDER: "none" });
    const ingest = startIngest(config);
    const first = await ingest.firstPublished;
    expect(await ingest.ended).toBe("");
    const heard: Published[] = [];
    ingest.onPublished((published) => heard.push(published));
    expect(heard).toEqual([first]);
    const index = await openIndex(config.DATA_DIR, first?.generation);
    expect(await index.lexical(["lustr"], 1)).toHaveLength(1);
    await index.close();
    const again = startIngest(config);
    expect(await again.firstPublished).toBeUndefined();
    expect(await again.ended).toBe("");
    await again.stop();
  });

  it("serves words and says in a sentence what a paid embedder would cost", async () => {
    const config = configure({ EMBEDDER: "openai", OPENAI_API_KEY: "sk-test", EMBEDDING_PRICE: "200000" });
    const ingest = startIngest(config);
    expect(await ingest.firstPublished).toMatchObject({ pending: 1 });
    const said = await ingest.ended;
    expect(said).toMatch(
      /^Embedding 1 texts \(some \d+ tokens\) with text-embedding-3-small costs about \$\d+\.\d\d, so they are found by words only; run `npm run ingest` to embed them, or raise INGEST_MAX_COST\.$/,
    );
    const heard = new Promise((resolve) => ingest.onEnded(resolve));
    expect(await heard).toBe(said);
  });

  it("says why it failed", async () => {
    const config = configure({ EMBEDDER: "none" });
    const ingest = startIngest({ ...config, CORPUS_DIR: join(config.DATA_DIR, "none") });
    expect(await ingest.firstPublished).toBeUndefined();
    expect(await ingest.ended).toMatch(/does not exist; set CORPUS_DIR/);
  });

  it("names rejected documents although the others were published", async () => {
    const config = configure({ EMBEDDER: "none" });
    writeFiles(config.CORPUS_DIR, { "b.md": "---\na: [\n---\n" });
    const ingest = startIngest(config);
    expect(await ingest.firstPublished).toMatchObject({ pending: 0 });
    expect(await ingest.ended).toMatch(/^not ingested: b\.md:\d+: /);
  });

  it("can be stopped at once and twice", async () => {
    const ingest = startIngest(configure({ EMBEDDER: "none" }));
    await ingest.stop();
    await ingest.stop();
    await ingest.ended;
  });

  it("ends when its host is gone", async () => {
    const config = configure({ EMBEDDER: "use-lite" });
    writeFiles(config.CORPUS_DIR, {
      "long.md": Array.from(
        { length: 4_000 },
        (_, number) => `Sentence number ${number} is one of very many.`,
      ).join(" "),
    });
    const parameters = ["--corpus", config.CORPUS_DIR, "--data", config.DATA_DIR, "--background"];
    const child = fork(compiled("scripts/ingest"), parameters, {
      stdio: "ignore",
      serialization: "advanced",
    });
    await once(child, "message");
    child.disconnect();
    const [code] = await once(child, "exit");
    expect(code).toBe(130);
  });
});
