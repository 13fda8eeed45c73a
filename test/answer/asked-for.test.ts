import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdWhatIsAsked } from "../../src/answer/asked-for.ts";
import { understand } from "../../src/retrieve/query.ts";
import type { Hit } from "../../src/retrieve/retrieve.ts";
import { type SmallIndex, smallIndex } from "../fakes/small-index.ts";
import { hitsOf } from "./passages.ts";

const text = `# NVIDIA H100

The NVIDIA H100 SXM has 80 GB of memory and draws 700 W. The dashboard listens on port 8265.
An hour of the H100 cost 2.10 dollars in May 2026, and 1.50 dollars are expected for 2030.
`;

let small: SmallIndex;
let shown: Hit[];
beforeAll(async () => {
  small = await smallIndex({
    "h100.md": text,
    "rtx.md": "# RTX 5090\n\nThe RTX 5090 has compute capability 12.0.\n",
  });
  shown = hitsOf("h100.md", text);
});
afterAll(() => small.remove());

const now = new Date("2026-11-24");
const holds = async (question: string, passages = shown) =>
  holdWhatIsAsked(await understand(question, small.index), passages, now);

describe("passages that answer", () => {
  it.each([
    "how much memory does the h100 have",
    "h100 power draw",
    "what does an hour of the h100 cost",
    "which port does the dashboard listen on",
    "h100 price in 2030",
    "why is the h100 used",
    "is the h100 worth it",
  ])("hold what %j asks for", async (question) => {
    expect(await holds(question)).toBe(true);
  });

  it.each([
    ["how loud is the h100", "a loudness"],
    ["latency of the h100 in ns", "the unit asked for"],
    ["what will the h100 cost in 2031", "the year"],
    ["what is the phone number of the maker of the h100", "a phone number"],
    ["what does it cost per seat", "a price per seat"],
    ["rtx 5090 power draw", "the name"],
  ])("do not hold what %j asks for: %s", async (question) => {
    expect(await holds(question)).toBe(false);
  });

  it("need the amount together with the name", async () => {
    const both = [...shown, ...hitsOf("rtx.md", "# RTX 5090\n\nThe RTX 5090 has compute capability 12.0.\n")];
    expect(await holds("how much memory does the rtx 5090 have", both)).toBe(false);
    expect(await holds("compute capability of the rtx 5090", both)).toBe(true);
  });
});
