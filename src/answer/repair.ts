import type { ChatModel } from "../models/types.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { blockSplitter, type ClaimBlock } from "./blocks.ts";
import { type Refused, repairPrompt } from "./prompt.ts";

/** Blocks that one repair call takes on; an answer with more wrong is not worth its tokens. */
const mostRepaired = 12;
/** Characters read of a repair; more is not a list of sentences. */
const longestRepair = 12_000;

/**
 * Asks the model once to rewrite all refused blocks. Returns the new blocks, not yet verified, by the
 * position of the refused one; what the model drops or leaves out is missing. Throws what the model throws.
 */
export async function repair(
  question: string,
  refused: readonly Refused[],
  hits: readonly Hit[],
  chatModel: ChatModel,
  signal: AbortSignal | undefined,
): Promise<Map<number, ClaimBlock[]>> {
  const asked = refused.slice(0, mostRepaired);
  let text = "";
  for await (const piece of chatModel.stream(repairPrompt(question, asked, hits), signal ? { signal } : {})) {
    text += piece;
    if (text.length > longestRepair) break;
  }
  return parseRepair(text, asked.length);
}

/** Reads "1. The sentence. [2]" lines; a lone rewriting may come without its number. */
export function parseRepair(text: string, count: number): Map<number, ClaimBlock[]> {
  const pieces = new Map<number, string>();
  let current: number | undefined;
  for (const line of text.replaceAll("\r", "").split("\n")) {
    const numbered = /^\s*(?:[-*]\s*)?\(?(\d{1,2})[.):]\s*(.*)$/.exec(line);
    const position = numbered ? Number(numbered[1]) - 1 : undefined;
    if (position !== undefined && position >= 0 && position < count && !pieces.has(position)) {
      current = position;
      pieces.set(position, numbered?.[2] ?? "");
    } else if (current !== undefined) {
      pieces.set(current, `${pieces.get(current)}\n${line}`);
    }
  }
  if (pieces.size === 0 && count === 1) pieces.set(0, text);
  const made = new Map<number, ClaimBlock[]>();
  for (const [position, piece] of pieces) {
    if (/^\W*DROP\b/.test(piece)) continue;
    const splitter = blockSplitter();
    const blocks = [...splitter.push(piece), ...splitter.end()];
    if (blocks.length > 0) made.set(position, blocks);
  }
  return made;
}
