import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createAnswerService } from "../../src/answer/service.ts";
import { chat } from "../../src/terminal/chat.ts";
import { handbook, smallIndex } from "../fakes/small-index.ts";

/** Feeds lines to the chat and returns what it wrote, without colours. */
async function converse(
  lines: readonly string[],
  terminal = false,
): Promise<{ text: string; exitCode: number }> {
  const small = await smallIndex(handbook);
  const service = createAnswerService({
    index: small.index,
    embedder: undefined,
    chatModel: undefined,
    target: {},
    concurrency: 1,
    queue: 10,
    deadlineMs: 5_000,
  });
  const input = Object.assign(new PassThrough(), { isTTY: terminal });
  const output = Object.assign(new PassThrough(), { isTTY: terminal });
  let text = "";
  output.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const talking = chat({ service, input, output });
  for (const line of lines) input.write(`${line}\n`);
  input.end();
  const exitCode = await talking;
  await small.remove();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return { text: text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, ""), exitCode };
}

describe("chat", () => {
  it("answers each line of piped input once, with numbered sources, and exits with 0", async () => {
    const { text, exitCode } = await converse(["what is lustre", "", "memory of the H100 SXM"]);
    expect(exitCode).toBe(0);
    expect(text.match(/\[1\] .*lines/g)).toHaveLength(2);
    expect(text).toContain("parallel file system");
    expect(text).toContain("80 GB");
    expect(text).not.toContain("›  ");
  });

  it("answers the last question once more with whole sections on request", async () => {
    const { text } = await converse([":full", "memory of the H100 SXM", ":full"]);
    expect(text).toContain("Ask something first.");
    const [first = "", again = ""] = text.split(/^\[1\] .*lines/m);
    expect(first).not.toContain("141 GB");
    // The whole table of the section.
    expect(again).toContain("H200 SXM — Memory: 141 GB");
  });

  it("shows sources and quotes of the last answer on request", async () => {
    const { text } = await converse([
      "what is lustre",
      ":sources",
      ":quote 1",
      ":quote 9",
      ":help",
      ":nonsense",
    ]);
    expect(text).toContain("https://example.org/lustre-wiki");
    expect(text).toContain("A metadata server (MDS) keeps names and permissions.");
    expect(text).toContain("Which one?");
    expect(text).toContain(":quit");
    expect(text).toContain("There is no command :nonsense");
  });

  it("understands a follow-up", async () => {
    const { text } = await converse(["how much memory does the H100 SXM have", "and the H200 SXM?"]);
    expect(text).toContain("141 GB");
  });

  it("ends at :quit and asks nothing after it", async () => {
    const { text } = await converse([":quit", "what is lustre"]);
    expect(text).not.toContain("parallel file system");
  });

  it("says what it is at a terminal", async () => {
    const { text } = await converse([":quit"], true);
    expect(text).toContain("2 documents");
    expect(text).toContain(":help");
  });
});
