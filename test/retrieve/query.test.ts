import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holding, type Query, understand } from "../../src/retrieve/query.ts";
import { handbook, type SmallIndex, smallIndex } from "../fakes/small-index.ts";

let small: SmallIndex;
beforeAll(async () => {
  small = await smallIndex({
    ...handbook,
    "filler.md": "# Filler\n\nBandwidth matters.\n\n## More\n\nStriping, metadata and bandwidth again.\n",
  });
});
afterAll(() => small.remove());

const ask = (text: string): Promise<Query> => understand(text, small.index);
const stemsOf = (query: Query) => query.terms.map(({ stem }) => stem);

describe("understand", () => {
  it("leaves out the words with which people ask", async () => {
    expect(stemsOf(await ask("whats the memory of an H100?"))).toEqual(["memori", "h100"]);
  });

  it("weighs rare terms more than common ones", async () => {
    const { terms } = await ask("bandwidth permissions");
    const [common, rare] = terms;
    expect(rare?.weight).toBeGreaterThan(common?.weight ?? Infinity);
  });

  it.each([
    ["bandwdith", "bandwidth"],
    ["bandwith", "bandwidth"],
    ["metadtaa", "metadata"],
  ])("corrects %j towards %j, a word of the corpus", async (typo, word) => {
    const [corrected] = (await ask(typo)).terms;
    expect(corrected?.stem).toBe((await ask(word)).terms[0]?.stem);
    expect(corrected?.typed).toBe(typo);
  });

  it("never changes a word that the corpus knows", async () => {
    const { terms } = await ask("lustre");
    expect(terms).toMatchObject([{ surface: "lustre", stem: "lustr" }]);
    expect(terms[0]?.typed).toBeUndefined();
  });

  it("takes compounds apart and joins parts", async () => {
    expect(stemsOf(await ask("lustrestriping"))).toEqual(expect.arrayContaining(["lustr", "stripe"]));
    expect(stemsOf(await ask("h 100 memory"))).toContain("h100");
  });

  it("knows what members call a thing, and the acronyms that the corpus explains", async () => {
    const gpu = new Set(["gpu"]);
    const [video] = (await ask("video card")).terms;
    expect(video && holding(video, gpu)).toBeGreaterThan(0);
    const [server] = (await ask("MDS")).terms;
    expect(server && holding(server, new Set(["metadata", "server"]))).toBeGreaterThan(0);
    expect(server && holding(server, new Set(["server"]))).toBe(0);
  });

  it("reports names that no document writes, and only those", async () => {
    expect((await ask("memory of the H999")).unknownNames).toEqual(["H999"]);
    expect((await ask("memory of the H100")).unknownNames).toEqual([]);
    expect((await ask("is Lustre 99 out")).unknownNames).toEqual(["Lustre 99"]);
  });

  it("bounds a pasted text to its rarest known terms", async () => {
    const { terms } = await ask(
      `lustre h100 ${Array.from({ length: 2_000 }, (_, n) => `word${n}`).join(" ")}`,
    );
    expect(terms.length).toBeLessThanOrEqual(32);
    expect(terms.map(({ stem }) => stem)).toEqual(expect.arrayContaining(["lustr", "h100"]));
  });

  it("takes any Unicode string as a question", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (text) => {
        const { terms } = await ask(text);
        await small.index.lexical(
          terms.map(({ stem }) => stem),
          5,
        );
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    '"',
    "NEAR(a b)",
    "a AND OR NOT b*",
    "title:lustre",
    "^x",
    "a'); drop table passages;--",
    "😀😀",
    "",
  ])("takes %j as words, not as a search expression", async (text) => {
    await expect(ask(text)).resolves.toBeDefined();
  });
});

describe("names with a number", () => {
  it("are one term, so that the number alone finds nothing", async () => {
    const numbered = await smallIndex({
      "links.md": "# Links\n\nNVLink 5 carries 1,800 GB/s.\n\n## Ports\n\nA switch has 5 ports and 2 fans.\n",
    });
    const { terms, unknownNames } = await understand("nvlink5 speed", numbered.index);
    expect(terms.map(({ stem }) => stem)).toContain("nvlink 5");
    expect(terms.map(({ stem }) => stem)).not.toContain("5");
    expect(unknownNames).toEqual([]);
    await numbered.remove();
  });
});

describe("shorthand", () => {
  it("is searched for by the corpus's own word", async () => {
    const passages = Array.from(
      { length: 6 },
      (_, n) => `## Part ${n}\n\nThe bandwidth of part ${n} matters.\n`,
    );
    const short = await smallIndex({
      "a.md": `# A\n\n${passages.join("\n")}\n## Command\n\nUse bw to measure.\n`,
      "vocabulary.yaml": "- say: [bw]\n  mean: [bandwidth]\n",
    });
    const [term] = (await understand("bw", short.index)).terms;
    expect(term?.stem).toBe("bandwidth");
    expect(term?.alternatives).toContain("bw");
    await short.remove();
  });
});

describe("a misspelt name of one word", () => {
  it("is corrected rather than taken apart", async () => {
    const links = await smallIndex({
      "a.md":
        "# InfiniBand\n\nInfiniBand joins nodes.\n\n## Speed\n\nInfiniBand is fast in each band.\n\n## Infin\n\nInfin band.\n",
    });
    const { terms } = await understand("infinband", links.index);
    expect(terms.map(({ stem }) => stem)).toEqual(["infiniband"]);
    await links.remove();
  });
});

describe("spelling by the words that the corpus writes", () => {
  let chips: SmallIndex;
  beforeAll(async () => {
    const text = "The Trainium2 server batches requests in continuous mode and contains Trainium chips.";
    chips = await smallIndex({
      "a.md": `# Chips\n\n${text}\n\n## More\n\n${text} Slingshot 11 links contain them.\n\n## Rest\n\nSlingshot 11.\n`,
    });
  });
  afterAll(() => chips.remove());

  it("prefers a word that is written to one whose stem would fit", async () => {
    const { terms } = await understand("continous", chips.index);
    expect(terms.map(({ surface, typed }) => [surface, typed])).toEqual([["continuous", "continous"]]);
  });

  it("corrects the letters of a name with a number", async () => {
    const query = await understand("tranium2 chips", chips.index);
    expect(query.terms.map(({ surface }) => surface)).toEqual(expect.arrayContaining(["trainium", "chips"]));
    expect(query.unknownNames).toEqual([]);
  });

  it("judges a numbered name by what was meant", async () => {
    expect((await understand("slignshot 11 speed", chips.index)).unknownNames).toEqual([]);
    expect((await understand("slignshot 12 speed", chips.index)).unknownNames).toEqual(["slingshot 12"]);
  });

  it("joins no numbers and leaves misspelt question words out", async () => {
    const { terms } = await understand("wich chips 1 2", chips.index);
    expect(terms.map(({ surface }) => surface)).not.toEqual(expect.arrayContaining(["12"]));
    expect(terms.map(({ surface }) => surface)).not.toContain("wich");
  });
});
