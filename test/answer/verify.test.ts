import { describe, expect, it } from "vitest";
import { blockSplitter, type ClaimBlock } from "../../src/answer/blocks.ts";
import { verifyBlock } from "../../src/answer/verify.ts";
import { prepareSources } from "../../src/answer/verify-sources.ts";
import type { Hit } from "../../src/retrieve/retrieve.ts";
import { type MutationKind, mutationsOf, picker, sentencesOf } from "./mutate.ts";
import { paraphrases } from "./paraphrases.ts";
import { corpusHits, hitsOf } from "./passages.ts";

const handbook = hitsOf(
  "h100.md",
  `# NVIDIA H100

The H100 SXM has 80 GB of HBM3 memory. The H100 PCIe draws 350 W. The H100 does not support FP4.

The NVSwitch chip joins eight GPUs. NVIDIA presented the H100 in March 2022.

| GPU | Memory | Bandwidth |
|---|---|---|
| H200 SXM | 141 GB | 4.8 TB/s |
| A100 SXM | 80 GB | 2.0 TB/s |

\`\`\`bash
nvidia-smi nvlink --status
\`\`\`
`,
);

function verdictOf(text: string, hits: readonly Hit[] = handbook): string {
  const splitter = blockSplitter();
  const [block] = [...splitter.push(text), ...splitter.end()];
  return block ? verifyBlock(block, prepareSources(hits)).verdict : "none";
}

function citing(text: string, cited: readonly number[]): ClaimBlock {
  return { kind: "sentence", text, cited, group: 0 };
}

describe("verifyBlock", () => {
  it.each([
    ["The H100 SXM has 80 GB of HBM3 memory. [1]", "supported"],
    ["The H100 SXM comes with 80 GB HBM3 memory. [1]", "supported"],
    ["The H200 SXM has 141 GB of memory and 4.8 TB/s of bandwidth. [1]", "supported"],
    ["The H200 SXM has 4,800 GB/s of bandwidth. [1]", "supported"],
    ["```bash\nnvidia-smi nvlink --status\n```\n[1]", "supported"],
    ["The H100 SXM has 80 GB of HBM3 memory.", "no_citation"],
    ["The H100 SXM has 80 GB of HBM3 memory. [9]", "unknown_citation"],
    ["The H100 SXM has 96 GB of HBM3 memory. [1]", "figure"],
    ["The H100 SXM has 80 TB of HBM3 memory. [1]", "unit"],
    ["The H100 PCIe draws 350 kW. [1]", "unit"],
    ["The B300 SXM has 80 GB of HBM3 memory. [1]", "name"],
    ["The Zentara chip joins eight GPUs. [1]", "name"],
    ["The H100 SXM has 141 GB of HBM3 memory. [1]", /figure|name/],
    ["The H100 supports FP4. [1]", "contradicted"],
    ["The H100 PCIe always draws 350 W. [1]", "unsupported"],
    ["```bash\nrm -rf /\n```\n[1]", "unsupported"],
    ["Bananas grow in warm countries near the equator. [1]", /unsupported|name/],
  ])("judges %j as %s", (text, verdict) => {
    expect(verdictOf(text)).toMatch(verdict instanceof RegExp ? verdict : new RegExp(`^${verdict}$`));
  });

  it.each([
    ["MXFP4 needs 37 GB for 70 billion parameters. [1]", "supported"],
    ["MXFP4 needs 37 GB for 8 billion parameters. [1]", "figure"],
    ["Training the 8B model consumed 1.46 million hours of H100 GPUs. [2]", "supported"],
    ["In Orion the PagedAttention authors measured twice the speed of Orca. [3]", "name"],
    ["Orca reads 12 GB of cold weights and writes 90 GB of warm cache. [3]", "figure"],
  ])("tells what headings and neighbours say: %j is %s", (text, verdict) => {
    const hits = hitsOf(
      "orion.md",
      `# Orion

## Weights

| Format | 8 billion parameters | 70 billion parameters |
|---|---|---|
| MXFP4 | 4.3 GB | 37 GB |

## Hours

| Model | Accelerator | GPU-hours |
|---|---|---|
| Training the 8B model | H100 GPUs | 1.46 million |

## Papers

The PagedAttention authors measured twice the speed of FasterTransformer and Orca. Orca reads 90 GB of cold weights and writes 12 GB of warm cache.
`,
    );
    expect(verdictOf(text, hits)).toBe(verdict);
  });

  it("puts a converted figure back as the passage writes it", () => {
    const made = verifyBlock(
      citing("The H200 SXM has 4,800 GB/s of bandwidth.", [1]),
      prepareSources(handbook),
    );
    expect(made).toMatchObject({ verdict: "supported", text: "The H200 SXM has 4.8 TB/s of bandwidth." });
  });
});

