import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { compiled } from "../src/paths.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  /** Flags of Node itself. */
  readonly node?: readonly string[];
  readonly cwd?: string;
}

/**
 * Starts a compiled entry point (`scripts/ask`) as a user would, with nothing of this process's configuration:
 * no variable but those given, and no `.env` of the project.
 */
export function startNode(
  module: string,
  parameters: readonly string[],
  options: RunOptions = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const { env = {}, input = "", node = [], cwd = tmpdir() } = options;
  const child = spawn(process.execPath, [...node, compiled(module), ...parameters], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", ...env },
    stdio: "pipe",
  } satisfies SpawnOptions);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (piece: string) => (stdout += piece));
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => (stderr += piece));
  // A child that ends before it has read everything is no fault of the test.
  child.stdin?.on("error", () => undefined).end(input);
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  return { child, ended };
}

export function runNode(
  module: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  return startNode(module, parameters, options).ended;
}
