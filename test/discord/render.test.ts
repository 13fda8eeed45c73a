import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mostShown } from "../../src/answer/detail.ts";
import { plainLine } from "../../src/discord/inline.ts";
import { type Payload, payload, renderAnswer, renderPartial } from "../../src/discord/render.ts";
import { split } from "../../src/discord/split.ts";
import type { Answer } from "../../src/knowledge/types.ts";
import { answered, citation } from "../fakes/answer-service.ts";

const zeroWidthSpace = "\u200B";
const contents = (payloads: readonly Payload[]) => payloads.map(({ content }) => content);
const shown = (text: string, given: Parameters<typeof answered>[1] = {}) =>
  contents(renderAnswer(answered(text, { citations: [], ...given }))).join("\n<<<>>>\n");
const plain = (text: string) => shown(text, { mode: "extractive" });

describe("an answer", () => {
  it("has linked marks, a numbered source list with sections and dates, and notices", () => {
    const answer = answered("NVLink joins GPUs [1]. NVSwitch joins NVLinks [2][1].", {
      citations: [
        citation(1, { title: "NVLink", heading: ["Basics", "What it is"], reviewed: "2026-07-01" }),
        citation(2, {
          title: "NVSwitch",
          heading: [],
          url: null,
          document: "net/nvswitch.md",
          lines: [3, 9],
        }),
      ],
      notices: ["Found by words alone."],
      incomplete: true,
      dropped: 2,
    });
    expect(contents(renderAnswer(answer))).toEqual([
      [
        "NVLink joins GPUs [[1]](<https://example.org/source-1>). NVSwitch joins NVLinks \\[2\\][[1]](<https://example.org/source-1>).",
        "",
        "-# \\[1\\] [NVLink › Basics › What it is](<https://example.org/source-1>) · reviewed 2026-07-01",
        "-# \\[2\\] NVSwitch (net/nvswitch.md, lines 3–9)",
        "",
        "-# Found by words alone.",
        "-# This answer is incomplete: it broke off, and only its checked beginning is shown.",
        "-# 2 statements were left out because the sources do not support them.",
      ].join("\n"),
    ]);
  });

  it("links only the first mark of each number where linking all would take another message", () => {
    const text = Array.from({ length: 40 }, (_, n) => `Sentence number ${n} of many [1].`).join(" ");
    const [content = "", ...others] = contents(renderAnswer(answered(text)));
    expect(others).toEqual([]);
    expect(content.match(/\[\[1\]\]\(</g)).toHaveLength(1);
    expect(content.match(/\\\[1\\\]\./g)).toHaveLength(39);
  });

  it("never links what is no mark of ours: other numbers, code, an index into something", () => {
    const text = "Use `a[1]` [1], not [7].\n\n```c\nint a[1];\n```\n[1]";
    expect(shown(text, { citations: [citation(1)] })).toContain(
      "Use `a[1]` [[1]](<https://example.org/source-1>), not \\[7\\].\n\n```c\nint a[1];\n```\n[[1]](<https://example.org/source-1>)",
    );
    expect(shown("see arr[1] here [1]", { mode: "extractive", citations: [citation(1)] })).toContain(
      "see arr\\[1\\] here [[1]](<https://example.org/source-1>)",
    );
  });

  it("links no address that Discord would misread or that is no web address", () => {
    const urls = [
      "https://example.org/a_(b)>c d",
      "javascript:alert(1)",
      "nonsense",
      `https://example.org/${"x".repeat(600)}`,
    ];
    const citations = urls.map((url, index) => citation(index + 1, { url }));
    const content = shown("All [1][2][3][4].", { citations });
    expect(content).toContain("[[1]](<https://example.org/a_%28b%29%3Ec%20d>)");
    expect(content).toContain("\\[2\\]\\[3\\]\\[4\\]");
    expect(content).not.toMatch(/javascript:|xxx/);
  });

  it("escapes titles and sections, and shortens long ones", () => {
    const content = shown("Yes [1].", {
      citations: [
        citation(1, {
          title: "*args* [x](y) @everyone",
          heading: ["https://evil.example/", "h".repeat(300)],
        }),
      ],
    });
    const line = content.split("\n").find((one) => one.startsWith("-# ")) ?? "";
    expect(line).toContain(`[\\*args\\* \\[x\\](y) @${zeroWidthSpace}everyone › evil.example/ › hhh`);
    expect(line).toContain("…](<https://example.org/source-1>)");
    expect(line).not.toMatch(/\[[^\]]*https:/);
  });

  it("shows the question above it only where it is asked to", () => {
    const answer = answered("Yes.", { citations: [] });
    expect(contents(renderAnswer(answer, { question: "**Is** it\n@here?" }))).toEqual([
      `> \\*\\*Is\\*\\* it @${zeroWidthSpace}here?\n\nYes.`,
    ]);
    expect(contents(renderAnswer(answer))).toEqual(["Yes."]);
    const [content = ""] = contents(renderAnswer(answer, { question: "why? ".repeat(400) }));
    expect(content.length).toBeLessThan(400);
  });

  it("without text still says something", () => {
    expect(contents(renderAnswer(answered("  ")))).toEqual(["I have no text for this answer."]);
  });

  it("beyond ten messages is cut at a message's end and says so", () => {
    const all = renderAnswer(answered("A sentence of the endless answer. ".repeat(2_000), { citations: [] }));
    expect(all).toHaveLength(10);
    expect(all.at(-1)?.content).toMatch(/too long to be posted/);
  });
});

describe("text of documents", () => {
  it("shows exactly what stands there, list markers and code apart", () => {
    expect(plain("a * b_c ~~d~~ `e` ||f|| > g # h [i](j) \\k")).toBe(
      "a \\* b\\_c \\~\\~d\\~\\~ \\`e\\` \\|\\|f\\|\\| > g # h \\[i\\](j) \\\\k",
    );
    expect(plain("# no heading\n## nor this\n-# nor small\n> nor a quotation")).toBe(
      "\\# no heading\n\\## nor this\n-\\# nor small\n\\> nor a quotation",
    );
    expect(plain("- one\n  - # two\n1. three\n* four")).toBe("- one\n  - \\# two\n1. three\n\\* four");
    expect(plain("at 10:100:20, :smile: __init__")).toBe("at 10\\:100:20, \\:smile: \\_\\_init\\_\\_");
    expect(plain("```bash\necho *x* | tee __y__\n```")).toBe("```bash\necho *x* | tee __y__\n```");
    expect(plain("| a | b |\n|---|---|\n| c | d |")).toBe(
      "\\| a \\| b \\|\n\\|---\\|---\\|\n\\| c \\| d \\|",
    );
  });

  it("keeps addresses clickable and without a preview", () => {
    expect(plain("See https://example.org/a_b*c, or (https://example.org/d).")).toBe(
      "See <https://example.org/a_b%2Ac>, or (<https://example.org/d>).",
    );
  });
});

describe("text of a model", () => {
  it("keeps its formatting", () => {
    const text = "## Title\n**bold** *it* `code_x` ~~no~~\n- a\n- b\n\n> quoted";
    expect(shown(text)).toBe("## Title\n**bold** *it* `code_x` ~~no~~\n- a\n- b\n\n> quoted");
  });

  it("has only what Discord knows", () => {
    expect(shown("#### Deep #\n+ item\nline<br>break\n\n---\n\nend")).toBe(
      "**Deep**\n- item\nline\nbreak\n\nend",
    );
    expect(shown("~~~python\nx = 1\n~~~")).toBe("```python\nx = 1\n```");
    expect(shown("```not a language!\nx\n```")).toBe("```not\nx\n```");
    expect(shown("````md\n```\ninner\n```\n````")).toBe(
      `\`\`\`md\n\`\`${zeroWidthSpace}\`\ninner\n\`\`${zeroWidthSpace}\`\n\`\`\``,
    );
  });

  it("leaves no tick and no bars open that would swallow what follows", () => {
    expect(shown("A ` tick, a || b || c, ```inline``` and ``` loose.\n\nNext.")).toBe(
      "A \\` tick, a \\|\\| b \\|\\| c, ``inline`` and \\`\\`\\` loose.\n\nNext.",
    );
  });

  it("has no link that pretends to lead elsewhere, and no previews", () => {
    expect(shown("[https://bank.example](https://evil.example/x)")).toBe("<https://evil.example/x>");
    expect(shown("[bank.com](https://evil.example)")).toBe("<https://evil.example/>");
    expect(shown("[www.bank](https://evil.example)")).toBe("<https://evil.example/>");
    expect(shown('[the docs](https://example.org/a_(b) "title")')).toBe(
      "[the docs](<https://example.org/a_%28b%29>)",
    );
    expect(shown("![a picture](https://example.org/p.png)")).toBe("[a picture](<https://example.org/p.png>)");
    expect(shown("[click](javascript:alert(1))")).toBe("click");
    expect(shown("https://example.org/x. <https://example.org/y>")).toBe(
      "<https://example.org/x>. <https://example.org/y>",
    );
  });

  it("mentions nobody, not even escaped or in code", () => {
    const text =
      "@everyone @HERE <@123456789012345678> <@&1> <#2> </ask:3> \\<@4> `@here <@5>`\n```\n@everyone <@!6>\n```";
    const content = shown(text);
    expect(content.replaceAll(zeroWidthSpace, "")).toBe(text.replace("\n```", "\n\n```"));
    expect(content).not.toMatch(/@(everyone|here)|<(@[!&]?|#|\/ask:)\d/i);
  });

  it("shows a narrow table aligned, its sources below it", () => {
    const table = "| GPU | **Memory** |\n|:---|---:|\n| H100 | 80 GB [1] |\n| `H200` | 141 GB [1] |";
    expect(shown(`Compare:\n\n${table}\n\nEnd.`, { citations: [citation(1)] })).toContain(
      "Compare:\n\n```\nGPU   Memory\n────  ──────\nH100  80 GB\nH200  141 GB\n```\n[[1]](<https://example.org/source-1>)\n\nEnd.",
    );
  });

  it("shows a wide table, or one whose rows have different sources, as a list", () => {
    const wide = `| GPU | Memory | Notes |\n|---|---|---|\n| H100 | 80 GB | ${"wide ".repeat(12)}|\n| H200 | | b \\| c |`;
    expect(shown(wide)).toBe(
      `- H100 — Memory: 80 GB · Notes: ${"wide ".repeat(12).trim()}\n- H200 — Notes: b | c`,
    );
    const mixed = "| GPU | Memory |\n|---|---|\n| H100 | 80 GB [1] |\n| H200 | 141 GB [2] |";
    expect(shown(mixed, { citations: [citation(1), citation(2)] })).toContain(
      "- H100 — Memory: 80 GB [[1]](<https://example.org/source-1>)\n- H200 — Memory: 141 GB [[2]](<https://example.org/source-2>)",
    );
  });

  it("while it is still being written closes its code block and links nothing yet", () => {
    expect(contents(renderPartial("First [1].\n\n```py\nx = 1"))).toEqual([
      "First \\[1\\].\n\n```py\nx = 1\n```\n\n-# Still writing…",
    ]);
    expect(renderPartial("   ")).toEqual([]);
  });
});

describe("splitting", () => {
  it("keeps a code block whole when it fits into one message", () => {
    const code = `\`\`\`py\n${"x = 1\n".repeat(20)}\`\`\``;
    const [first, second] = split(`${"word ".repeat(30)}\n\n${code}\n[[1]](<https://e.org>)`, 200);
    expect(first).toBe("word ".repeat(30).trim());
    expect(second).toBe(`${code}\n[[1]](<https://e.org>)`);
  });

  it("closes a longer one and opens it again with its language, lines whole", () => {
    const lines = Array.from({ length: 30 }, (_, n) => `    line ${n} of the code`);
    const chunks = split(`\`\`\`rust\n${lines.join("\n")}\n\`\`\``, 200);
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks) expect(chunk).toMatch(/^```rust\n[\s\S]*\n```$/);
    expect(chunks.flatMap((chunk) => chunk.split("\n").slice(1, -1))).toEqual(lines);
  });

  it("prefers the end of a sentence, and leaves a mark with its sentence", () => {
    const text = `${"Some words of a sentence here. ".repeat(5)}The last one [[1]](<https://example.org/long/address>). More.`;
    expect(split(text, 170)[0]).toBe("Some words of a sentence here. ".repeat(5).trim());
    const marked = `${"word ".repeat(30)}end. [[1]](<https://example.org/0123456789>) next`;
    const [first = "", second = ""] = split(marked, 165);
    expect(first.endsWith("word")).toBe(true);
    expect(second).toBe("end. [[1]](<https://example.org/0123456789>) next");
  });

  it("repeats the quotation or small print that it breaks", () => {
    const chunks = split(`> ${"quoted words ".repeat(30)}`, 200);
    expect(chunks.length).toBeGreaterThan(1);
    for (const chunk of chunks) expect(chunk).toMatch(/^> quoted/);
  });

  it("cuts a word that is longer than a message, but no character", () => {
    const chunks = split("🧵".repeat(120), 101);
    expect(chunks.join("")).toBe("🧵".repeat(120));
    for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(101);
  });
});

it("a payload beyond Discord's limits is a defect, not a request", () => {
  expect(() => payload("")).toThrow(RangeError);
  expect(() => payload("x".repeat(2_001))).toThrow(RangeError);
  expect(payload("x")).toEqual({
    content: "x",
    allowedMentions: { parse: [], repliedUser: false },
    flags: 4,
  });
});

// Properties

const runs = { numRuns: 300 };
const word = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z]{1,12}[.,;]?$/) },
  fc.constantFrom(
    "[1]",
    "[2].",
    "[9]",
    "@everyone",
    "@here",
    "<@123456789012345678>",
    "<@&1>",
    "`code span`",
    "**bold words**",
  ),
  fc.constantFrom(
    "https://example.org/a_b?c=d",
    "[label](https://example.org/x)",
    "[bank.com](https://evil.example)",
  ),
  fc.constantFrom(
    "*",
    "_",
    "`",
    "||",
    "\\",
    "[",
    "](",
    "<",
    "a|b",
    "snake_case",
    "10:100:20",
    "🧵",
    "\\*",
    "```x",
  ),
  fc.string({ maxLength: 8, unit: "grapheme" }).filter((text) => !/[\n\r]/.test(text)),
);
const line = fc.array(word, { minLength: 1, maxLength: 60 }).map((words) => words.join(" "));
const code = fc
  .tuple(fc.constantFrom("", "bash", "c++", "odd language"), fc.array(line, { minLength: 1, maxLength: 40 }))
  .map(([language, lines]) => `\`\`\`${language}\n${lines.join("\n").replaceAll("```", "'")}\n\`\`\`\n[1]`);
const table = fc
  .array(fc.tuple(word, word, word), { minLength: 1, maxLength: 20 })
  .map((rows) => `| a | b | c |\n|---|---|---|\n${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}`);
const block = fc.oneof(
  { weight: 4, arbitrary: fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join("\n")) },
  fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => lines.map((one) => `- ${one}`).join("\n")),
  code,
  table,
);
const text = fc.array(block, { minLength: 1, maxLength: 12 }).map((blocks) => blocks.join("\n\n"));
const mode = fc.constantFrom("extractive", "generative") as fc.Arbitrary<Answer["mode"]>;
const answer = fc
  .tuple(text, mode)
  .map(([content, how]) =>
    answered(content, { mode: how, citations: [citation(1), citation(2, { url: null })] }),
  );

