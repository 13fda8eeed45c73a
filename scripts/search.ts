import { readConfig } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";
import { retrieve } from "../src/retrieve/retrieve.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { readBatch } from "../src/terminal/batch.ts";
import { runMain } from "../src/terminal/exit.ts";
import { openTools } from "../src/terminal/open.ts";
import { renderHits, searchRecord } from "../src/terminal/search-results.ts";

const usage =
  'npm run search -- "QUERY" [--data DIR] [--top N] [--retriever hybrid|lexical|vector] [--json], or --batch FILE.jsonl';
const kinds = ["hybrid", "lexical", "vector"] as const;

await runMain(async () => {
  const { values, positionals } = readArguments(
    {
      data: { type: "string" },
      top: { type: "string", default: "10" },
      retriever: { type: "string", default: "hybrid" },
      json: { type: "boolean" },
      batch: { type: "string" },
    },
    usage,
  );
  const kind = kinds.find((one) => one === values.retriever);
  const limit = Number(values.top);
  const [query] = positionals;
  if (
    !kind ||
    !Number.isInteger(limit) ||
    limit < 1 ||
    limit > 1_000 ||
    (query === undefined) === (values.batch === undefined)
  ) {
    throw new ConfigError(`Usage: ${usage}`);
  }
  const config = readConfig({ DATA_DIR: values.data });
  const batch = values.batch ? await readBatch(values.batch, "query") : [];
  const { index, embedder, close } = await openTools(
    { ...config, ...(kind === "lexical" ? { EMBEDDER: "none" } : {}) },
    (line) => process.stderr.write(`${line}\n`),
    { chat: false },
  );
  const search = async (id: string | null, text: string) => {
    const started = performance.now();
    const { hits } = await retrieve(text, index, embedder, { kind, limit });
    return searchRecord(id, hits, performance.now() - started);
  };
  try {
    for (const { id, text } of batch) process.stdout.write(`${JSON.stringify(await search(id, text))}\n`);
    if (query !== undefined) {
      const found = await search(null, query);
      process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : `${renderHits(found)}\n`);
    }
    return 0;
  } finally {
    await close();
  }
});
