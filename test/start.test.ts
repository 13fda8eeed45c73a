import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFiles } from "./fixtures.ts";
import { type RunOptions, runNode } from "./run-node.ts";
import { startOpenAI } from "./servers/openai/index.ts";

let folder: string;
let corpus: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rackmate-test-"));
  const topics = [
    "Lustre",
    "Ceph",
    "NVLink",
    "Slurm",
    "Cooling",
    "Tape",
    "Power",
    "Firewall",
    "Backup",
    "Kernel",
    "Compiler",
    "Container",
  ];
  corpus = writeFiles(
    join(folder, "corpus"),
    Object.fromEntries(
      topics.map((topic, number) => [
        `${topic}.md`,
        `# ${topic}\n\n${topic} is part ${number} of the machine room. It stands in row ${number * 3}.\n`,
      ]),
    ),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (data: string, options: RunOptions = {}) =>
  runNode("src/main", [], {
    ...options,
    env: { CORPUS_DIR: corpus, DATA_DIR: join(folder, data), ...options.env },
  });

describe("npm start with piped input", () => {
  it("answers one question a line on a fresh data folder and ends with 0", async () => {
    const { code, stdout } = await start("fresh", {
      env: { EMBEDDER: "none" },
      input: "what is lustre\n\nwhat is ceph\nwhat is quantum chromodynamics",
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/Lustre is part 0.*Ceph is part 1.*nothing on this/s);
    expect(stdout.match(/\[1\] /g)).toHaveLength(2);
  });

  it("answers from an index that exists, with vectors", async () => {
    const made = await runNode("scripts/ingest", ["--corpus", corpus, "--data", join(folder, "made")]);
    expect(made.code).toBe(0);
    const { code, stdout } = await start("made", {
      input: "what is slurm\n:sources\n:quote 1\n:quit\nwhat is ceph\n",
    });
    expect(code).toBe(0);
    expect(stdout.match(/Slurm is part 3/g)?.length).toBeGreaterThan(1);
    expect(stdout).not.toContain("Ceph is part 1");
  });

  it("says in one line what keeps it from starting", async () => {
    const { code, stdout, stderr } = await start("none", {
      env: { CORPUS_DIR: join(folder, "nowhere"), EMBEDDER: "none" },
      input: "what is lustre\n",
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/nowhere" does not exist/);
    expect(stderr).not.toMatch(/ {2}at /);
  });

  it("loads neither LangChain nor the OpenAI client nor discord.js without a key and a token", async () => {
    const hook = join(folder, "loaded.mjs");
    const tell =
      'import { writeSync } from "node:fs"; export async function load(url, context, next) { writeSync(2, "loads " + url + "\\n"); return next(url, context); }';
    writeFileSync(
      hook,
      `import { register } from "node:module"; register("data:text/javascript,${encodeURIComponent(tell)}");`,
    );
    const { code, stderr } = await start("made", { node: ["--import", hook], input: "what is slurm\n" });
    expect(code).toBe(0);
    const loaded = stderr.match(/^loads .*/gm) ?? [];
    expect(loaded.some((line) => line.includes("/dist/src/answer/"))).toBe(true); // the hook works
    expect(
      loaded.filter((line) =>
        /node_modules\/(@langchain|langchain|openai|discord\.js|@discordjs)\//.test(line),
      ),
    ).toEqual([]);
  });
});

describe("npm start with a paid embedder", () => {
  it("spends nothing unasked: it serves words and says what embedding costs", async () => {
    const openai = await startOpenAI({ dimensions: 64 });
    // Only the address of OpenAI itself counts as paid, so requests to it are led to the local server.
    const redirect = join(folder, "redirect.mjs");
    writeFileSync(
      redirect,
      `const real = fetch; globalThis.fetch = (url, init) => real(String(url?.url ?? url).replace("https://api.openai.com/v1", ${JSON.stringify(openai.url)}), init);`,
    );
    const env = {
      EMBEDDER: "openai",
      OPENAI_API_KEY: openai.key ?? "",
      EMBEDDING_DIMENSIONS: "64",
      NODE_OPTIONS: `--import=${redirect}`,
      CHAT_MODEL: "",
    };
    const background = ["--corpus", corpus, "--data", join(folder, "paid"), "--background"];
    const refused = await runNode("scripts/ingest", background, { env });
    expect(refused.code).toBe(0);
    expect(openai.requests).toEqual([]);
    const free = await runNode("scripts/ingest", background, { env: { ...env, INGEST_MAX_COST: "0.01" } });
    expect([free.code, free.stderr]).toEqual([0, ""]);
    expect(openai.embeddedTexts).toHaveLength(12);
    await openai.close();
  });
});
