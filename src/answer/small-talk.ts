const greeting =
  /^\s*(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening)|greetings|howdy|sup)(?: (?:there|all|everyone|bot|rackmate))?[\s!.,:)]*$/i;
const thanks =
  /^\s*(?:thanks?(?: (?:you|a lot|so much|everyone))?|thx|ty|cheers|great|perfect|nice|cool|awesome|got it|ok(?:ay)?|good bot)(?: (?:rackmate|bot|mate))?[\s!.,:)]*$/i;

/** What to say to a greeting or thanks; undefined for anything that asks something. */
export function greetingReply(text: string): string | undefined {
  if (greeting.test(text))
    return "Hello! Ask me about AI infrastructure; I answer from my sources and cite them.";
  if (thanks.test(text)) return "You are welcome.";
  return undefined;
}

const aboutTheBot =
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|guidelines)\b|\b(?:system|hidden|initial|secret) (?:prompt|instructions?|message)\b|\b(?:repeat|print|reveal|show|output)\b.{0,30}\b(?:everything|all|text|words?)\b.{0,25}\b(?:above|before|verbatim)\b|\bpretend\b|\brole-?play\b|^\s*act as\b|\bfrom now on\b|\bnew (?:instructions?|rules)\b|\byour (?:api key|token|password|credentials|environment variables|instructions|prompt)\b|\b(?:developer|dan|jailbreak|god) mode\b/i;

/**
 * What to say to an instruction to the bot itself. The patterns only make the reply kind: what protects is
 * that nothing but verified passages is ever shown.
 */
export function instructionReply(text: string): string | undefined {
  return aboutTheBot.test(text)
    ? "I only answer questions from my sources; I do not take instructions about myself."
    : undefined;
}
