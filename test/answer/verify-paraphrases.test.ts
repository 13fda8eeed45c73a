import { expect, it } from "vitest";
import { verifyBlock } from "../../src/answer/verify.ts";
import { prepareSources } from "../../src/answer/verify-sources.ts";
import { caughtInAnyWording, type MutationKind, mutationsOf, picker } from "./mutate.ts";
import { paraphrases } from "./paraphrases.ts";
import { corpusHits } from "./passages.ts";

/** Rounds over the paraphrases, each with other picks. */
const rounds = 4;
/** What a passage says of something else is caught less often when the wording is free: those shares are printed as they are. */
const caughtAtLeast: Partial<Record<MutationKind, number>> = caughtInAnyWording;

it("catches mutated claims in other words than the corpus's", () => {
  const all = corpusHits();
  const pick = picker(3);
  const tally = new Map<MutationKind, boolean[]>();
  for (const { claim, from } of paraphrases) {
    const index = all.findIndex(({ passage }) => passage.text.includes(from));
    const hits = [0, 1, 41].flatMap((step) => all[(index + step) % all.length] ?? []);
    const [hit] = hits;
    if (index < 0 || !hit) throw new Error(`The corpus does not hold: ${from}`);
    const sources = prepareSources(hits);
    for (let round = 0; round < rounds; round++) {
      for (const { kind, text, cited } of mutationsOf({ text: claim, hit, hits }, pick)) {
        const { verdict } = verifyBlock({ kind: "sentence", text, cited, group: 0 }, sources);
        tally.set(kind, [...(tally.get(kind) ?? []), verdict !== "supported"]);
      }
    }
  }
  for (const [kind, caught] of tally) {
    const share = caught.filter(Boolean).length / caught.length;
    console.log(`${kind}: ${caught.length} made, ${(100 * share).toFixed(1)} % caught`);
    const least = caughtAtLeast[kind];
    if (least !== undefined) expect(share, kind).toBeGreaterThanOrEqual(least);
  }
});
