import cliProgress from "cli-progress";
import type { Stage } from "../ingest/ingest.ts";

const verbs: Record<Stage, string> = {
  read: "reading documents",
  split: "splitting into passages",
  embed: "embedding sentences",
  publish: "publishing the index",
};

/** Shows how far an ingestion is, on standard error: a bar on a terminal, one plain line a stage otherwise. */
export function ingestProgress(output: NodeJS.WriteStream = process.stderr): {
  update(stage: Stage, done: number, total: number): void;
  stop(): void;
} {
  if (!output.isTTY) return plainProgress(output);
  let bar: cliProgress.SingleBar | undefined;
  let current: Stage | undefined;
  return {
    update(stage, done, total) {
      if (stage !== current) {
        bar?.stop();
        current = stage;
        bar = new cliProgress.SingleBar({
          stream: output,
          format: `${verbs[stage].padEnd(24)} {bar} {value}/{total}  {eta_formatted} left`,
          barCompleteChar: "█",
          barIncompleteChar: "░",
          hideCursor: true,
          barsize: 30,
        });
        bar.start(total, done);
      }
      bar?.update(done);
    },
    stop: () => bar?.stop(),
  };
}

function plainProgress(output: NodeJS.WriteStream) {
  let current: Stage | undefined;
  return {
    update(stage: Stage, _done: number, total: number) {
      if (stage === current) return;
      current = stage;
      output.write(`${verbs[stage]} (${total})\n`);
    },
    stop: () => undefined,
  };
}
