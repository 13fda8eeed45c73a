/** `[1]`, `[1, 2]`, `[1-3]`, `[^1]`, `[passage 1]`, `【1】`; not the text of a link. */
const mark =
  /\[\^?(?:(?:passage|source|doc)s?\s*)?(\d{1,4}(?:\s*(?:[,;–-]|and|&)\s*\d{1,4})*)\](?!\()|【(\d{1,4})[^】\n]{0,40}】/giu;
/** A longer range than this is no list of passages. */
const longestRange = 20;

/** The numbers cited in a text, in order, each once. */
export function citedNumbers(text: string): number[] {
  const numbers = [...text.matchAll(mark)].flatMap((match) => expand(match[1] ?? match[2] ?? ""));
  return [...new Set(numbers)];
}

/** The text with spaces in place of citation marks, offsets kept. */
export function maskMarks(text: string): string {
  return text.replace(mark, (found) => " ".repeat(found.length));
}

/** The text without citation marks and without the gaps that they leave. */
export function withoutMarks(text: string): string {
  return text
    .replace(mark, "\uE000")
    .replace(/[ \t]*\uE000(?:[ \t]*(?:[,;]|and|&)?[ \t]*\uE000)*(?=\s*[.,;:!?)]|\s|$)/g, "")
    .replace(/\(\s*\)/g, "")
    .replaceAll("\uE000", "")
    .replace(/[ \t]+/g, " ")
    .trim();
}

/** Whether a line holds nothing but citation marks. */
export function onlyMarks(line: string): boolean {
  return line.trim() !== "" && /^[\s,;.()]*$/.test(maskMarks(line));
}

function expand(list: string): number[] {
  return list.split(/\s*(?:[,;]|and|&)\s*/i).flatMap((part) => {
    const [from, to] = part.split(/\s*[–-]\s*/).map(Number);
    if (from === undefined) return [];
    if (to === undefined || to < from || to - from > longestRange)
      return to === undefined ? [from] : [from, to];
    return Array.from({ length: to - from + 1 }, (_, step) => from + step);
  });
}