const links = (content: string) =>
  content.match(/\[(?:\\.|\[[^\][]*\]|[^\][\\])*\]\(<[^>\s]*>\)|<https?:[^>\s]*>/g) ?? [];
/** The words in their order, without the fences, which may be repeated. */
const wordsOf = (content: string) =>
  content
    .split("\n")
    .filter((one) => !/^```[\w+#.-]*$/.test(one))
    .join("\n")
    .split(/\s+/)
    .filter(Boolean);

describe("whatever an answer holds", () => {
  it("every message keeps to Discord's limits and pings nobody", () => {
    fc.assert(
      fc.property(answer, fc.option(line, { nil: undefined }), (made, question) => {
        for (const one of [...renderAnswer(made, { question }), ...renderPartial(made.text, { question })]) {
          expect(one.content.trim()).not.toBe("");
          expect(one.content.length).toBeLessThanOrEqual(2_000);
          expect(one).toMatchObject({ allowedMentions: { parse: [], repliedUser: false }, flags: 4 });
          expect(one.content).not.toMatch(/@(everyone|here)|<@[!&]?\d/i);
        }
      }),
      runs,
    );
  });

  it("a full answer fits into the messages that Discord is given, whatever it is made of", () => {
    const longest = fc.constantFrom("*_`|<[~\\", "a word ", "- item\n", "https://example.org/a?b=c ");
    const piece = fc.oneof(longest, line, code);
    const url = `https://example.org/${"a".repeat(490)}`;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 40 }), mode, (pieces, how) => {
        const body = pieces.map((one, index) => `${one.repeat(200).slice(0, 800)} [${(index % 8) + 1}]`);
        const citations = Array.from({ length: 8 }, (_, index) =>
          citation(index + 1, { url, title: "*".repeat(200), reviewed: "2026-07-01" }),
        );
        const made = answered(body.join("\n\n").slice(0, mostShown.full), { mode: how, citations });
        const messages = contents(renderAnswer(made, { question: "*".repeat(400) }));
        expect(messages.length).toBeLessThanOrEqual(10);
        expect(messages.at(-1)).not.toContain("too long to be posted");
      }),
      { numRuns: 200 },
    );
  });

  it("every message closes the code blocks that it opens", () => {
    fc.assert(
      fc.property(answer, (made) => {
        for (const { content } of renderAnswer(made)) {
          const fences = content.split("\n").filter((one) => /^```/.test(one));
          expect(fences.length % 2).toBe(0);
          // Anywhere else three ticks would open a block as well.
          expect(content.replace(/\\./g, "").match(/```/g)?.length ?? 0).toBe(fences.length);
          for (const [index, fence] of fences.entries()) if (index % 2 === 1) expect(fence).toBe("```");
        }
      }),
      runs,
    );
  });

  it("splitting cuts no word and no link, and loses nothing", () => {
    fc.assert(
      fc.property(answer, fc.integer({ min: 700, max: 2_000 }), (made, limit) => {
        const [whole = ""] = split(contents(renderAnswer(made)).join("\n\n"), Number.POSITIVE_INFINITY);
        const chunks = split(whole, limit);
        for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(limit);
        expect(chunks.flatMap(wordsOf)).toEqual(wordsOf(whole));
        expect(chunks.flatMap(links)).toEqual(links(whole));
      }),
      runs,
    );
  });

  it("splitting any text at all loses nothing but white space and keeps the limit", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 3_000, unit: "grapheme" }),
        fc.integer({ min: 60, max: 300 }),
        (any, limit) => {
          const bare = any.replace(/[`~]/g, "'").replace(/^(?:> |-# )/gm, "");
          const chunks = split(bare, limit);
          for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(limit);
          expect(chunks.join("").replace(/\s/g, "")).toBe(bare.replace(/\s/g, ""));
        },
      ),
      runs,
    );
  });

  it("an escaped line shows exactly its text", () => {
    const characters = fc
      .array(fc.constantFrom(..."ab 1*_~`|<>[]()\\#-:.@!"), { maxLength: 60 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(characters, (any) => {
        const content = plainLine(any);
        expect(content.replace(/\\([\\*_~`|<[\]:#>])/g, "$1").replaceAll(zeroWidthSpace, "")).toBe(any);
        // Nothing that could open or close a format is left unescaped.
        expect(content.replace(/\\./g, "")).not.toMatch(/[*_~`|<[\]]/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("three ticks inside a code span", () => {
  it("open no code block", () => {
    const [first] = renderAnswer(answered("- ` ```x `code span` a\n- a", { mode: "generative" }));
    expect(first?.content).not.toContain("```");
  });
});
