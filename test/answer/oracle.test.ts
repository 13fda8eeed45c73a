import { expect, it } from "vitest";
import { generate } from "../../src/answer/generate.ts";
import { unsupportedClaims } from "../../src/evaluate/measures.ts";
import { fakeChatModel } from "../fakes/chat-model.ts";
import { mutationsOf, picker } from "./mutate.ts";
import { paraphrases } from "./paraphrases.ts";
import { corpusHits } from "./passages.ts";

const fallback = { text: "Quoted. [1]", claims: [{ text: "Quoted.", citations: [1] }], citations: [] };

it("shows no figure that its quote lacks, for true and false claims in other words than the corpus's", async () => {
  const all = corpusHits();
  const pick = picker(5);
  let written = 0;
  let shown = 0;
  for (const { claim, from } of paraphrases) {
    const index = all.findIndex(({ passage }) => passage.text.includes(from));
    const hits = [0, 1, 41].flatMap((step) => all[(index + step) % all.length] ?? []);
    const [hit] = hits;
    if (index < 0 || !hit) continue;
    const wrong = [1, 2, 3].flatMap(() => mutationsOf({ text: claim, hit, hits }, pick));
    const lines = [
      `${claim} [1]`,
      `- ${claim} [1][2]`,
      ...wrong.map(({ text, cited }) => `${text} [${cited.join(", ")}]`),
    ];
    written += lines.length;
    const made = await generate(
      { question: "what is it?", history: [], hits, fallback },
      // The repair repeats what was refused.
      {
        chatModel: fakeChatModel(() => lines.map((line, at) => `${at + 1}. ${line}`).join("\n")),
        target: {},
      },
    );
    if (made.outcome === "no_evidence" || made.mode === "extractive") continue;
    shown += made.claims.length;
    const answer = { ...made, status: "answered" as const, nearest: [], generation: "g", latencyMs: 0 };
    expect(unsupportedClaims(answer), JSON.stringify([made.claims, made.citations])).toBe(0);
    const used = new Set(made.claims.flatMap(({ citations }) => citations));
    expect([...used].sort()).toEqual(made.citations.map(({ n }) => n).sort());
  }
  console.log(`claims written: ${written}, shown: ${shown}`);
  expect(written).toBeGreaterThan(1000);
});
