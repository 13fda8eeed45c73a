import { createHash } from "node:crypto";

/**
 * A deterministic vector of a text: words and their beginnings hashed into signed buckets, scaled to length 1
 * and rounded to 32-bit floats. Texts that share words have a large cosine; order of words does not matter.
 */
export function bagOfWords(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  for (const word of words) {
    add(vector, word, 1);
    if (word.length > 4) add(vector, `${word.slice(0, 4)}…`, 0.5);
  }
  // A text without words (an emoji, punctuation) still has a vector of its own.
  if (words.length === 0) add(vector, text, 1);
  const length = Math.hypot(...vector);
  if (length === 0) return bagOfWords(`${text} ${dimensions}`, dimensions);
  return Array.from(vector, (value) => Math.fround(value / length));
}

/** The form in which `encoding_format: "base64"` carries a vector: little-endian 32-bit floats. */
export function toBase64(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString("base64");
}

export function fromBase64(text: string): number[] {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return Array.from(new Float32Array(bytes.buffer, 0, bytes.length / 4));
}

function add(vector: Float64Array, feature: string, weight: number): void {
  const digest = createHash("sha256").update(feature).digest();
  for (let part = 0; part < 4; part++) {
    const bucket = digest.readUInt32LE(part * 8) % vector.length;
    const sign = digest.readUInt8(part * 8 + 4) & 1 ? 1 : -1;
    vector[bucket] = (vector[bucket] ?? 0) + sign * weight;
  }
}
