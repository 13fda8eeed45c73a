/** What sort of sentence answers a question. */
export type QuestionKind = "definition" | "quantity" | "procedure" | "comparison" | "person" | "reason" | "other";

/** In order: the first that fits decides. */
const patterns: readonly (readonly [QuestionKind, RegExp])[] = [
  ["comparison", /\b(vs\.?|versus|compared? (to|with)|differen(t|ce)s?|better than|faster than|or (should|do) i|which is (better|faster))\b/i],
  [
    "quantity",
    /\bhow (much|many|fast|big|large|long|far|hot|often|high|wide|dense|hungry)\b|\b(bandwidth|bw|speed|throughput|capacity|size|latency|tflops|flops|tdp|watts?|price|cost|wattage|vram|memory)\s*(of|for|per|on|in|\?|$)|\b(what|which|when) (year|date)\b|^when\b/i,
  ],
  ["procedure", /\bhow (do|can|should|would|to)\b|\bhow does one\b|\b(command|flag|option|configure|set ?up|install|enable|check|debug|fix|launch|run)\b/i],
  ["person", /^\s*who\b|\bwho('s| is| was| are)\b/i],
  ["reason", /^\s*why\b|\bwhy (is|does|do|are|did|not|would)\b/i],
  ["definition", /\b(what|whats|what's|wtf)\b|\bdefine\b|\bexplain\b|\bmeaning of\b|\bstands? for\b|^\s*\S+\s*\??\s*$/i],
];

/** Guesses the kind from the words of the question. */
export function questionKind(question: string): QuestionKind {
  return patterns.find(([, pattern]) => pattern.test(question))?.[0] ?? "other";
}
