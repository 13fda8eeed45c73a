import { isStopWord, stem, words } from "../knowledge/analyze.ts";

/** Something that a question is about by name. If the corpus never writes it, no passage can answer. */
export interface Name {
  /** As the member typed it. */
  readonly typed: string;
  /** Stems that must stand side by side, joined by spaces; one of the alternatives is enough. */
  readonly phrases: readonly string[];
  /** A word with the number that tells which: "nvlink 5". */
  readonly numbered?: string;
}

/** "NVLink 9", "ZeRO-4", "caddy 3.0", "xid 154": a word and the number that tells which. */
const versioned =
  /(?<![\p{L}\p{N}.])(\p{L}[\p{L}]+)(?:\s+v?|-v?|(?=\d))(\d+(?:\.\d+)*\p{L}?)(?![\p{L}\p{N}%]|\.\d)(?!\s+(?:more|other|different|[mb]illion|\p{L}+s)\b)/gu;
/** Words that are counted rather than named by the number behind them. */
const counting =
  /^(?:codes?|status|port|line|page|step|exit|number|size|batch|rank|level|top|first|last|every|needs?|takes?|wants?|runs?|uses?|costs?|returns?|gives?|only|lose|put|shows?|buy|have|has|per|with|over|under|least|most|about|around|exactly|roughly)$/i;
/** "--gpu-teleport", "max_model_len": flags and identifiers, written exactly so or not at all. */
const identifier =
  /(?<=^|\s|`)(?:--?(\p{L}[\p{L}\p{N}]*(?:[-_][\p{L}\p{N}]+)+)|--(\p{L}[\p{L}\p{N}]+)|(\p{L}[\p{L}\p{N}]*(?:_[\p{L}\p{N}]+)+))/gu;
/** "H100", "v5p", "MI300X"; amounts such as "70B", "32k" or "80GB" are not names. */
const model = /(?<![\p{L}\p{N}])(?=[\p{L}\p{N}]*\p{L})(?=[\p{L}\p{N}]*\p{N})[\p{L}\p{N}]+/gu;
const amount =
  /^\d+(?:k|m|b|t|x|g|gb|tb|pb|mb|kb|gib|tib|gbe|gbps|w|kw|mw|v|th|st|nd|rd|s|ms|c|h|bit|d|u|mm|cm|km|kg|hz|khz|mhz|ghz)$/i;
/** A word with a capital inside the question; at its start a capital says nothing. */
const capital = /(?<=[\p{L}\p{N},]\s+["“']?)\p{Lu}[\p{L}\p{N}]*/gu;

/** The names in a question, as the corpus would have to write them. */
export function namesIn(question: string, now: Date = new Date()): Name[] {
  const found: Name[] = [];
  for (const [typed, word = "", number = ""] of question.matchAll(versioned)) {
    if (isStopWord(word.toLowerCase()) || counting.test(word) || amount.test(number)) continue;
    // A year says when, not which.
    if (/^(?:19|20)\d\d$/.test(number)) continue;
    const name = named(typed, `${word} ${number}`, word + number, `${word} v${number}`, `v${number}`);
    const [numbered] = name.phrases;
    found.push(numbered ? { ...name, numbered } : name);
  }
  for (const [typed, flag, short, plain] of question.matchAll(identifier)) {
    const name = flag ?? short ?? plain ?? "";
    found.push(named(typed, name.replace(/[-_]/g, " "), name.replace(/[-_]/g, "")));
  }
  for (const [typed] of question.matchAll(model)) {
    // "nvlink5" may be written "NVLink 5", but no B450 is "b 450".
    if (!amount.test(typed)) {
      found.push(named(typed, typed, typed.replace(/(\p{L}{3,})(?=\p{N})/gu, "$1 ")));
    }
  }
  for (const [typed] of question.matchAll(capital)) {
    if (!isStopWord(typed.toLowerCase())) found.push(named(typed, typed));
  }
  // What a year to come will bring stands in no source, unless one says so.
  for (const [year] of question.matchAll(/\b20\d\d\b/g)) {
    if (Number(year) > now.getFullYear()) found.push(named(year, year));
  }
  return found.filter(({ phrases }) => phrases.length > 0);
}

function named(typed: string, ...spellings: readonly string[]): Name {
  const phrases = spellings
    .map((spelling) => words(spelling).map(stem).join(" "))
    .filter((phrase) => phrase !== "");
  return { typed: typed.trim(), phrases: [...new Set(phrases)] };
}
