const greeting = /^\s*(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening)|greetings|howdy|sup)(?: (?:there|all|everyone|bot|rackmate))?[\s!.,:)]*$/i;
const thanks = /^\s*(?:thanks?(?: (?:you|a lot|so much|everyone))?|thx|ty|cheers|great|perfect|nice|cool|awesome|got it|ok(?:ay)?|good bot)(?: (?:rackmate|bot|mate))?[\s!.,:)]*$/i;

/** What to say to a greeting or thanks; undefined for anything that asks something. */
export function greetingReply(text: string): string | undefined {
  if (greeting.test(text)) return "Hello! Ask me about AI infrastructure; I answer from my sources and cite them.";
  if (thanks.test(text)) return "You are welcome.";
  return undefined;
}
