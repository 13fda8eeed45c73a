import { isStopWord, stem } from "../knowledge/analyze.ts";

/** A name in a claim: product, model, person, acronym, flag, path. */
export interface Name {
  readonly written: string;
  /** Form under which names are compared. */
  readonly key: string;
  /**
   * `literal`: code, flags and addresses, compared as written; `model`: holds a digit; `word`: any other;
   * `opening`: a capitalised word that opens a sentence and may be a name or not.
   */
  readonly kind: "literal" | "model" | "word" | "opening";
  readonly start: number;
  readonly end: number;
}

/** A word of letters and digits with what joins its parts. */
const token = /[\p{L}\p{N}]+(?:[-+=/&][\p{L}\p{N}]+|['’]\p{L}+)*/gu;
const literals =
  /`([^`]+)`|(https?:\/\/[^\s)]+)|(?<![\w-])(--[a-z][\w-]*)|(?<![\w/])((?:\/[\w.-]*[\w-])+)|(?<![\w.])(\w+_\w+(?:\.\w+)*|[A-Za-z_]\w+(?:\.[A-Za-z_]\w+)+)(?![\w])/g;
/** What makes a capitalised first word the subject of its sentence, and so a name that must be known. */
const verbAfter =
  /^(?:['’]s\b|\s+(?:is|are|was|were|has|have|had|can|uses?|used|runs?|offers?|provides?|supports?|holds?|gives?|said|says|writes?|wrote|delivers?|reached|reaches|makes?|made)\b)/;
const digitFirst =
  /^\d[\d.,]*(?:st|nd|rd|th|[kKMBTx×%hs]|[kKMGTPE]?i?[Bb](?:ps|it|yte)?s?|[mkMG]?W|[kMG]?Hz|[munµ]s|[TPEG]?FLOPS|fold)?$/u;

/**
 * The names of a text: code, flags, paths and addresses; words with a digit ("H100", "GPT-4", "v5p");
 * acronyms and CamelCase; capitalised words, at the start of a sentence only when they are its subject.
 */
export function names(text: string): Name[] {
  const found: Name[] = [];
  for (const match of text.matchAll(literals)) {
    const written = match.slice(1).find(Boolean) ?? match[0];
    found.push({
      written,
      key: foldLiteral(written),
      kind: "literal",
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  const rest = blank(text, found);
  let last = 0;
  for (const match of rest.matchAll(token)) {
    const initial = opensSentence(rest.slice(last, match.index), last === 0);
    last = match.index + match[0].length;
    for (const part of partsOf(match[0], match.index)) {
      const kind = kindOf(part.written, initial && part.start === match.index, rest.slice(part.end));
      if (kind) found.push({ ...part, key: nameKey(part.written), kind });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The text with spans overwritten by spaces, so that offsets stay. */
export function blank(
  text: string,
  spans: readonly { readonly start: number; readonly end: number }[],
): string {
  let masked = text;
  for (const { start, end } of spans)
    masked = masked.slice(0, start) + " ".repeat(end - start) + masked.slice(end);
  return masked;
}

/** Keys of every word of a text, in parts, whole, and joined with a number that follows ("NVLink 5" as "nvlink5"). */
export function nameKeys(text: string): Set<string> {
  const keys = new Set<string>();
  const tokens = [...text.matchAll(token)];
  for (const [position, match] of tokens.entries()) {
    keys.add(nameKey(match[0]));
    for (const part of match[0].split(/[-+=/&]/)) keys.add(nameKey(part));
    for (const { written } of partsOf(match[0], 0)) keys.add(nameKey(written));
    const next = tokens[position + 1]?.[0];
    if (next && /^\p{N}+$/u.test(next)) keys.add(nameKey(match[0] + next));
  }
  return keys;
}

/** Lower case without accents, possessive, joints and plural. */
export function nameKey(written: string): string {
  const plain = written
    .replace(/['’]s?$/u, "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}+=]/gu, "");
  return plain.length > 3 && /[^s]s$/.test(plain) ? plain.slice(0, -1) : plain;
}

/** Text as literals are looked up in it: lower case, white space and quotation marks folded. */
export function foldLiteral(text: string): string {
  return text
    .toLowerCase()
    .replace(/[`"“”]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Whether a folded text holds a literal that is not part of a longer word. */
