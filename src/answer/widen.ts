import { combine } from "../retrieve/combine.ts";
import type { Band } from "../retrieve/gate.ts";
import { type Hit, type Retrieved, retrieve } from "../retrieve/retrieve.ts";
import type { AnswerTools } from "./answer.ts";
import { holdWhatIsAsked } from "./asked-for.ts";
import { partsOf } from "./parts.ts";
import { type Reading, readingOf } from "./reading.ts";
import type { RewriteOutcome, Rewriter } from "./rewrite.ts";
import { type Judged, judgeProposal, type Original } from "./rewrite-keep.ts";

/** What further searches, if any, made of a question. */
export interface Widened {
  readonly hits: readonly Hit[];
  /** Whether the gate lets the model write: on the question itself or on a rewording of it. */
  readonly allows: boolean;
  /** The best band of question and rewordings. */
  readonly band: Band;
  readonly rewriting: Rewriting | undefined;
}

/** How a question was reworded, for the maintainer who asks why. */
export interface Rewriting {
  readonly outcome: RewriteOutcome;
  /** Why it came to that, in words. */
  readonly detail: string;
  readonly proposals: readonly (Judged & { readonly odds?: number })[];
  /** The proposal on which the gate opened, when it did not on the question itself. */
  readonly opened: string | undefined;
}

/**
 * Log-odds from which the search needs no help. Of 424 questions of the front matter, that column left out of
 * the index, 66 % lie above, and their own document is quoted for 82 % of them; below for 62 %. Higher limits
 * separate no better, so the call would cost money and time for nothing.
 */
export const sureFrom = 2;
/** Characters of a question that are worth a call; a longer one is a pasted text. */
const longestQuestion = 1_000;
/** From worst to best. */
const order: readonly Band[] = ["nothing", "closest", "answer"];

/**
 * Searches also for what the chat model makes of the question, unless the search is sure already or a name in
 * the question stands nowhere. The question itself stays the first search; what the model proposes only adds
 * passages, and lets the model try an answer where a rewording passes the gate and its passages hold what the
 * question asks for. Throws IndexError and AbortError.
 */
export async function widen(
  own: Reading,
  original: Original,
  rewriter: Rewriter,
  tools: AnswerTools,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Widened> {
  const alone = (
    outcome: RewriteOutcome,
    detail: string,
    proposals: Rewriting["proposals"] = [],
  ): Widened => {
    rewriter.count(outcome);
    return { ...unwidened(own), rewriting: { outcome, detail, proposals, opened: undefined } };
  };
  const needless = reasonToSkip(own, original);
  if (needless) return alone(...needless);
  const made = await rewriter.propose(original.question, original.history, signal);
  if (made.outcome !== "proposed") return alone(made.outcome, made.detail);
  const judged = await judgeProposal(made.proposal, original, tools.index, signal);
  const kept = judged.filter(({ dropped }) => dropped === undefined);
  if (kept.length === 0) {
    return alone(
      "kept",
      judged.length === 0 ? "the model had nothing to add" : "no proposal kept the question",
      judged,
    );
  }
  const found = await Promise.all(kept.map(({ text }) => search(text, tools, limit, signal)));
  const readings = found.map((one) => readingOf(one, { target: tools.target, original: own.found.query }));
  rewriter.count("used");
  const divided = !judged.some(({ kind, dropped }) => kind === "part" && dropped !== undefined);
  const opened = opens(own) ? undefined : openedBy(kept, readings, own, divided);
  const odds = new Map(kept.map((one, position) => [one, readings[position]?.odds]));
  return {
    hits: combine(
      [own, ...readings].map((one) => one.found.hits),
      limit,
    ),
    allows: opens(own) || opened !== undefined,
    band: best([own, ...readings.filter((_, position) => kept[position]?.kind === "rewording")]),
    rewriting: {
      outcome: "used",
      detail: `${kept.length} of ${judged.length} proposals searched for`,
      proposals: judged.map((one) => {
        const value = odds.get(one);
        return value === undefined ? one : { ...one, odds: value };
      }),
      opened,
    },
  };
}

/** The question's own search and nothing else. */
export function unwidened(own: Reading): Widened {
  return { hits: own.found.hits, allows: opens(own), band: own.band, rewriting: undefined };
}

function reasonToSkip(own: Reading, { question }: Original): ["sure" | "hopeless", string] | undefined {
  const [unknown] = own.found.query.unknownNames;
  if (unknown !== undefined) return ["hopeless", `no document writes ${unknown}`];
  if (question.length > longestQuestion) return ["hopeless", "a text of this length is no question"];
  const sure = opens(own) && own.odds >= sureFrom && partsOf(question).length === 1;
  return sure ? ["sure", `log-odds from ${sureFrom}`] : undefined;
}

function search(
  text: string,
  { index, embedder }: AnswerTools,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Retrieved> {
  return retrieve(text, index, embedder, { limit, ...(signal ? { signal } : {}) });
}

function opens({ extracted, holds }: Reading): boolean {
  return extracted !== undefined && holds === true;
}

/**
 * The best rewording that passes the gate; otherwise the parts, when all of them do and their passages together
 * hold what the whole question asks for: a part alone is another question.
 */
function openedBy(
  kept: readonly Judged[],
  readings: readonly Reading[],
  own: Reading,
  divided: boolean,
): string | undefined {
  const of = (kind: Judged["kind"]) =>
    kept.flatMap(({ kind: one, text }, position) => {
      const reading = readings[position];
      return one === kind && reading ? [{ text, reading }] : [];
    });
  const [rewording] = of("rewording")
    .filter(({ reading }) => opens(reading))
    .sort((a, b) => b.reading.odds - a.reading.odds);
  if (rewording) return rewording.text;
  const parts = of("part");
  const shown = parts.flatMap(({ reading }) => reading.extracted?.weighed ?? []);
  const all = divided && parts.length > 1 && parts.every(({ reading }) => reading.extracted !== undefined);
  return all && holdWhatIsAsked(own.found.query, shown)
    ? parts.map(({ text }) => text).join(" / ")
    : undefined;
}

function best(readings: readonly Reading[]): Band {
  const highest = Math.max(...readings.map(({ band }) => order.indexOf(band)));
  return order[highest] ?? "nothing";
}
