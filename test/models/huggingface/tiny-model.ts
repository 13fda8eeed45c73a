import { createHash } from "node:crypto";
import { writeFiles } from "../../fixtures.ts";

export interface TinyModelOptions {
  readonly dimensions?: number;
  /** Other weights for another seed. */
  readonly seed?: string;
  /** Path of the weights below the folder. */
  readonly weights?: string;
  /** Name of the model's output. */
  readonly output?: string;
  /** Added to config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
}

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const characters = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
const words =
  "rack holds switches kind nvlink bandwidth why is the training of model slow when waits for data bake bread at degrees query passage";
const vocabulary = [
  ...special,
  ...".,?!:-",
  ...characters,
  ...characters.map((each) => `##${each}`),
  ...words.split(" ").filter((word) => word.length > 1),
];

/**
 * Writes a whole model in the form of the hub into a folder: a table of vectors, one a token, as an ONNX graph of
 * one Gather, and the WordPiece tokenizer that belongs to it. Texts that share words are close.
 */
export function writeTinyModel(folder: string, options: TinyModelOptions = {}): string {
  const {
    dimensions = 32,
    seed = "tiny",
    weights = "onnx/model.onnx",
    output = "last_hidden_state",
  } = options;
  const config = {
    model_type: "bert",
    architectures: ["BertModel"],
    hidden_size: dimensions,
    max_position_embeddings: 512,
    vocab_size: vocabulary.length,
    ...options.config,
  };
  return writeFiles(folder, {
    "config.json": JSON.stringify(config),
    "tokenizer.json": JSON.stringify(tokenizer()),
    "tokenizer_config.json": JSON.stringify({
      tokenizer_class: "BertTokenizer",
      model_max_length: 512,
      do_lower_case: true,
      unk_token: "[UNK]",
      sep_token: "[SEP]",
      pad_token: "[PAD]",
      cls_token: "[CLS]",
    }),
    [weights]: gatherGraph(table(dimensions, seed), dimensions, output),
  });
}

/** The row of a token in the table of weights, not normalised. */
export function tokenVector(token: string, dimensions = 32, seed = "tiny"): number[] {
  const bytes = createHash("shake256", { outputLength: dimensions }).update(`${seed} ${token}`).digest();
  // The tokens around every text must not make all texts alike.
  const scale = special.includes(token) ? 0.01 : 1;
  return [...bytes].map((byte) => Math.fround((scale * (byte - 127.5)) / 127.5));
}

function table(dimensions: number, seed: string): Float32Array {
  return Float32Array.from(vocabulary.flatMap((token) => tokenVector(token, dimensions, seed)));
}

function tokenizer(): object {
  const id = (token: string) => vocabulary.indexOf(token);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: id(content),
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: { type: "BertProcessing", sep: ["[SEP]", id("[SEP]")], cls: ["[CLS]", id("[CLS]")] },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, index) => [token, index])),
    },
  };
}

// ONNX is a protocol buffer; the numbers are the field numbers of onnx.proto.

/** A ModelProto of one node: output[text, position] = table[input_ids[text, position]]. */
function gatherGraph(weights: Float32Array, dimensions: number, output: string): Uint8Array {
  const [float, int64] = [1, 7];
  const rows = weights.length / dimensions;
  const node = message([1, "table"], [1, "input_ids"], [2, output], [3, "lookup"], [4, "Gather"]);
  const initializer = message(
    [1, rows],
    [1, dimensions],
    [2, float],
    [8, "table"],
    [9, new Uint8Array(weights.buffer)],
  );
  const axis = (size: number | string) => message([typeof size === "number" ? 1 : 2, size]);
  const tensor = (name: string, type: number, axes: (number | string)[]) => {
    const shape = message(...axes.map((size): Field => [1, axis(size)]));
    return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
  };
  const graph = message(
    [1, node],
    [2, "tiny"],
    [5, initializer],
    [11, tensor("input_ids", int64, ["texts", "positions"])],
    [12, tensor(output, float, ["texts", "positions", dimensions])],
  );
  return message([1, 8], [2, "rackmate-test"], [7, graph], [8, message([1, ""], [2, 17])]);
}

type Field = readonly [number: number, value: number | string | Uint8Array];

function message(...fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === "number") return Buffer.concat([varint(number << 3), varint(value)]);
      const bytes = typeof value === "string" ? Buffer.from(value) : value;
      return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
