import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Ended, runNode } from "../../run-node.ts";
import { composingReplier } from "../../servers/openai/composing.ts";
import { type OpenAIServer, startOpenAI } from "../../servers/openai/index.ts";

const folder = resolve("test/evaluate/live");
/** What the server makes of the lay questions, by a stretch of each. */
const rewordings = {
  "sit around bored": "low accelerator utilization, slow data loading, number of loader workers",
  "room is warm": "cause of thermal throttling of an accelerator, clogged filter",
};

export interface LiveRun extends Ended {
  readonly openai: OpenAIServer;
}

/**
 * Ingests the small invented corpus beside this file and runs `npm run eval -- --live` over its questions, as a
 * user would, against the local OpenAI that composes its answers. The caller closes the server.
 */
export async function runLive(
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
  prepare: (openai: OpenAIServer) => void = () => undefined,
): Promise<LiveRun> {
  const data = await mkdtemp(join(tmpdir(), "rackmate-live-"));
  const openai = await startOpenAI({ key: null });
  openai.reply(composingReplier(rewordings));
  prepare(openai);
  try {
    const words = { EMBEDDER: "none", LOG_LEVEL: "error" };
    const made = await runNode("scripts/ingest", ["--corpus", join(folder, "corpus"), "--data", data], {
      env: words,
    });
    if (made.code !== 0) throw new Error(`The fixture was not ingested: ${made.stderr}`);
    const sets = [
      "--questions",
      join(folder, "questions.jsonl"),
      "--unanswerable",
      join(folder, "unanswerable.jsonl"),
    ];
    const ended = await runNode("scripts/eval", ["--live", ...sets, "--data", data, ...parameters], {
      env: { ...words, OPENAI_BASE_URL: openai.url, CHAT_MODEL: "gpt-4o-mini", ...env },
    });
    return { ...ended, openai };
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}
