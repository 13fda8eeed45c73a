import { readConfig } from "../src/config.ts";
import type { IngestMessage } from "../src/ingest/child.ts";
import { ingest } from "../src/ingest/ingest.ts";
import { createEmbedder } from "../src/models/create-embedder.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { runMain } from "../src/terminal/exit.ts";
import { describeRejected, describeReport } from "../src/terminal/ingest-report.ts";
import { ingestProgress } from "../src/terminal/progress.ts";

const usage = "npm run ingest -- [--corpus DIR] [--data DIR] [--dry-run] [--strict] [--json]";

await runMain(async () => {
  const { values } = readArguments(
    {
      corpus: { type: "string" },
      data: { type: "string" },
      "dry-run": { type: "boolean" },
      strict: { type: "boolean" },
      json: { type: "boolean" },
      // Started by a host: progress goes to it instead of the terminal, and only faults are printed.
      background: { type: "boolean" },
    },
    usage,
  );
  const config = readConfig({ CORPUS_DIR: values.corpus, DATA_DIR: values.data });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const embedder = await createEmbedder(config);
  const progress = values.background ? undefined : ingestProgress();
  try {
    const report = await ingest({
      corpus: config.CORPUS_DIR,
      data: config.DATA_DIR,
      embedder,
      keepGenerations: config.KEEP_GENERATIONS,
      dryRun: values["dry-run"] ?? false,
      strict: values.strict ?? false,
      signal: stop.signal,
      onProgress: (stage, done, total) => {
        progress?.update(stage, done, total);
        process.send?.({ kind: "progress", stage, done, total } satisfies IngestMessage);
      },
      onPublished: ({ generation, pending }) => {
        process.send?.({ kind: "published", generation, pending } satisfies IngestMessage);
      },
    });
    progress?.stop();
    if (values.background) process.stderr.write(describeRejected(report));
    else if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else process.stdout.write(describeReport(report, values["dry-run"] ?? false));
    return report.rejected.length > 0 ? 2 : 0;
  } finally {
    progress?.stop();
    await embedder?.close();
  }
});
