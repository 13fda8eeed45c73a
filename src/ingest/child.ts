import { type ChildProcess, fork } from "node:child_process";
import type { Config } from "../config.ts";
import { compiled } from "../paths.ts";
import type { Stage } from "./ingest.ts";

/** What the child process says while it works. */
export type IngestMessage =
  | { readonly kind: "progress"; readonly stage: Stage; readonly done: number; readonly total: number }
  | { readonly kind: "published"; readonly generation: string; readonly pending: number };

export type Published = Extract<IngestMessage, { kind: "published" }>;
export type Progress = Extract<IngestMessage, { kind: "progress" }>;

/** An ingestion in a process of its own, so that questions never queue behind it. */
export interface IngestChild {
  /** Undefined when the child ended without publishing, because nothing had changed or it failed. */
  readonly firstPublished: Promise<Published | undefined>;
  /** The last progress, for a host that wants to say how far it is. */
  readonly progress: Progress | undefined;
  onPublished(listener: (published: Published) => void): void;
  onProgress(listener: (progress: Progress) => void): void;
  /** Receives one line on how the child ended, when there is something to say. */
  onEnded(listener: (line: string) => void): void;
  stop(): Promise<void>;
}

/** How long a stopped child may take to finish its batch before it is killed. */
const graceMs = 5_000;

/** Starts an ingestion of the configured corpus. Its errors reach the `onEnded` listener, not the caller. */
export function startIngest(config: Config): IngestChild {
  const child = fork(compiled("scripts/ingest"), ["--corpus", config.CORPUS_DIR, "--data", config.DATA_DIR, "--background"], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
  let progress: Progress | undefined;
  const said = lastLines(child);
  const ended = new Promise<number>((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
    child.once("error", () => resolve(1));
  });
  const firstPublished = new Promise<Published | undefined>((resolve) => {
    child.on("message", (message: IngestMessage) => {
      if (message.kind === "progress") progress = message;
      else resolve(message);
    });
    ended.then(() => resolve(undefined));
  });
  return {
    firstPublished,
    get progress() {
      return progress;
    },
    onPublished: (listener) => {
      child.on("message", (message: IngestMessage) => message.kind === "published" && listener(message));
    },
    onProgress: (listener) => {
      child.on("message", (message: IngestMessage) => message.kind === "progress" && listener(message));
    },
    onEnded: (listener) => {
      ended.then((code) => code !== 0 && said.text() && listener(said.text()));
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(kill);
    },
  };
}

/** Keeps the end of what a child prints, bounded. */
function lastLines(child: ChildProcess): { text(): string } {
  let kept = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (piece: string) => {
      kept = (kept + piece).slice(-4_000);
    });
  }
  return { text: () => kept.trim() };
}
