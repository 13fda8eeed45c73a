import { isGeneric, isStopWord, phrasesOf, stemSet } from "../knowledge/analyze.ts";
import { type Name, namesIn } from "../retrieve/names.ts";
import { holding, type Query } from "../retrieve/query.ts";
import { type Hit, textOf } from "../retrieve/retrieve.ts";
import { factsOf } from "./facts.ts";
import { unitOf } from "./facts-units.ts";
import { asksForUnit, figureFit, money, questionKind, temperature } from "./question-kind.ts";

/**
 * What nothing else can stand for: words that ask for it, and how it is written. Without money in the text a
 * price is not answered, however much the text says about the thing.
 */
const decisive: readonly (readonly [asked: RegExp, written: RegExp])[] = [
  [/\b(?:hot|temperature|warm|cold|(?:freez|boil|melt)ing point)\b/i, temperature],
  [
    /\b(?:prices?|pricing|salary|salaries|fees?|much money|how expensive|costs? (?:of|per))\b|\b(?:how much|what) (?:do(?:es)?|is|are|would|will|did)\b.*\b(?:cost|pay|paid|worth|charge)\b/i,
    money,
  ],
  [/\bper (?:seat|user|head|person)\b/i, /\bper (?:seat|user|head|person)\b|\/(?:user|seat)\b/i],
  [/\b(?:how (?:loud|noisy)|decibels?|in dba?)\b/i, /\d\s*(?:dB|decibel)/],
  [/\b(?:how heavy|how much does .+ weigh|in kg)\b/i, /\d\s*(?:kg|lb|kilograms?|pounds|tonnes?|tons?)\b/],
  [
    /\b(?:which|what|default) (?:\w+ )?ports?\b|\bports?\b.{0,40}\blisten\b/i,
    /\bports?\b\D{0,40}\d{2,5}\b|:\d{4,5}\b|\b\d{2,5}\b[^.]{0,20}\bports?\b/i,
  ],
  [/\b(?:tele)?phone number\b/i, /\+?\d[\d ()-]{6,}\d/],
  [/\b(?:home|private|postal) (?:e-?mail )?address\b/i, /\b(?:street|avenue|road)\b|\S@\S+\.\w/i],
  [
    /\b(?:wife|husband|married|girlfriend|boyfriend|birthday|religion|net worth|passwords?)\b/i,
    /\b(?:wife|husband|married|birthday|religion|net worth|passwords?)\b/i,
  ],
  [/\b(?:stock|share)s?\b.{0,20}\b(?:price|worth|value)\b/i, /\b(?:share|stock) price\b/i],
];

/**
 * Whether the passages hold the sort of thing that the question asks for: the amount, the year to come, and
 * at least one of the names. Passages that do not may be about the same subject, but are no answer.
 */
export function holdWhatIsAsked(query: Query, shown: readonly Hit[], now: Date = new Date()): boolean {
  if (ownAffairs.test(query.focus)) return false;
  const text = shown.map(textOf).join("\n\n");
  const wanted = decisive.filter(([asked]) => asked.test(query.focus));
  if (!wanted.every(([, written]) => written.test(text))) return false;
  const years = (query.focus.match(/\b20\d\d\b/g) ?? []).filter((year) => Number(year) > now.getFullYear());
  if (!years.every((year) => text.includes(year))) return false;
  if (!holdsWhatIsCounted(query, text)) return false;
  const unit = unitOf(/\bin (\S+?)\s*\??\s*$/i.exec(query.focus)?.[1] ?? "")?.family;
  if (unit && !factsOf(text).figures.some(({ readings }) => readings.some(({ family }) => family === unit))) {
    return false;
  }
  const names = namesIn(query.spelled, now);
  if (names.length === 0) return true;
  if (!amountStandsWithName(query, names, shown)) return false;
  const holds = phrasesOf(text);
  const alternatives = query.terms.flatMap((term) => term.alternatives);
  return names.some(
    ({ phrases }) =>
      phrases.some(holds) ||
      // Called by another name: "k8s".
      alternatives.some((name) => !phrases.includes(name) && holds(name)),
  );
}

/** "How many qubits" is not answered by a text without qubits. */
function holdsWhatIsCounted(query: Query, text: string): boolean {
  const noun = /\bhow many ([a-z]{3,})\b/i.exec(query.focus)?.[1]?.toLowerCase();
  if (!noun || isGeneric(noun) || isStopWord(noun)) return true;
  const term = query.terms.find(({ surface }) => surface === noun);
  return !term || holding(term, stemSet(text)) > 0;
}

/** Something of the member's own at a time that the question names: no document can know it. */
const ownAffairs =
  /\b(?:my|our|we|us|i)\b.*\b(?:yesterday|today|tonight|tomorrow|(?:last|this|next) (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|night|week(?:end)?|month|quarter|year|spring|summer|autumn|fall|winter))\b|\b(?:is|are|will) (?:my|our)\b.*\b(?:going to be|be)\b|\bhow (?:many|much)\b.*\b(?:did|do|does) (?:my|our|we|i)\b|\b(?:from now|in (?:two|three|four|five|ten|\d+) years)\b/i;

/** Whether a passage about one of the names holds an amount of the sort asked for. */
function amountStandsWithName(query: Query, names: readonly Name[], shown: readonly Hit[]): boolean {
  if (questionKind(query.focus) !== "quantity" || !asksForUnit(query.focus)) return true;
  const named = (text: string) => {
    const holds = phrasesOf(text);
    return names.some(({ phrases }) => phrases.some(holds));
  };
  return shown.some(
    (hit) =>
      named(textOf(hit)) &&
      hit.passage.blocks.some(({ header = [], units }) =>
        units.some(({ text }) => figureFit(query.focus, `${header.join(" ")} ${text}`) === 1),
      ),
  );
}
