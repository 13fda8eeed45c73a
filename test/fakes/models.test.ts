import { expect, it } from "vitest";
import { describeChatModel } from "../contracts/chat-model.ts";
import { describeEmbedder } from "../contracts/embedder.ts";
import { fakeChatModel } from "./chat-model.ts";
import { fakeEmbedder } from "./embedder.ts";

describeEmbedder("fake", () => fakeEmbedder(), { normalised: true });

describeChatModel("fake", () => {
  const model = fakeChatModel();
  return {
    model,
    script: (pieces) => model.script(pieces),
    prompts: () => model.prompts,
    close: async () => {},
  };
});

it("the fake chat model throws when nothing is scripted", async () => {
  const stream = fakeChatModel().stream({ system: "", turns: [{ role: "user", content: "Hm?" }] });
  await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow("No answer is scripted for: Hm?");
});

it("the fake embedder logs what it embedded and fails when told", async () => {
  const embedder = fakeEmbedder({
    batch: 1,
    before: ([text]) => {
      if (text === "b") throw new Error("no");
    },
  });
  await expect(embedder.embed(["a", "b", "c"])).rejects.toThrow("no");
  expect(embedder.embedded).toEqual(["a"]);
});
