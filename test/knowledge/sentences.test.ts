import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentenceSpans, sentences } from "../../src/knowledge/sentences.ts";

const piece = fc.constantFrom(
  "The GPU",
  "e.g.",
  "v2.0.1",
  "3.5",
  ".",
  "?",
  "!",
  "…",
  " ",
  "\n",
  "Dr.",
  "J.",
  "lower",
  "UPPER",
  "(",
  ")",
  '"',
  "。",
  "🦙",
  "etc.",
  ":",
  "vs.",
);

describe("sentence spans", () => {
  it("stand in order, do not overlap and lose nothing but white space, whatever the text", () => {
    const text = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(" ")),
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.string({ unit: "binary", maxLength: 100 }),
    );
    fc.assert(
      fc.property(text, (whole) => {
        let end = 0;
        for (const span of sentenceSpans(whole)) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          expect(span.end).toBeGreaterThan(span.start);
          expect(whole.slice(end, span.start).trim()).toBe("");
          const sentence = whole.slice(span.start, span.end);
          expect(sentence).toBe(sentence.trim());
          end = span.end;
        }
        expect(whole.slice(end).trim()).toBe("");
      }),
    );
  });

  it.each([
    ["It has 80 GB. The H200 has 141 GB.", ["It has 80 GB.", "The H200 has 141 GB."]],
    [
      "Use a scheduler, e.g. Slurm, for this. It is free.",
      ["Use a scheduler, e.g. Slurm, for this.", "It is free."],
    ],
    ["Lustre vs. Ceph is asked often. Both work.", ["Lustre vs. Ceph is asked often.", "Both work."]],
    [
      "Version 2.12.5 came out in Feb. 2024. It is stable.",
      ["Version 2.12.5 came out in Feb. 2024.", "It is stable."],
    ],
    ["It draws 3.35 kW. That is much!", ["It draws 3.35 kW.", "That is much!"]],
    ["Glenn K. Lockwood wrote it. He works at VAST.", ["Glenn K. Lockwood wrote it.", "He works at VAST."]],
    ["See Fig. 3 and Dr. Smith. Done?", ["See Fig. 3 and Dr. Smith.", "Done?"]],
    ["Is it fast? yes. No.", ["Is it fast? yes.", "No."]],
    ["One line\n\nanother one", ["One line", "another one"]],
    ['He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]],
    ["", []],
    ["  \n ", []],
    ["no end", ["no end"]],
  ])("%j", (text, expected) => {
    expect(sentences(text)).toEqual(expected);
  });

  it("end at a full stop that is set apart, even before a small letter", () => {
    expect(sentences("the lift was measured . the results agree . see fig. 3 .")).toEqual([
      "the lift was measured .",
      "the results agree .",
      "see fig. 3 .",
    ]);
    expect(sentences("Use .env files and v1 .x tags.")).toHaveLength(1);
  });

  it("takes a long text without sentence ends in its stride", () => {
    const text = "approx. node ".repeat(20_000);
    expect(sentences(text).join(" ").length).toBeGreaterThan(200_000);
  });
});

describe("a single capital before a full stop", () => {
  it("is an initial, unless it is a unit behind a number", () => {
    expect(sentences("J. Dongarra wrote it. Others read it.")).toHaveLength(2);
    expect(sentences("The card draws 350 W. The other draws 700 W.")).toEqual([
      "The card draws 350 W.",
      "The other draws 700 W.",
    ]);
  });
});
