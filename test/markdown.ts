import fc from "fast-check";

const words =
  "node GPU rack fabric Lustre cache 80 3.35 TB/s InfiniBand e.g. vs. latency* p_50 a|b [link] héllo 長文 queue don't (H100) 2.0.1 #9".split(
    " ",
  );
const word = fc.constantFrom(...words);
const phrase = fc.array(word, { minLength: 1, maxLength: 12 }).map((chosen) => chosen.join(" "));
const sentence = fc.tuple(phrase, fc.constantFrom(".", "?", "!", ":")).map(([text, end]) => `${text}${end}`);
const wrapped = fc.array(sentence, { minLength: 1, maxLength: 40 }).chain((all) =>
  fc
    .array(fc.constantFrom(" ", " ", "\n", "  "), { minLength: all.length, maxLength: all.length })
    .map((gaps) =>
      all
        .map((one, index) => `${one}${gaps[index]}`)
        .join("")
        .trimEnd(),
    ),
);
const decorated = wrapped.chain((text) =>
  fc.constantFrom(
    text,
    `**Bold** ${text}`,
    `${text}[^n1]`,
    `${text} [link](https://x.example/a) and \`code here\`.`,
    `${text}<br>more <b>bold</b> end.`,
    `${text} write a_b@x.example`,
  ),
);

const heading = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom("Overview", "Memory", "A *b* `c`", "Memory"))
  .map(([depth, text]) => `${"#".repeat(depth)} ${text}`);
const list = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), phrase), { minLength: 1, maxLength: 120 })
  .chain((items) =>
    fc
      .boolean()
      .map((loose) =>
        items
          .map(
            ([depth, text], index) =>
              `${"   ".repeat(index === 0 ? 0 : depth)}${depth === 1 ? "1." : "-"} ${text.replace(/^[[#|]/, "x")}`,
          )
          .join(loose ? "\n\n" : "\n"),
      ),
  );
const cell = phrase.map((text) => text.replaceAll("|", "/"));
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((columns) =>
    fc
      .array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 2, maxLength: 60 })
      .map(([head = [], ...rows]) =>
        [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n"),
      ),
  );
const code = fc
  .array(phrase, { minLength: 1, maxLength: 80 })
  .map((lines) => `\`\`\`sh\n${lines.join("\n")}\n\`\`\``);
const quote = wrapped.map((text) => text.replace(/^/gm, "> "));
const html = fc.constantFrom(
  "<!-- hidden\nwords -->",
  "<div>\nshown words here\n</div>",
  "<script>\nlet x;\n</script>",
  "***",
  "[^n1]: A footnote.",
);

/** Markdown documents of all kinds of blocks, short and long, with and without front matter. */
export const markdown = fc
  .tuple(
    fc.constantFrom("", "---\ntitle: A title\n---\n", "\n\n"),
    fc.array(fc.oneof(heading, { weight: 3, arbitrary: decorated }, list, table, code, quote, html), {
      maxLength: 14,
    }),
    fc.constantFrom("\n\n", "\n\n\n"),
    fc.boolean(),
  )
  .map(([front, blocks, gap, windows]) => {
    const text = `${front}${blocks.join(gap)}\n`;
    return windows ? text.replaceAll("\n", "\r\n") : text;
  });

/** The words of Markdown with everything removed that is a mark, to compare with what was read out of it. */
export function bareWords(text: string): string[] {
  return (
    text
      .replace(/\[\^[^\]\s]+\]/g, " ")
      .replace(/<[^>]*>/g, " ")
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
