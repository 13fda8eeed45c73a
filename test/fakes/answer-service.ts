import type { AnswerOptions } from "../../src/answer/answer.ts";
import type { AnswerService } from "../../src/answer/service.ts";
import type { Answer, Citation } from "../../src/knowledge/types.ts";

export interface FakeQuestion extends AnswerOptions {
  readonly question: string;
}

/** What a fake service does with a question. */
export type AnswerScript = (asked: FakeQuestion) => Answer | Promise<Answer>;

export interface FakeAnswerService extends Pick<AnswerService, "ask"> {
  /** Questions in the order in which they came. */
  readonly asked: readonly FakeQuestion[];
  /** Scripts the answers from now on. */
  script(script: AnswerScript): void;
}

/** A service that answers what a test scripts, and throws when nothing is scripted. */
export function fakeAnswerService(script?: AnswerScript): FakeAnswerService {
  const asked: FakeQuestion[] = [];
  let current = script;
  return {
    asked,
    script(next) {
      current = next;
    },
    async ask(question, options = {}) {
      if (!current) throw new Error(`No answer is scripted for: ${question}`);
      const given = { ...options, question };
      asked.push(given);
      return current(given);
    },
  };
}

/** A citation with an address. */
export function citation(n: number, given: Partial<Citation> = {}): Citation {
  return {
    n,
    document: `networking/source-${n}.md`,
    title: `Source ${n}`,
    heading: ["Section"],
    lines: [n, n + 1],
    url: `https://example.org/source-${n}`,
    quote: "",
    ...given,
  };
}

/** An answered question, with the sources that its marks name. */
export function answered(
  text: string,
  given: Partial<Extract<Answer, { status: "answered" }>> = {},
): Extract<Answer, { status: "answered" }> {
  const numbers = [...new Set([...text.matchAll(/\[(\d+)\]/g)].map(([, n]) => Number(n)))];
  return {
    status: "answered",
    text,
    claims: [{ text, citations: numbers }],
    citations: numbers.map((n) => citation(n)),
    nearest: [],
    mode: "generative",
    generation: "g1",
    latencyMs: 5,
    notices: [],
    dropped: 0,
    ...given,
  };
}
