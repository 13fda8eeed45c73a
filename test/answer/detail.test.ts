import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer } from "../../src/answer/answer.ts";
import { type Detail, details, mostShown, type Room, roomFor, shownLength } from "../../src/answer/detail.ts";
import { type Extract, extract } from "../../src/answer/extract.ts";
import { type Query, understand } from "../../src/retrieve/query.ts";
import type { Hit } from "../../src/retrieve/retrieve.ts";
import { handbook, type SmallIndex, smallIndex } from "../fakes/small-index.ts";
import { hitsOf } from "./passages.ts";

const questions = [
  "how much memory does the H100 have?",
  "how do i check the nvlink status of an h100",
  "H100 vs H200 memory",
  "what is lustre",
];
let small: SmallIndex;
let queries: Query[];
beforeAll(async () => {
  small = await smallIndex(handbook);
  queries = await Promise.all(questions.map((question) => understand(question, small.index)));
});
afterAll(() => small.remove());

// Documents of whatever blocks, some longer than any answer

const words = fc.constantFrom(
  "H100",
  "H200",
  "memory",
  "80 GB",
  "NVLink",
  "status",
  "lustre",
  "is",
  "the",
  "file",
);
const text = (most: number) =>
  fc.array(words, { minLength: 3, maxLength: most }).map((list) => list.join(" "));
const size = fc.constantFrom(6, 12, 40, 120, 400, 900);
const sentence = size.chain(text).map((one) => `The ${one}.`);
const lines = <T>(one: fc.Arbitrary<T>, most: number) => fc.array(one, { minLength: 1, maxLength: most });
const paragraph = lines(sentence, 6).map((sentences) => sentences.join(" "));
const list = lines(size.chain(text), 6).map((items) => items.map((one) => `- ${one}`).join("\n"));
const table = fc
  .tuple(text(4), text(30), lines(fc.tuple(fc.constantFrom("H100", "H200"), size.chain(text), text(8)), 8))
  .map(
    ([first, second, rows]) =>
      `| GPU | ${first} | ${second} |\n|---|---|---|\n${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}`,
  );
const code = lines(text(12), 60).map((all) => `Run this:\n\n\`\`\`bash\n${all.join("\n")}\n\`\`\``);
const block = fc.oneof(paragraph, list, table, code);
const section = fc
  .tuple(text(5), lines(block, 5))
  .map(([title, all]) => `## ${title}\n\n${all.join("\n\n")}`);
const found = fc
  .array(
    lines(section, 4).map((sections) => `# H100\n\n${sections.join("\n\n")}\n`),
    { minLength: 1, maxLength: 4 },
  )
  .map((files) => files.flatMap((file, index) => hitsOf(`gpus/${index}.md`, file)));