/** Least shares of wrong claims that are caught; the rest is printed as it is. */
const caughtAtLeast: Partial<Record<MutationKind, number>> = {
  "wrong figure": 0.95,
  "wrong unit": 0.95,
  "invented name": 0.95,
  "wrong citation": 0.95,
  "figure of same passage": 0.9,
};

describe("the verifier on the corpus's own sentences", () => {
  const hits = corpusHits();
  const sentences = sentencesOf(hits);

  it("lets at least 95 % of the true sentences pass", () => {
    const failed = sentences.filter(
      ({ text, hit }) => verifyBlock(citing(text, [1]), prepareSources([hit])).verdict !== "supported",
    );
    console.log(
      `true sentences: ${sentences.length}, false alarms ${failed.length} (${share(failed.length, sentences.length)})`,
    );
    expect(sentences.length).toBeGreaterThan(600);
    expect(failed.length / sentences.length).toBeLessThanOrEqual(0.05);
  });

  it("catches what a machine made wrong", () => {
    const pick = picker(7);
    const tally = new Map<MutationKind, { made: number; caught: number }>();
    // One in seven is plenty for shares to a percent, and takes a seventh of the minute and a half.
    for (const sentence of sentences.filter((_, index) => index % 7 === 0)) {
      for (const { kind, text, cited, hits: given } of mutationsOf(sentence, pick)) {
        const counts = tally.get(kind) ?? { made: 0, caught: 0 };
        const { verdict } = verifyBlock(citing(text, cited), prepareSources(given));
        tally.set(kind, { made: counts.made + 1, caught: counts.caught + (verdict === "supported" ? 0 : 1) });
      }
    }
    let made = 0;
    for (const [kind, counts] of tally) {
      console.log(`${kind}: ${counts.made} made, ${share(counts.caught, counts.made)} caught`);
      made += counts.made;
    }
    expect(made).toBeGreaterThan(600);
    for (const [kind, least] of Object.entries(caughtAtLeast)) {
      const counts = tally.get(kind as MutationKind) ?? { made: 0, caught: 0 };
      expect(counts.made, kind).toBeGreaterThan(50);
      expect(counts.caught / counts.made, kind).toBeGreaterThanOrEqual(least);
    }
  });

  it("accepts most true paraphrases", () => {
    const found = paraphrases.flatMap(({ claim, from, also }) => {
      const of = (stretch: string) => hits.find(({ passage }) => passage.text.includes(stretch));
      const passages = [from, ...(also ? [also] : [])].flatMap((stretch) => of(stretch) ?? []);
      return passages.length === (also ? 2 : 1) ? [{ claim, passages }] : [];
    });
    const refused = found.flatMap(({ claim, passages }) => {
      const made = verifyBlock(
        citing(
          claim,
          passages.map((_, index) => index + 1),
        ),
        prepareSources(passages),
      );
      return made.verdict === "supported" ? [] : [`${made.verdict}: ${claim}`];
    });
    console.log(
      `paraphrases: ${found.length} of ${paraphrases.length} placed, ${share(found.length - refused.length, found.length)} accepted\n${refused.join("\n")}`,
    );
    expect(found.length).toBeGreaterThanOrEqual(40);
    expect(1 - refused.length / found.length).toBeGreaterThanOrEqual(0.85);
  });
});

function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;
}
