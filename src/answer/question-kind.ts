/** What sort of sentence answers a question. */
export type QuestionKind =
  | "definition"
  | "quantity"
  | "procedure"
  | "comparison"
  | "person"
  | "reason"
  | "other";

/** In order: the first that fits decides. */
const patterns: readonly (readonly [QuestionKind, RegExp])[] = [
  [
    "comparison",
    /\b(?:vs\.?|versus|compare|compared (?:to|with)|differen(?:t|ce)s?|(?:better|faster|cheaper|slower) than|or should i|which is (?:better|faster))\b/i,
  ],
  [
    "quantity",
    /\bhow (?:much|many|fast|big|large|long|far|hot|often|high|wide|dense|old|tall|heavy)\b|\b(?:bandwidth|bw|speed|throughput|capacity|size|latency|tflops|flops|tdp|watts?|price|cost|worth|wattage|vram|memory)\s*(?:\?|$)|\b(?:bandwidth|bw|speed|capacity|size|latency|tflops|tdp|price|cost|memory) (?:of|for|per)\b|\b(?:what|which) (?:year|date)\b|^\s*when\b/i,
  ],
  [
    "procedure",
    /\bhow (?:do|can|should|would|to)\b|\bhow does one\b|\b(?:commands?|flags?|yaml|scripts?|snippet|syntax|configure|set ?up|install|enable|debug|fix|launch)\b|^\s*(?:turn|convert|make|build|create|mount|run|start|submit|pull|show|list|check)\b/i,
  ],
  ["person", /^\s*who\b|\bwho(?:'s|s| is| was| are)\b/i],
  ["reason", /\bwhy\b/i],
  [
    "definition",
    /\b(?:what|whats|what's|wtf)\b|\bdefin(?:e|ition)\b|\bexplain\b|\bmeaning\b|\bstands? for\b/i,
  ],
];

/** Guesses the kind from the words of the question. One or two bare words ask what the thing is. */
export function questionKind(question: string): QuestionKind {
  const found = patterns.find(([, pattern]) => pattern.test(question))?.[0];
  if (found) return found;
  return question.trim().split(/\s+/).length <= 2 ? "definition" : "other";
}

/** How a temperature and a sum of money are written. */
export const temperature = /\d\s*°?\s*[CF]\b/;
export const money = /[$€£]\s*\d|\d\s*(?:dollars|USD|EUR|euros?|million|billion)/;

/** Words that ask for a measured amount, and how such an amount is written. */
const measures: readonly (readonly [RegExp, RegExp])[] = [
  [
    /\b(?:bandwidth|bw|fast|speed|throughput|rate)\b/i,
    /\d\s*(?:[kMGTPE]?i?B\/s|[KMGTP]?b(?:it)?\/s|[KMGT]bps|GT\/s|[KMGTPE]?FLOPS|[a-z]+ per second|times)/,
  ],
  [
    /\b(?:memory|vram|hbm|ram|storage|capacity|big|size|large|space)\b/i,
    /\d\s*(?:[kMGTPE]i?B\b(?!\/s)|[a-z]+bytes)/,
  ],
  [/\b(?:power|watts?|tdp|wattage|draw|consume|energy)\b/i, /\d\s*(?:[kMG]?W\b|[kMGT]?Wh\b|watts)/],
  [/\b(?:flops|tflops|compute)\b/i, /FLOPS/],
  [/\b(?:slower|faster|overhead|penalty|speed-?up|gain)\b/i, /\d\s*(?:%|percent|times|x\b|-fold)/],
  [/\b(?:latency|delay)\b/i, /\d\s*(?:[mµun]?s\b|milliseconds|microseconds|nanoseconds)/],
  [/\b(?:percent|percentage|share|fraction|pue|efficien)/i, /\d\s*(?:%|percent)|\b\d\.\d+\b/],
  [/\b(?:hot|temperature|warm|cold)\b/i, temperature],
  [/\b(?:cost|price|expensive|cheap|pay|worth|salary|salaries|fees?|much money)\b/i, money],
];
/** A time is also told by a version or an event, so that a text without figures may answer it. */
const units: readonly (readonly [RegExp, RegExp])[] = [
  ...measures,
  [
    /\b(?:long|when|year|date|old|since)\b/i,
    /\b(?:19|20)\d\d\b|\d\s*(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?)\b/,
  ],
];
const counted = /\bhow many\s+(?:\w+\s+)??([\p{L}]{2,})\b/iu;

/** Whether the question asks for an amount of a sort that can be told by its unit. */
export function asksForUnit(question: string): boolean {
  return !counted.test(question) && measures.some(([asked]) => asked.test(question));
}

/** How well a sentence's figures fit what was asked for: 1 the unit asked for, less for another figure, 0 for none. */
export function figureFit(question: string, sentence: string): number {
  if (!/\d/.test(sentence)) return 0;
  const noun = counted.exec(question)?.[1];
  if (noun) {
    const stem = noun.toLowerCase().replace(/e?s$/, "");
    return new RegExp(`\\d[\\d,.]*\\s+(?:\\S+\\s+){0,2}${stem}`, "iu").test(sentence) ? 1 : 0.3;
  }
  const wanted = units.filter(([asked]) => asked.test(question));
  if (wanted.length === 0) return 0.6;
  return wanted.some(([, unit]) => unit.test(sentence)) ? 1 : 0.2;
}

/** What a section is for when its heading says so, and the words of a question that asks for that. */
const purposes: readonly (readonly [heading: RegExp, asked: RegExp])[] = [
  [
    /\b(?:goes? wrong|pitfalls?|troubleshooting|known (?:issues|problems)|limitations?|caveats?)\b/i,
    /\b(?:why|wrong|problems?|issues?|errors?|fail\w*|crash\w*|slow\w*|stuck|hang\w*|pitfalls?|bad|broken|never|debug|fix|\w+n'?t|not|limit\w*|risks?|danger\w*|stop\w*|los[et]\w*)\b/i,
  ],
  [
    /\b(?:when to (?:choose|use)|choosing|which .+ to (?:choose|use))\b/i,
    /\b(?:should|choose|pick|which|better|best|vs|versus|or|when|worth|need|cheap\w*|use|buy|recommend\w*|enough|good)\b/i,
  ],
];

/** Whether a section is about trouble or about choosing while the question asks for neither. */
export function servesOtherPurpose(heading: readonly string[], question: string): boolean {
  const path = heading.join(" ");
  return purposes.some(([named, asked]) => named.test(path) && !asked.test(question));
}
