import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { unsupportedClaims } from "../src/evaluate/measures.ts";
import { compiled } from "../src/paths.ts";
import { handbook } from "./fakes/small-index.ts";
import { type LocalDiscord, startDiscord } from "./servers/discord/index.ts";
import { startOpenAI } from "./servers/openai/index.ts";

// The process that `npm start` runs, with the real clients, against a local Discord and a local OpenAI.

const key = "sk-test-end-to-end";

async function aFolder(): Promise<{ corpus: string; data: string }> {
  const folder = await mkdtemp(join(tmpdir(), "rackmate-end-"));
  for (const [path, content] of Object.entries(handbook)) {
    await mkdir(dirname(join(folder, "corpus", path)), { recursive: true });
    await writeFile(join(folder, "corpus", path), content);
  }
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { corpus: join(folder, "corpus"), data: join(folder, "data") };
}

async function startBot(
  discord: LocalDiscord,
  variables: Record<string, string> = {},
): Promise<ChildProcess & { said: () => string }> {
  const { corpus, data } = await aFolder();
  const child = spawn(process.execPath, [compiled("src/main")], {
    // Only what is given: the machine's own keys and tokens stay out.
    env: {
      PATH: process.env.PATH ?? "",
      CORPUS_DIR: corpus,
      DATA_DIR: data,
      DISCORD_TOKEN: "local-token",
      DISCORD_API_URL: discord.api,
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
  }
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  });
  return Object.assign(child, { said: () => text });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) =>
    child.exitCode === null ? child.once("exit", resolve) : resolve(child.exitCode),
  );
}

describe("the bot, end to end", () => {
  it("registers /ask, answers it with a citation, and leaves at SIGTERM with code 0", async () => {
    const discord = await startDiscord({ token: "local-token" });
    const bot = await startBot(discord);
    await discord.until(
      () => discord.registeredCommands().length > 0,
      20_000,
      "the bot to register its commands",
    );
    const [ada, general] = [discord.member("ada"), discord.channel("general")];
    const asked = await discord.slash(ada, general, "ask", { question: "what is lustre?" });
    await asked.settled(({ reply }) => reply?.content.includes("parallel file system") === true, 10_000);
    expect(asked.reply?.content).toContain("https://example.org/lustre-wiki");
    await discord.say(ada, general, "@bot how much memory does the H100 SXM have?");
    const answer = await discord.nextMessage(general, ({ content }) => content.includes("80 GB"), 10_000);
    await discord.say(ada, general, "and the H200 SXM?", { replyTo: answer });
    await discord.nextMessage(general, ({ content }) => content.includes("141 GB"), 10_000);
    await discord.say(ada, general, "@bot who won the world cup?");
    await discord.nextMessage(general, ({ content }) => /sources/i.test(content), 10_000);
    bot.kill("SIGTERM");
    expect(await ended(bot), bot.said()).toBe(0);
    await discord.close();
  }, 60_000);

  it("shows of a model's answer only what the cited passage says", async () => {
    const openai = await startOpenAI({ key, models: ["gpt-4o-mini"], dimensions: 64 });
    openai.reply(({ messages }) => {
      // The model reads the numbered passages and adds a figure and a citation that none of them holds.
      const prompt = JSON.stringify(messages);
      const number = /\[(\d+)\][^[]*?80 GB of HBM3/.exec(prompt)?.[1] ?? "1";
      return `The H100 SXM has 80 GB of HBM3 memory [${number}]. Its successor has 999 GB [${number}]. It costs 5 dollars [77].`;
    });
    const discord = await startDiscord({ token: "local-token" });
    const bot = await startBot(discord, { OPENAI_API_KEY: key, OPENAI_BASE_URL: openai.url });
    await discord.until(
      () => discord.registeredCommands().length > 0,
      20_000,
      "the bot to register its commands",
    );
    const asked = await discord.slash(discord.member("ada"), discord.channel("general"), "ask", {
      question: "how much memory does the H100 SXM have?",
    });
    await asked.settled(({ reply }) => reply?.content.includes("80 GB") === true, 15_000);
    await discord.quiet(500);
    expect(asked.reply?.content).toContain("80 GB of HBM3");
    for (const edit of asked.edits) expect(edit.message.content).not.toMatch(/999|5 dollars/);
    bot.kill("SIGTERM");
    expect(await ended(bot), bot.said()).toBe(0);
    expect(bot.said()).not.toContain(key);
    await discord.close();
    await openai.close();
  }, 60_000);

  it.each([
    ["a wrong token", { DISCORD_TOKEN: "wrong-token" }, /DISCORD_TOKEN/],
    [
      "a missing corpus",
      { CORPUS_DIR: "/nowhere/at/all" },
      /\/nowhere\/at\/all.*CORPUS_DIR|CORPUS_DIR.*\/nowhere\/at\/all/,
    ],
    [
      "bad variables",
      { STREAM: "perhaps", EMBEDDING_WORKERS: "many" },
      /EMBEDDING_WORKERS.*STREAM|STREAM.*EMBEDDING_WORKERS/,
    ],
  ])(
    "ends on %s with one sentence, no stack trace and a code other than 0",
    async (_, variables, words) => {
      const discord = await startDiscord({ token: "local-token" });
      const bot = await startBot(discord, variables as Record<string, string>);
      expect(await ended(bot)).not.toBe(0);
      expect(bot.said()).toMatch(words);
      expect(bot.said()).not.toMatch(/^\s+at /m);
      discord.takeViolations();
      await discord.close();
    },
    60_000,
  );
});

describe("unsupportedClaims", () => {
  it("is an oracle that can find fault", () => {
    const base = {
      status: "no_evidence",
      text: "",
      nearest: [],
      mode: "generative",
      generation: "",
      latencyMs: 0,
    } as const;
    const citation = {
      n: 1,
      document: "d",
      title: "t",
      heading: [],
      lines: [1, 1],
      url: null,
      quote: "It has 80 GB.",
    } as const;
    expect(
      unsupportedClaims({
        ...base,
        claims: [{ text: "It has 80 GB.", citations: [1] }],
        citations: [citation],
      }),
    ).toBe(0);
    expect(
      unsupportedClaims({
        ...base,
        claims: [{ text: "It has 81 GB.", citations: [1] }],
        citations: [citation],
      }),
    ).toBe(1);
    expect(
      unsupportedClaims({
        ...base,
        claims: [{ text: "It has 80 GB.", citations: [2] }],
        citations: [citation],
      }),
    ).toBe(1);
    expect(
      unsupportedClaims({
        ...base,
        claims: [{ text: "It has 80 GB.", citations: [] }],
        citations: [citation],
      }),
    ).toBe(1);
  });
});
