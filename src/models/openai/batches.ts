/** Texts that are sent in one request, and the position of the first of them. */
export interface Batch {
  readonly offset: number;
  readonly texts: readonly string[];
}

/** OpenAI takes 300,000 tokens in one request; even CJK text has more than two bytes of UTF-8 to a token. */
const maxBytes = 600_000;

/** Divides texts into batches of at most `size` texts and of a size that one request may have, in order. */
export function toBatches(texts: readonly string[], size: number): Batch[] {
  const batches: Batch[] = [];
  let offset = 0;
  let bytes = 0;
  for (let end = 0; end < texts.length; end++) {
    const next = Buffer.byteLength(texts[end] ?? "");
    if (end - offset === size || (end > offset && bytes + next > maxBytes)) {
      batches.push({ offset, texts: texts.slice(offset, end) });
      offset = end;
      bytes = 0;
    }
    bytes += next;
  }
  if (offset < texts.length) batches.push({ offset, texts: texts.slice(offset) });
  return batches;
}
