import type { ChatModel, Prompt } from "../../src/models/types.ts";

/** What a fake model writes: a whole text or pieces; a generator may wait between them, or throw a ModelError. */
export type Script = (prompt: Prompt) => string | Iterable<string> | AsyncIterable<string>;

export interface FakeChatModel extends ChatModel {
  /** Prompts in the order in which they came. */
  readonly prompts: readonly Prompt[];
  /** Scripts the answers from now on. */
  script(script: Script): void;
}

/** A chat model that writes what a test scripts, and throws when nothing is scripted. */
export function fakeChatModel(script?: Script): FakeChatModel {
  const prompts: Prompt[] = [];
  let current = script;
  return {
    name: "fake:scripted",
    prompts,
    script(next) {
      current = next;
    },
    async *stream(prompt, { signal } = {}) {
      if (!current) throw new Error(`No answer is scripted for: ${prompt.turns.at(-1)?.content}`);
      if (signal?.aborted) throw abortOf(signal);
      prompts.push(prompt);
      const aborted = whenAborted(signal);
      const answer = current(prompt);
      const iterator = asAsync(typeof answer === "string" ? [answer] : answer);
      try {
        for (;;) {
          const next = await Promise.race([iterator.next(), aborted]);
          if (next.done) return;
          if (next.value !== "") yield next.value;
        }
      } finally {
        iterator.return?.(undefined).catch(() => {});
      }
    },
  };
}

async function* asAsync(pieces: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  yield* pieces;
}

/** Rejects when the signal fires; handled from the start, since an answer may end before. */
function whenAborted(signal: AbortSignal | undefined): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener("abort", () => reject(abortOf(signal)), { once: true });
  });
  aborted.catch(() => {});
  return aborted;
}

function abortOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new DOMException("Aborted.", "AbortError");
}
