import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer } from "../../src/answer/answer.ts";
import { unsupportedClaims } from "../../src/evaluate/measures.ts";
import type { Answer, Turn } from "../../src/knowledge/types.ts";
import { fakeEmbedder } from "../fakes/embedder.ts";
import { handbook, type SmallIndex, smallIndex } from "../fakes/small-index.ts";

const embedder = fakeEmbedder({ unit: "sentence" });
let small: SmallIndex;
beforeAll(async () => {
  small = await smallIndex(handbook, embedder);
});
afterAll(() => small.remove());

function ask(question: string, history: readonly Turn[] = [], urlBase?: string): Promise<Answer> {
  const target = urlBase ? { urlBase } : {};
  return answer(question, { index: small.index, embedder, chatModel: undefined, target }, { history });
}

describe("extractive answers", () => {
  it("answers a question for an amount with the sentence or row that holds it, first", async () => {
    const made = await ask("how much memory does the H100 SXM have?");
    expect(made.status).toBe("answered");
    expect(made.mode).toBe("extractive");
    expect(made.claims[0]?.text).toContain("80 GB");
    expect(made.citations[0]?.document).toBe("gpus/h100.md");
  });

  it("opens a what-is question with the definition", async () => {
    const made = await ask("what is lustre");
    expect(made.claims[0]?.text).toBe("Lustre is an open-source parallel file system.");
  });

  it("shows the command for a how-to question, whole and fenced", async () => {
    const made = await ask("how do i check the nvlink status of an h100");
    expect(made.text).toContain("```bash\nnvidia-smi nvlink --status\n```");
  });

  it("compares both sides", async () => {
    const made = await ask("H100 vs H200");
    expect(made.text).toContain("141 GB");
    expect(made.text).toContain("80 GB");
  });

  it("lists all rows of a table of kinds, and one row where one was asked for", async () => {
    const table = await smallIndex(
      {
        "ray.md":
          "# Ray\n\nRay runs tasks.\n\n## Placement strategies of Ray\n\n| Strategy | Meaning |\n|---|---|\n| Ray strategy PACK | All bundles of a placement group close together |\n| Ray strategy SPREAD | Bundles on many nodes |\n| Ray strategy STRICT_SPREAD | Each bundle on another node |\n",
      },
      embedder,
    );
    const tools = { index: table.index, embedder, chatModel: undefined, target: {} };
    const all = await answer("ray placement group strategies", tools);
    for (const name of ["PACK", "SPREAD", "STRICT_SPREAD"])
      expect(all.text).toContain(`Ray strategy ${name}`);
    const one = await answer("h200 bandwidth", { ...tools, index: small.index });
    expect(one.text).toContain("4.8 TB/s");
    expect(one.claims[0]?.text).not.toContain("H100 SXM | 80 GB");
    await table.remove();
  });

  it("leads with pitfalls only when something goes wrong", async () => {
    const first = async (question: string) => (await ask(question)).citations[0]?.heading.at(-1);
    expect(await first("h100 nvlink link fails")).toBe("What goes wrong with the H100");
    expect(await first("tell me about the h100 nvlink memory")).not.toBe("What goes wrong with the H100");
  });

  it("completes a follow-up from the conversation", async () => {
    const history: Turn[] = [
      { role: "user", content: "how much memory does the H100 SXM have?" },
      { role: "assistant", content: "80 GB" },
    ];
    const made = await ask("and the H200 SXM?", history);
    expect(made.text).toContain("141 GB");
  });

  it("quotes the text of exactly the lines that it names", async () => {
    for (const question of [
      "what is lustre",
      "H100 vs H200",
      "how does striping work in lustre",
      "memory of the H100",
    ]) {
      for (const { document, lines, quote } of (await ask(question)).citations) {
        const file = await readFile(join(small.corpus, document), "utf8");
        const written = plain(
          file
            .split("\n")
            .slice(lines[0] - 1, lines[1])
            .join("\n"),
        );
        expect(plain(quote)).toBe(written);
      }
    }
  });

  it("points to the source that the cited span names, else to the document's first, else to the corpus", async () => {
    const striping = await ask("how does striping work in lustre");
    expect(striping.citations[0]?.url).toBe("https://example.org/lustre-manual");
    const without = await ask("memory of the H100 SXM");
    expect(without.citations[0]?.url).toBeNull();
    const based = await ask("memory of the H100 SXM", [], "https://github.com/acme/docs/blob/main/");
    expect(based.citations[0]?.url).toMatch(
      /^https:\/\/github\.com\/acme\/docs\/blob\/main\/gpus\/h100\.md#L\d+-L\d+$/,
    );
  });

  it.each([
    ["who won the world cup in 1998", "off topic"],
    ["memory of the H999", "an invented product"],
    ["how much does an H100 cost", "a price that no document holds"],
  ])("refuses %j (%s) and claims nothing", async (question) => {
    const made = await ask(question);
    expect(made.status).toBe("no_evidence");
    expect(made.claims).toEqual([]);
    expect(made.citations).toEqual([]);
  });

  it.each(["", "?", "a", "😀😀😀", "the of and", "   "])(
    "asks for words when %j holds none",
    async (question) => {
      const made = await ask(question);
      expect(["declined", "no_evidence"]).toContain(made.status);
      expect(made.text).not.toBe("");
    },
  );

  it("never claims what its quotes do not hold, whatever is asked", async () => {
    const words = [
      "H100",
      "memory",
      "lustre",
      "striping",
      "bandwidth",
      "what",
      "is",
      "vs",
      "how",
      "MDS",
      "GPU",
      "80",
      "H200",
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }),
        async (question) => {
          const made = await ask(question.join(" "));
          expect(unsupportedClaims(made)).toBe(0);
          const numbers = made.citations.map(({ n }) => n);
          expect(numbers).toEqual(numbers.map((_, index) => index + 1));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("answers a question of 10,000 characters", async () => {
    const made = await ask(`how much memory does the H100 SXM have? ${"the ".repeat(2_500)}`);
    expect(made.text).toContain("80 GB");
  });

  it("stops when it is told to", async () => {
    const stopped = answer(
      "what is lustre",
      { index: small.index, embedder, chatModel: undefined, target: {} },
      { signal: AbortSignal.abort() },
    );
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });
});

/** Markdown and footnote marks removed, white space folded. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[\^[^\]]+\]/g, "")
    .replace(/^\s*(?:[-*|]|#+)\s?/gm, "")
    .replace(/\s*\|\s*/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
