import { type Figure, figures } from "../facts-figures.ts";

/** The figures that a member gives for a calculation, in base units. */
export interface Quantities {
  /** Parameters of the model. */
  readonly parameters: number | undefined;
  /** Tokens of one sequence: "at 32k context". */
  readonly context: number | undefined;
  /** Tokens that a model is trained on: "on 15T tokens". */
  readonly trainingTokens: number | undefined;
  /** Sequences, users or requests at the same time. */
  readonly sequences: number;
  /** Bytes of one value, with the name of the precision that was given. */
  readonly precision: { readonly bytes: number; readonly name: string } | undefined;
  readonly gpus: number | undefined;
  /** Bytes of an array. */
  readonly bytes: Figure | undefined;
  /** Bytes a second. */
  readonly bytesPerSecond: number | undefined;
  readonly layers: number | undefined;
  readonly keyValueHeads: number | undefined;
  readonly headDimension: number | undefined;
}

const scale: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 };
const precisions: readonly (readonly [RegExp, number, string])[] = [
  [/\b(?:fp|float)32\b/i, 4, "FP32"],
  [/\b(?:bf16|fp16|float16|16[- ]?bit|half precision)\b/i, 2, "16-bit"],
  [/\b(?:fp8|int8|8[- ]?bit|q8)\b/i, 1, "8-bit"],
  [/\b(?:fp4|int4|nvfp4|mxfp4|4[- ]?bit|q4|awq|gptq)\b/i, 0.5, "4-bit"],
];

/** Reads the member's figures: "70B", "32k context", "8 GB", "400 Gb/s", "fp8", "on 8 GPUs". */
export function quantitiesIn(question: string): Quantities {
  const precision = precisions.find(([written]) => written.test(question));
  const found = figures(question);
  const ofFamily = (family: string) =>
    found.find(({ readings }) => readings.some((reading) => reading.family === family));
  const rate = found
    .flatMap(({ readings }) => readings)
    .find(({ family }) => family === "B/s" || family === "b/s");
  return {
    parameters: scaled(
      question,
      /(\d+(?:\.\d+)?)\s*(?:(b)(?:illion)?|(t)rillion)\b(?!\s*(?:tokens|users|\/s))/i,
    ),
    context:
      scaled(
        question,
        /(\d+(?:\.\d+)?)\s*(k|m)?\b\s*(?:tokens?\s+)?(?:of\s+)?(?:context|ctx|tokens|seq\w*)\b/i,
      ) ?? scaled(question, /\b(?:at|with|for)\s+(\d+(?:\.\d+)?)\s*(k)\b/i),
    trainingTokens: scaled(
      question,
      /(\d+(?:\.\d+)?)\s*(?:(t|b|m)|(t)rillion|(b)illion|(m)illion)\s*(?:training )?tokens/i,
    ),
    sequences:
      counted(question, /(\d+)\s*(?:concurrent\s+)?(?:sequences|users|requests|sessions|chats|batch)/i) ?? 1,
    precision: precision && { bytes: precision[1], name: precision[2] },
    gpus: counted(
      question,
      /\b(?:on|over|across|between|with|for|using)\s+(\d+)\s*(?:x\s*)?(?:gpus?|cards?|nodes?|ranks?|[a-z]{1,3}\d{2,4}\w?)\b/i,
    ),
    bytes: ofFamily("B") ?? ofFamily("iB"),
    bytesPerSecond: rate && (rate.family === "b/s" ? rate.value / 8 : rate.value),
    layers: counted(question, /(\d+)\s*layers/i),
    keyValueHeads: counted(question, /(\d+)\s*(?:kv|key[- ]value)[- ]heads/i),
    headDimension: counted(question, /head[- ]dim(?:ension)?\s*(?:of\s*)?(\d+)/i),
  };
}

function scaled(text: string, pattern: RegExp): number | undefined {
  const [, number, ...letters] = pattern.exec(text) ?? [];
  if (number === undefined) return undefined;
  const letter = letters.find((one) => one !== undefined)?.toLowerCase();
  return Number(number) * (letter ? (scale[letter] ?? 1) : 1);
}

function counted(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
