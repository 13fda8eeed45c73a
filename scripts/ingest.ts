import { readConfig } from "../src/config.ts";
import { ConfigError } from "../src/errors.ts";
import type { IngestMessage } from "../src/ingest/child.ts";
import { ingest } from "../src/ingest/ingest.ts";
import { createEmbedder } from "../src/models/create-embedder.ts";
import { isWithinBudget, unpaidNotice } from "../src/models/prices.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { runMain } from "../src/terminal/exit.ts";
import { describeRejected, describeReport } from "../src/terminal/ingest-report.ts";
import { ingestProgress } from "../src/terminal/progress.ts";

const usage =
  "npm run ingest -- [--corpus DIR] [--data DIR] [--dry-run] [--strict] [--without-questions] [--json]";

await runMain(async () => {
  const { values, positionals } = readArguments(
    {
      corpus: { type: "string" },
      data: { type: "string" },
      "dry-run": { type: "boolean" },
      strict: { type: "boolean" },
      "without-questions": { type: "boolean" },
      json: { type: "boolean" },
      // Started by a host: progress goes to it instead of the terminal, and only faults are printed.
      background: { type: "boolean" },
      // In the background: embed whatever it costs.
      yes: { type: "boolean" },
    },
    usage,
  );
  if (positionals.length > 0) throw new ConfigError(`Unexpected "${positionals[0]}". Usage: ${usage}`);
  const config = readConfig({ CORPUS_DIR: values.corpus, DATA_DIR: values.data });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  if (values.background) {
    // Without its host nobody would see the outcome. Listening must not keep the process alive.
    process.once("disconnect", () => stop.abort());
    process.channel?.unref();
  }
  // Whoever types the command wants it done; a host must not spend money unasked.
  const mayCost = !values.background || values.yes;
  // A host that leaves between the look and the sending is no fault: "disconnect" ends the run.
  const send = (message: IngestMessage) =>
    process.connected && process.send?.(message, undefined, undefined, () => {});
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
      withoutQuestions: values["without-questions"] ?? false,
      approve: ({ texts, tokens }) => {
        const approved = mayCost || isWithinBudget(config, tokens);
        if (!approved) send({ kind: "notice", text: unpaidNotice(config, texts, tokens) });
        return approved;
      },
      signal: stop.signal,
      onProgress: (stage, done, total) => {
        progress?.update(stage, done, total);
        send({ kind: "progress", stage, done, total });
      },
      onPublished: ({ generation, pending }) => {
        send({ kind: "published", generation, pending });
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
