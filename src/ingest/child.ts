import { type ChildProcess, fork } from "node:child_process";
import type { Config } from "../config.ts";
import { compiled } from "../paths.ts";
import type { Stage } from "./ingest.ts";

/** What the child process says while it works. */
export type IngestMessage =
  | { readonly kind: "progress"; readonly stage: Stage; readonly done: number; readonly total: number }
  | { readonly kind: "published"; readonly generation: string; readonly pending: number }
  | { readonly kind: "notice"; readonly text: string };

export type Published = Extract<IngestMessage, { kind: "published" }>;
export type Progress = Extract<IngestMessage, { kind: "progress" }>;

/** An ingestion in a process of its own, so that questions never queue behind it. */
export interface IngestChild {
  /** Undefined when the child ended without publishing, because nothing had changed or it failed. */
  readonly firstPublished: Promise<Published | undefined>;
  /** The last progress, for a host that wants to say how far it is. */
  readonly progress: Progress | undefined;
  /** A listener that comes later still receives the latest publication. */
  onPublished(listener: (published: Published) => void): void;
  onProgress(listener: (progress: Progress) => void): void;
  /** What the child had to say in the end: its fault, or a notice such as what embedding would cost; mostly empty. */
  readonly ended: Promise<string>;
  /** Receives one line on how the child ended, when there is something to say. */
  onEnded(listener: (line: string) => void): void;
  stop(): Promise<void>;
}

/** How long a stopped child may take to finish its batch before it is killed. */
const graceMs = 5_000;

export interface IngestChildOptions {
  /** Whatever a paid embedder costs is approved. */
  readonly yes?: boolean;
}

/** Starts an ingestion of the configured corpus. Its errors reach the `onEnded` listener, not the caller. */
export function startIngest(config: Config, { yes = false }: IngestChildOptions = {}): IngestChild {
  const flags = [
    "--corpus",
    config.CORPUS_DIR,
    "--data",
    config.DATA_DIR,
    "--background",
    ...(yes ? ["--yes"] : []),
  ];
  const child = fork(compiled("scripts/ingest"), flags, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
  });
  const said = lastLines(child);
  let progress: Progress | undefined;
  let published: Published | undefined;
  let notice = "";
  const ended = new Promise<string>((resolve) => {
    // "close" comes after all output was read, "exit" may not.
    child.once("close", (code) =>
      resolve([notice, code === 0 ? "" : said.text()].filter(Boolean).join("\n")),
    );
    child.once("error", (error) => resolve(`The ingestion could not be started: ${error.message}`));
  });
  const firstPublished = new Promise<Published | undefined>((resolve) => {
    child.on("message", (message: IngestMessage) => {
      if (message.kind === "progress") progress = message;
      else if (message.kind === "notice") notice = message.text;
      else {
        published = message;
        resolve(message);
      }
    });
    ended.then(() => resolve(undefined));
  });
  let stopped = false;
  return {
    firstPublished,
    ended,
    get progress() {
      return progress;
    },
    onPublished: (listener) => {
      if (published) listener(published);
      child.on("message", (message: IngestMessage) => message.kind === "published" && listener(message));
    },
    onProgress: (listener) => {
      child.on("message", (message: IngestMessage) => message.kind === "progress" && listener(message));
    },
    onEnded: (listener) => {
      // Whoever stops it need not be told that it has stopped.
      ended.then((text) => text && !stopped && listener(text));
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      stopped = true;
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
