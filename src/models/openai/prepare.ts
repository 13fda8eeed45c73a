/** Tokens of one input at most, for all of OpenAI's embedding models. */
const maxTokens = 8_191;
/** What is sent for a text without any character; the service refuses empty inputs. */
const nothing = ".";

/**
 * Normalises a text to exactly what is sent: white space runs (newlines too) become one space, halves of
 * surrogate pairs the replacement character, and the end of a very long text is cut off.
 * A byte-level token covers at least one byte, so 8,191 bytes of UTF-8 cannot be too many tokens; ordinary
 * English needs a quarter of that. Preparing a prepared text changes nothing.
 */
export function prepare(text: string): string {
  const clean = text
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/\s+/gu, " ")
    .trim();
  return truncate(clean) || nothing;
}

function truncate(text: string): string {
  if (text.length * 3 <= maxTokens || Buffer.byteLength(text) <= maxTokens) return text;
  const bytes = Buffer.from(text);
  let end = maxTokens;
  // Back to the first byte of a character: continuation bytes are 10xxxxxx.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString("utf8").trimEnd();
}
