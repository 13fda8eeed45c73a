import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { namesIn } from "../../src/retrieve/names.ts";

const now = new Date("2026-11-24");
const typed = (question: string) => namesIn(question, now).map((name) => name.typed);
const phrases = (question: string) => namesIn(question, now).flatMap((name) => name.phrases);

describe("namesIn", () => {
  it.each([
    ["what is the bandwidth of nvlink 9", "nvlink 9"],
    ["is ZeRO-4 faster", "ZeRO-4"],
    ["when is caddy 3.0 out", "caddy 3.0"],
    ["what is xid 154", "xid 154"],
    ["memory of the MI999X", "MI999X"],
    ["slurm --gpu-teleport option", "--gpu-teleport"],
    ["what does max_model_teleport do", "max_model_teleport"],
    ["who is Brunhilde at NERSC", "Brunhilde"],
    ["which gpu wins in 2032", "2032"],
  ])("finds the name in %j", (question, name) => {
    expect(typed(question)).toContain(name);
  });

  it.each([
    "do I need IB for 8 gpus?",
    "kv cache of a 70B model at 32k",
    "how much is 80GB",
    "exit code 2",
    "a job needs 10 more hours",
    "what happened in 2019",
    "how many gpus",
  ])("finds no invented name in %j", (question) => {
    expect(typed(question).filter((name) => name !== "IB")).toEqual([]);
  });

  it("offers the spellings under which the corpus may write it", () => {
    expect(phrases("GPT-4 size")).toEqual(expect.arrayContaining(["gpt 4", "gpt4"]));
    expect(phrases("nvlink5 speed")).toEqual(expect.arrayContaining(["nvlink 5", "nvlink5"]));
  });

  it("does not take a letter and a number apart", () => {
    expect(namesIn("b450 tdp")[0]?.phrases).toEqual(["b450"]);
    expect(namesIn("nvlink5 speed")[0]?.phrases).toContain("nvlink 5");
  });

  it("takes any string", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => void namesIn(text, now)));
  });
});
