import { describe, expect, it } from "vitest";
import { createProviderChatModel } from "../../src/models/openai/init-chat-model.ts";
import type { ChatModel } from "../../src/models/types.ts";

async function read(model: ChatModel): Promise<string[]> {
  const pieces: string[] = [];
  const prompt = { system: "Cite.", turns: [{ role: "user", content: "What is NCCL?" }] } as const;
  for await (const piece of model.stream(prompt)) pieces.push(piece);
  return pieces;
}

describe("other providers", () => {
  const service = { provider: "anthropic", model: "claude", installed: () => true };
  const chunk = (text: string, metadata: object = {}) => ({
    text,
    response_metadata: metadata,
    additional_kwargs: {},
  });
  const provider = (...chunks: object[]) =>
    createProviderChatModel({
      ...service,
      maxTokens: 300,
      init: async () => ({
        stream: async () =>
          (async function* () {
            yield* chunks;
          })() as never,
      }),
    });

  it.each([
    { stop_reason: "end_turn" },
    { finishReason: "STOP" },
    { done_reason: "stop" },
    { messageStop: { stopReason: "end_turn" } },
    { status: "completed" },
  ])("are complete with their own word for it: %o", async (metadata) => {
    expect(await read(provider(chunk("a"), chunk(""), chunk("b", metadata)))).toEqual(["a", "b"]);
  });

  it("are truncated or cut when they say so or say nothing", async () => {
    await expect(read(provider(chunk("a", { stop_reason: "max_tokens" })))).rejects.toMatchObject({
      fault: "truncated",
    });
    await expect(read(provider(chunk("a", { finishReason: "MAX_TOKENS" })))).rejects.toMatchObject({
      fault: "truncated",
    });
    await expect(read(provider(chunk("a")))).rejects.toMatchObject({ fault: "cut" });
    await expect(read(provider(chunk("a", { finishReason: "SAFETY" })))).rejects.toMatchObject({
      fault: "refused",
    });
  });

  it("name their own key", async () => {
    const init = async () => {
      throw new Error("Anthropic API key not found");
    };
    await expect(createProviderChatModel({ ...service, init }).load()).rejects.toThrow(
      /key not found.*ANTHROPIC_API_KEY/,
    );
  });

  it("come from LangChain's initChatModel", async () => {
    // The one provider whose package is installed; its missing settings show that it was asked.
    const model = createProviderChatModel({ provider: "azure_openai", model: "gpt-4o" });
    await expect(model.load()).rejects.toThrow(
      /CHAT_MODEL=azure_openai:gpt-4o cannot be used.*AZURE_OPENAI_API_KEY/,
    );
  });
});
