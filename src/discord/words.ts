import { isAbort } from "../errors.ts";

/** The bot's own sentences to members, in one place. */
export const words = {
  help: "Ask me a question about AI infrastructure and I will answer from my sources, for example: how much memory does an H100 have?",
  hint: "I cannot read this message: Discord shows me only messages that mention me. To ask further, mention me in your message or use /ask again; I remember what you asked.",
  restarting: "I am just restarting. Please ask again in a minute.",
  stopped: "I had to stop before this answer was finished. Please ask again in a minute.",
  tooLong:
    "This took me too long, so I have no answer this time. Please try again, perhaps with a shorter question.",
  failed: "Something went wrong on my side, so I have no answer this time. Please try again in a minute.",
  notAllowed: "Only members who may manage this server can look at how an answer comes about.",
  unknownCommand: "I do not know this command any more. Please use /ask.",
} as const;

/** What to tell a member about a question that failed: one kind sentence, never the reason. */
export function wordsFor(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return words.tooLong;
  return isAbort(error) ? words.stopped : words.failed;
}
