import { type Evidence, formula, type Library, memoryOf, shapeOf } from "./constants.ts";
import type { Quantities } from "./quantities.ts";

/** A filled-in formula: steps for people, each resting on a sentence or row of the corpus. */
export interface Calculation {
  readonly steps: readonly { readonly text: string; readonly from: readonly Evidence[] }[];
}

type Calculate = (question: string, given: Quantities, library: Library) => Promise<Calculation | undefined>;

const modelName = /\b(?:[abhlv]\d{2,3}0?[a-z]?|gh200|gb[23]00|mi\d{3}[a-z]?|rtx \d{4}|tpu v\d\w?)s?\b/i;
/** Share of memory that an engine may fill; the corpus's worked examples and vLLM's default use it. */
const usable = 0.9;

/** "How many H100s for a 70B model in FP8 at 32k?": weights, cache where its shape is known, and the cards that hold them. */
const cards: Calculate = async (question, { parameters, precision, ...given }, library) => {
  if (parameters === undefined) return undefined;
  const rule = await formula(
    "memory for weights bytes per parameter times number of parameters",
    /bytes per parameter (?:times|×|x|multiplied)|parameters (?:times|×|x) (?:the )?bytes/i,
    library,
  );
  if (!rule) return undefined;
  const { bytes, name } = precision ?? { bytes: 2, name: "16-bit, assumed" };
  const weights = parameters * bytes;
  const steps = [
    {
      text: `Weights: ${count(parameters)} parameters × ${bytes} ${bytes === 1 ? "byte" : "bytes"} (${name}) = ${size(weights)}`,
      from: [rule],
    },
  ];
  const cache = given.context
    ? await keyValueCache(question, { ...given, parameters, precision }, library)
    : undefined;
  if (cache) steps.push(...cache.steps.map(({ text, from }) => ({ text, from: [...from] })));
  const total = weights + (cache?.bytes ?? 0);
  const card = modelName.exec(question)?.[0].replace(/s$/i, "");
  const memory = card ? await memoryOf(card, library) : undefined;
  if (card && memory) {
    const needed = Math.ceil(total / (memory.bytes * usable));
    steps.push({
      text: `Cards: ${size(total)} ÷ (${usable} × ${memory.written} of one ${card.toUpperCase()}) = ${(total / (memory.bytes * usable)).toFixed(2)}, so at least ${needed}${cache ? "" : ", before any KV cache"}`,
      from: [memory],
    });
  }
  return { steps };
};

/** "KV cache of Llama 3 70B at 32k for 16 users". */
async function keyValueCache(
  question: string,
  { context, sequences, precision, layers, keyValueHeads, headDimension }: Quantities,
  library: Library,
): Promise<(Calculation & { readonly bytes: number }) | undefined> {
  if (context === undefined) return undefined;
  const rule = await formula(
    "KV cache size formula bytes layers KV heads head dimension per token",
    /layers.*(?:kv|key).*heads|(?:kv|key).*heads.*layers/i,
    library,
  );
  const given =
    layers && keyValueHeads && headDimension
      ? { layers, heads: keyValueHeads, dimension: headDimension, from: [] }
      : undefined;
  const known = given ? undefined : await shapeOf(question, library);
  const shape = given ?? (known && { ...known, from: [known] });
  if (!rule || !shape) return undefined;
  const { bytes, name } = precision && precision.bytes >= 1 ? precision : { bytes: 2, name: "16-bit" };
  const perToken = 2 * bytes * shape.layers * shape.heads * shape.dimension;
  const total = perToken * context * sequences;
  const times = sequences > 1 ? ` × ${sequences} sequences` : "";
  return {
    bytes: total,
    steps: [
      {
        text: `KV cache: 2 × ${bytes} ${bytes === 1 ? "byte" : "bytes"} (${name}) × ${shape.layers} layers × ${shape.heads} KV heads × ${shape.dimension} = ${count(perToken)} bytes a token; × ${count(context)} tokens${times} = ${size(total)}`,
        from: [rule, ...shape.from],
      },
    ],
  };
}