function holdsWholeUnits(made: Extract, hits: readonly Hit[]): void {
  const blocks = hits.flatMap(({ passage }) => passage.blocks);
  const units = new Set(blocks.flatMap((one) => one.units.map((unit) => unit.text.trim())));
  for (const claim of made.claims) expect(units.has(claim.text)).toBe(true);
  const codes = new Set(blocks.filter(({ kind }) => kind === "code").map((one) => one.text.trim()));
  for (const [, body = ""] of made.text.matchAll(/```\w*\n([\s\S]*?)\n```/g)) {
    expect(codes.has(body.trim())).toBe(true);
  }
  expect((made.text.match(/```/g) ?? []).length % 2).toBe(0);
}

/** An extract of generated passages in a room, checked for whole units. */
function property(
  room: (most: Room) => Room,
  detail: Detail,
  check: (made: Extract, room: Room) => void,
): void {
  fc.assert(
    fc.property(found, fc.nat(questions.length - 1), (hits, index) => {
      const within = room(roomFor(detail));
      const made = extract(queries[index] as Query, hits.slice(0, 8), {}, within);
      if (!made) return;
      holdsWholeUnits(made, hits);
      check(made, within);
    }),
    { numRuns: 100 },
  );
}

describe("an extract", () => {
  it.each(details)(
    "of detail %s never exceeds its bound, and shows tables, code and sentences whole",
    (detail) => {
      let longest = 0;
      property(
        (room) => room,
        detail,
        (made) => {
          longest = Math.max(longest, made.text.length);
          expect(made.text.length).toBeLessThanOrEqual(mostShown[detail]);
        },
      );
      // The bound was put to the test.
      expect(longest).toBeGreaterThan(mostShown[detail] * 0.9);
    },
  );

  it("never exceeds a smaller room, and is empty only where something was too long for it", () => {
    property(
      (room) => ({ ...room, most: 350 }),
      "short",
      (made, { most }) => {
        expect(shownLength(made.text)).toBeLessThanOrEqual(most);
        expect(made.weighed.length).toBeGreaterThan(0);
        if (made.claims.length === 0) expect(made.text).toBe("");
      },
    );
  });
});

// Answers

const long = Array.from({ length: 90 }, (_, line) => `option_${line} = value of the shelf`).join("\n");
const shelf = {
  "shelf.md": `# Frobnicator

A frobnicator shelf keeps frobnicators.

## Configuration of a frobnicator shelf

This file configures a frobnicator shelf. It is read at the start.

\`\`\`ini
${long}
\`\`\`
`,
  "only.md": `# Quuxifier\n\n\`\`\`\n${Array.from({ length: 300 }, () => "quuxifier settings of the quuxifier").join("\n")}\n\`\`\`\n`,
};

async function ask(question: string, detail?: Detail, files: Record<string, string> = shelf) {
  const made = await smallIndex(files);
  const tools = { index: made.index, embedder: undefined, chatModel: undefined, target: {} };
  const given = await answer(question, tools, detail ? { detail } : {});
  await made.remove();
  return given;
}

describe("an answer", () => {
  it("is short unless it is asked to be full", async () => {
    const question = "memory of the H100 SXM";
    const [plain, short, full] = [
      await ask(question, undefined, handbook),
      await ask(question, "short", handbook),
      await ask(question, "full", handbook),
    ];
    expect(plain.text).toBe(short.text);
    expect(full.text.length).toBeGreaterThan(short.text.length);
    expect(full.text).toContain(short.claims[0]?.text);
    expect(short.text).not.toContain("141 GB");
    // The whole table of the section.
    expect(full.text).toContain("H200 SXM — Memory: 141 GB");
  });

  it("leaves out a code block that is longer than a short answer, says so, and shows it in full", async () => {
    const question = "how do i configure a frobnicator shelf";
    const short = await ask(question);
    expect(short).toMatchObject({ status: "answered", notices: [expect.stringContaining("“full”")] });
    expect(short.text).toContain("This file configures a frobnicator shelf.");
    expect(short.text).not.toContain("option_0");
    const full = await ask(question, "full");
    expect(full).toMatchObject({ status: "answered", notices: [] });
    expect(full.text).toContain(`\`\`\`ini\n${long}\n\`\`\``);
  });

  it("names the section where all that answers is too long to be shown", async () => {
    for (const detail of details) {
      const made = await ask("quuxifier settings", detail);
      expect(made).toMatchObject({ status: "no_evidence", claims: [], nearest: [{ document: "only.md" }] });
      expect(made.text).toContain("too long");
    }
  });

  it("to several questions is together no longer than one", async () => {
    const sentences = (subject: string) =>
      Array.from({ length: 40 }, (_, n) => `The ${subject} has the ${subject} property number ${n}.`).join(
        " ",
      );
    const files = {
      "a.md": `# Frobnicator\n\n${sentences("frobnicator")}\n`,
      "b.md": `# Quuxifier\n\n${sentences("quuxifier")}\n`,
      "c.md": `# Wobbulator\n\n${sentences("wobbulator")}\n`,
    };
    const made = await ask(
      `what properties does a frobnicator have ${"really ".repeat(60)}? what properties does a quuxifier have? what properties does a wobbulator have?`,
      "short",
      files,
    );
    expect(made.citations.map(({ document }) => document)).toEqual(["a.md", "b.md", "c.md"]);
    expect(made.text.length).toBeLessThanOrEqual(mostShown.short);
  });
});
