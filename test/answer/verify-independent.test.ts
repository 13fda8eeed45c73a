import { describe, expect, it } from "vitest";
import {
  type Half,
  independentClaims,
  type Judgement,
  judgeMutatedClaims,
  judgeMutatedSentences,
  judgeTrue,
} from "./independent.ts";
import { caughtInAnyWording, type MutationKind } from "./mutate.ts";
import { corpusHits } from "./passages.ts";

/*
 * Claims by a writer who had not seen the verifier (test/eval/verifier-paraphrases.jsonl).
 *
 * The first measurement, before any rule was changed on them (all 180 claims, commit "Independent claims"):
 * false alarms 28 of 180 (15.6 %; 14 in each half). Caught of the mutated claims: wrong figure 97.3 %, wrong
 * unit 99.0 %, invented name 100 %, entity of another passage 99.0 %, entity of the same passage 76.8 %,
 * figure of the same passage 91.3 %, figure of another cited passage 100 %, wrong citation 99.7 %, negated
 * 66.1 %, exchanged figures 21.4 %, made universal 13.2 %, limit dropped 17.4 %.
 *
 * Rules were then changed on the failures of the open half (even ids). Only the half held back measures what
 * came of it; both are printed. Where the two part, the rules fit the open half and no more.
 */

/** Least shares caught of the mutated claims in the half held back, slightly below what is reached. */
const caughtAtLeast: Partial<Record<MutationKind, number>> = {
  ...caughtInAnyWording,
  "swapped entity, same passage": 0.87,
  "figure of same passage": 0.87,
  negated: 0.65,
  "made universal": 0.55,
  "exchanged figures": 0.3,
};
const falseAlarmsAtMost: Readonly<Record<Half, number>> = { open: 0.08, "held back": 0.2 };
const halves: readonly Half[] = ["open", "held back"];

const all = corpusHits();
const claims = independentClaims(all);

describe("the verifier on a stranger's claims", () => {
  it("refuses few true ones", () => {
    const judged = judgeTrue(claims);
    expect(judged).toHaveLength(180);
    for (const half of halves) {
      const those = judged.filter((one) => one.half === half);
      const refused = those.filter(isRefused).length;
      console.log(
        `true claims, ${half}: ${those.length}, false alarms ${refused} (${percent(refused, those.length)})`,
      );
      expect(refused / those.length, half).toBeLessThanOrEqual(falseAlarmsAtMost[half]);
    }
  });

  it("catches what a machine made wrong of them and of the corpus's sentences", () => {
    const mutated = judgeMutatedClaims(claims);
    const sentences = judgeMutatedSentences(all);
    expect(mutated.length).toBeGreaterThan(600);
    console.log(report("claims", mutated));
    console.log(report("corpus sentences", sentences));
    for (const [kind, least] of Object.entries(caughtAtLeast)) {
      const those = mutated.filter((one) => one.kind === kind && one.half === "held back");
      expect(those.length, kind).toBeGreaterThan(30);
      expect(those.filter(isRefused).length / those.length, kind).toBeGreaterThanOrEqual(least);
    }
  }, 120_000);
});

function report(of: string, judged: readonly Judgement[]): string {
  const kinds = [...new Set(judged.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const shares = halves.map((half) => {
        const those = judged.filter((one) => one.kind === kind && one.half === half);
        const caught = those.filter(isRefused).length;
        return `${half} ${caught} of ${those.length} (${percent(caught, those.length)})`;
      });
      return `${of}, ${kind}: caught ${shares.join(", ")}`;
    })
    .join("\n");
}

function isRefused({ verdict }: Judgement): boolean {
  return verdict !== "supported";
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;
}