/** "Checkpoint size of a 70B model". */
const checkpoint: Calculate = async (_question, { parameters }, library) => {
  if (parameters === undefined) return undefined;
  const states = /(\d+) bytes per parameter/i;
  const rule = await formula("checkpoint size rule of thumb bytes per parameter", states, library);
  const each = Number(states.exec(rule?.unit.unit.text ?? "")?.[1]);
  if (!rule || !(each > 0)) return undefined;
  return {
    steps: [
      {
        text: `Checkpoint: ${count(parameters)} parameters × ${each} bytes = ${size(parameters * each)}`,
        from: [rule],
      },
    ],
  };
};

/** "All-reduce time of 8 GB on 8 GPUs at 450 GB/s". */
const allReduce: Calculate = async (_question, { bytes, gpus, bytesPerSecond }, library) => {
  const array = bytes?.readings[0]?.value;
  if (array === undefined || gpus === undefined || gpus < 2 || bytesPerSecond === undefined) return undefined;
  const rule = await formula(
    "all-reduce time formula S/B 2(n-1)/n",
    /2\s*\(\s*n\s*[-−]\s*1\s*\)\s*\/\s*n/i,
    library,
  );
  if (!rule) return undefined;
  const seconds = ((2 * (gpus - 1)) / gpus) * (array / bytesPerSecond);
  return {
    steps: [
      {
        text: `All-reduce: 2 × (${gpus} − 1) ÷ ${gpus} × ${size(array)} ÷ ${size(bytesPerSecond)}/s = ${duration(seconds)} at best`,
        from: [rule],
      },
    ],
  };
};

/** "FLOPs to train an 8B model on 15T tokens". */
const trainingWork: Calculate = async (_question, { parameters, trainingTokens }, library) => {
  if (parameters === undefined || trainingTokens === undefined) return undefined;
  const rule = await formula(
    "6ND rule training FLOPs parameters tokens",
    /6\s*[×x*]?\s*N\s*[×x*]?\s*D\b/,
    library,
  );
  if (!rule) return undefined;
  return {
    steps: [
      {
        text: `Training: 6 × ${count(parameters)} parameters × ${count(trainingTokens)} tokens = ${(6 * parameters * trainingTokens).toExponential(2).replace("e+", " × 10^")} FLOPs`,
        from: [rule],
      },
    ],
  };
};

const calculations: readonly (readonly [asked: RegExp, calculate: Calculate])[] = [
  [/\ball[- ]?reduce\b/i, allReduce],
  [/\bcheck-?points?\b/i, checkpoint],
  [/\bflops?\b.*\b(?:train|tokens)|\btrain\w*\b.*\bflops?\b/i, trainingWork],
  [/\bkv[- ]?cache\b/i, keyValueCache],
  [
    /\b(?:how (?:many|much)|what|which|enough|fit|need)\b.*\b(?:gpus?|cards?|vram|memory|[abhlv]\d{2,3}0?s?|mi\d{3}x?s?)\b/i,
    cards,
  ],
];

/** Fills in the corpus's own formula from the member's figures; undefined when a figure or the formula is missing. */
export async function calculate(
  question: string,
  given: Quantities,
  library: Library,
): Promise<Calculation | undefined> {
  if (/\b(?:train|fine-?tun)/i.test(question) && given.trainingTokens === undefined) return undefined;
  const fitting = calculations.find(([asked]) => asked.test(question));
  return fitting?.[1](question, given, library);
}

function count(value: number): string {
  for (const [name, unit] of [
    ["trillion", 1e12],
    ["billion", 1e9],
    ["million", 1e6],
  ] as const) {
    if (value >= unit) return `${trim(value / unit)} ${name}`;
  }
  return value.toLocaleString("en-US");
}

function size(bytes: number): string {
  const [name, unit] =
    bytes >= 1e12 ? (["TB", 1e12] as const) : bytes >= 1e9 ? (["GB", 1e9] as const) : (["MB", 1e6] as const);
  return `${trim(bytes / unit)} ${name}`;
}

function duration(seconds: number): string {
  return seconds >= 1 ? `${trim(seconds)} s` : `${trim(seconds * 1e3)} ms`;
}

/** Three significant digits, without trailing zeros. */
const trim = (value: number) => String(Number(value.toPrecision(3)));
