import { describe, expect, it } from "vitest";
import { factsOf } from "../../src/answer/facts.ts";
import { sameFigure } from "../../src/answer/facts-figures.ts";

const figure = (text: string) => {
  const [first] = factsOf(text).figures;
  if (!first) throw new Error(`no figure in ${text}`);
  return first;
};
const named = (text: string, kind: string) =>
  factsOf(text)
    .names.filter((name) => name.kind === kind)
    .map(({ written }) => written);

describe("figures", () => {
  it.each([
    ["3.35 TB/s", "3,350 GB/s"],
    ["3.35 TB/s", "3.35 terabytes per second"],
    ["400 Gb/s", "400 Gbps"],
    ["24.8 million IOPS", "24,800,000 IOPS"],
    ["a 70B model", "70 billion models"],
    ["90 %", "90 percent"],
    ["$10 per hour", "10 US dollars per hour"],
    ["700 W", "0.7 kW"],
    ["561 petaflop/s", "561 PFLOPS"],
    ["2 minutes", "120 seconds"],
    ["eight GPUs", "8 GPUs"],
    ["1 000 GB".replace(" ", "\u202f"), "1000 GB"],
  ])("%s is %s", (one, other) => {
    expect(sameFigure(figure(one), figure(other))).toBe(true);
  });

  it.each([
    ["80 GB", "80 GiB"],
    ["80 GB", "80 Gb"],
    ["80 GB", "80 GB/s"],
    ["80 GB", "80 TB"],
    ["80 GB", "80 GPUs"],
    ["3.35 TB/s", "3.4 TB/s"],
    ["20 ms", "20 s"],
    ["50%", "50 times"],
    ["1 month", "30 days"],
  ])("%s is not %s", (one, other) => {
    expect(sameFigure(figure(one), figure(other))).toBe(false);
  });

  it("share the unit of a range, bounds and all", () => {
    const { figures } = factsOf("Racks take 30 to 41 kW, at least 5 kW and up to 7 MW in 2025.");
    expect(figures.map(({ written, bound }) => [written, bound])).toEqual([
      ["30", undefined],
      ["41 kW", undefined],
      ["5 kW", "least"],
      ["7 MW", "most"],
      ["2025", undefined],
    ]);
    expect(figures[0] && sameFigure(figures[0], figure("30 kW"))).toBe(true);
  });

  it("are not found in names", () => {
    expect(factsOf("The H100, GPT-4, TPU v5p and `--nodes 4` in /proc/8/x.").figures).toEqual([]);
  });
});

describe("names", () => {
  it("are models with digits", () => {
    expect(
      named("An H100-based TPU v5p, GPT-4 and ConnectX-7 node with 8-GPU boards in 3D.", "model"),
    ).toEqual(["H100", "v5p", "GPT-4", "ConnectX-7", "3D"]);
  });

  it("are capitalised words inside a sentence, acronyms and CamelCase anywhere, not units", () => {
    expect(
      named("Stas Bekman tested NVLink. Fast disks at NERSC gave 5 GB to vLLM. Memory grew.", "word"),
    ).toEqual(["Stas", "Bekman", "NVLink", "NERSC", "vLLM"]);
  });

  it("are the subject of a sentence that they open", () => {
    expect(named("Zorblax has 80 disks.", "word")).toEqual(["Zorblax"]);
    expect(named("Run the test. It has disks. Typically disks fail.", "word")).toEqual([]);
  });

  it("are code, flags, paths and addresses as written", () => {
    expect(
      named(
        "Set `lfs df -h`, --max-model-len, NCCL_DEBUG, torch.compile, /proc/meminfo or https://a.example.",
        "literal",
      ),
    ).toEqual([
      "lfs df -h",
      "--max-model-len",
      "NCCL_DEBUG",
      "torch.compile",
      "/proc/meminfo",
      "https://a.example.",
    ]);
  });
});
