/** A claim made wider than it is, by one of two means; undefined where the claim offers no hold. */

const someToAll: readonly (readonly [RegExp, string])[] = [
  [/\b(?:some|several|many|most|few) of (?=the|its|these)/i, "all of "],
  [/\b(?:some|several|many|most|a few)\b(?! (?:of|than))/i, "all"],
  [
    /\b(?:often|usually|typically|generally|commonly|sometimes|normally|mostly|frequently|rarely)\b/i,
    "always",
  ],
  [/\b(?:can|may|might|could)\b(?! not)/, "must always"],
  [/^(?:An?|One) (?=\p{L}+ )/u, "Every "],
  [/\b(is|are|was|were)\b(?! (?:not|no|always|all|every)\b)/, "$1 always"],
  [/\b(has|have|uses|use|needs|need|supports|support|gives|give|runs|run|holds|hold)\b/, "always $1"],
];
const limits: readonly (readonly [RegExp, string])[] = [
  [/\b(?:up to|at most|at least|more than|less than|fewer than|no more than|not more than) (?=[\d$])/i, ""],
  [/\b(?:only|mainly|mostly|partly|nearly|almost) /i, ""],
  // A condition at the end, or before the comma at the start.
  [
    /,? (?:only )?(?:if|when|unless|as long as|provided that|except|where|until|while)\b [^,;.:]{6,}(?=\.?$)/i,
    "",
  ],
  [/^(?:If|When|Unless|Where|Until|As of|With|Without|Under|For|In|On|At) [^,;.:]{3,70}, (?=\S)/, ""],
];

/** "Some nodes can" as "all nodes can", "often" as "always", "A chip has" as "Every chip has". */
export function madeUniversal(text: string): string | undefined {
  return firstOf(text, someToAll);
}

/** "Up to", "only", or a condition left out. */
export function limitDropped(text: string): string | undefined {
  return firstOf(text, limits);
}

function firstOf(text: string, forms: readonly (readonly [RegExp, string])[]): string | undefined {
  const changed = forms.map(([form, by]) => text.replace(form, by)).find((one) => one !== text);
  return changed?.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}