export function holdsLiteral(folded: string, literal: string): boolean {
  for (let at = folded.indexOf(literal); at >= 0; at = folded.indexOf(literal, at + 1)) {
    const before = folded[at - 1] ?? " ";
    const after = folded[at + literal.length] ?? " ";
    if (!/[\p{L}\p{N}_]/u.test(before) && !/[\p{L}\p{N}_]/u.test(after)) return true;
  }
  return literal === "";
}

/** Whether a plain word is one of these stems, for capitalised words in other forms ("Checkpoints"). */
export function hasStem(stems: ReadonlySet<string>, written: string): boolean {
  return /^\p{Lu}\p{Ll}+$/u.test(written) && stems.has(stem(written.toLowerCase()));
}

/** Whether the initials of neighbouring words of a text spell an acronym. */
export function spells(text: string, acronym: string): boolean {
  if (acronym.length < 3) return false;
  const initials = (text.match(/\p{L}+/gu) ?? []).map((word) => word[0]?.toLowerCase() ?? "").join("");
  return initials.includes(acronym);
}

function kindOf(written: string, initial: boolean, after: string): Name["kind"] | undefined {
  if (digitFirst.test(written)) return undefined;
  if (/\p{N}/u.test(written) && /\p{L}/u.test(written)) return "model";
  if (!/\p{Lu}/u.test(written) || written.length < 2) return undefined;
  if (/\p{Lu}.*\p{Lu}/u.test(written) || /^\p{Ll}+\p{Lu}/u.test(written)) return "word";
  if (!initial) return "word";
  if (commonOpening.test(written) || isStopWord(written.toLowerCase()) || /(?:ing|ly|ed)$/.test(written))
    return undefined;
  // "Run the test", "Use `lfs df`": an order, not a name.
  if (/^\s+(?:the|an?|your|all|every|each|its|their|more|fewer|at|--)\b|^\s{2,}/.test(after))
    return undefined;
  // "Role: …", the label of a row or item.
  if (after.startsWith(":")) return undefined;
  return verbAfter.test(after) || /^ \p{Lu}\p{Ll}/u.test(after) ? "word" : "opening";
}

/** Words that open sentences and are no subject of their own. */
const commonOpening =
  /^(?:It|Its|This|That|These|Those|They|There|Here|He|She|His|Her|We|You|Both|Each|Every|Either|Neither|All|Some|Many|Most|Several|One|Two|Another|Others?|Such|What|Which|Who|When|Where|If|In|On|At|By|For|From|With|Within|Without|As|To|Of|An|The|And|But|Or|So|Not|No|None|Only|Since|Because|Although|Though|While|Whereas|Unlike|Like|After|Before|During|Under|Over|Between|Among|Through|Until|Once|Instead|Overall|Users|People|Commentary|Per|Into|Upon|Across|Around|About|Above|Below|Beyond|Besides|Despite|Given|Except|Via|Versus|Whether|Why|How|Just|Also|Even|Then|Thus|Therefore|However|Still|Yet|Neither|Nor|Any|Few|Fewer|Less|More|Half|Twice|Almost|Today|Later|Earlier|Compared|Following|According|Because|Hence|Next|First|Second|Finally)$/;

/** "H100-based" is H100; "GPT-4" stays whole; "8-GPU" is a number and GPU. */
function partsOf(whole: string, start: number): { written: string; start: number; end: number }[] {
  if (/^\p{L}+[-+=]\p{N}+\p{L}?$/u.test(whole) && !/^\p{Ll}{4,}-/u.test(whole))
    return [{ written: whole, start, end: start + whole.length }];
  return [...whole.matchAll(/[^-/&]+/gu)].map((match) => ({
    written: match[0].replace(/['’]s?$/u, ""),
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
}

function opensSentence(gap: string, first: boolean): boolean {
  return first || /[.!?:][)\]"”’*]*\s+["“(*]*$|(?:^|\s)[—·|•]\s*\**$|["“]\**$/.test(gap);
}
