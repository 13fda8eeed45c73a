import { abandonable, startDeadline } from "../abort.ts";
import { abortError, isAbort, OperatorError } from "../errors.ts";
import type { Turn } from "../knowledge/types.ts";
import type { ChatModel } from "../models/types.ts";
import { longestReply, type Proposal, parseProposal, rewritePrompt } from "./rewrite-form.ts";

/**
 * What became of the rewording of one question. `used`: at least one proposal was searched for; `kept`: the
 * model had nothing to add, or nothing that leaves the question what it is; `sure`, `hopeless`, `resting`: the
 * model was not called; the others are faults, after which the question is searched for as it is.
 */
export type RewriteOutcome =
  | "used"
  | "kept"
  | "sure"
  | "hopeless"
  | "resting"
  | "late"
  | "malformed"
  | "failed";

export type Rewritten =
  | { readonly outcome: "proposed"; readonly proposal: Proposal }
  | { readonly outcome: "resting" | "late" | "malformed" | "failed"; readonly detail: string };

/** Asks a chat model for other wordings of a question, within a bounded budget. One for the whole process. */
export interface Rewriter {
  /**
   * One call. A model that is late, fails or writes anything but the form is an outcome.
   * Throws AbortError when the member stops the answer.
   */
  propose(question: string, history: readonly Turn[], signal?: AbortSignal): Promise<Rewritten>;
  /** Counts what became of one question. */
  count(outcome: RewriteOutcome): void;
  readonly counts: Readonly<Record<RewriteOutcome, number>>;
}

export interface RewriterOptions {
  /** Bounded in tokens by whoever made it. */
  readonly chatModel: ChatModel;
  /** Milliseconds that one call may take. */
  readonly deadlineMs: number;
  /** Loads the model's library, which is not the model's slowness; before the deadline begins. */
  readonly load?: () => Promise<void>;
  /** Milliseconds of a clock that never goes back; for tests. */
  readonly now?: () => number;
}

/** After so many faults in a row the model is left alone for a while: it costs every question the deadline. */
const mostFaults = 3;
const restMs = 300_000;

export function createRewriter({
  chatModel,
  deadlineMs,
  load = async () => undefined,
  now = () => performance.now(),
}: RewriterOptions): Rewriter {
  const counts = { used: 0, kept: 0, sure: 0, hopeless: 0, resting: 0, late: 0, malformed: 0, failed: 0 };
  let faults = 0;
  let restsUntil = Number.NEGATIVE_INFINITY;

  /** Reads one reply; undefined when the model goes on beyond what is read. */
  async function read(question: string, history: readonly Turn[], signal: AbortSignal) {
    let reply = "";
    for await (const piece of chatModel.stream(rewritePrompt(question, history), { signal })) {
      reply += piece;
      if (reply.length > longestReply) return undefined;
    }
    return parseProposal(reply);
  }

  async function call(
    question: string,
    history: readonly Turn[],
    signal: AbortSignal | undefined,
  ): Promise<Rewritten> {
    try {
      await abandonable(load(), signal);
    } catch (error) {
      return fault(error, signal);
    }
    const deadline = startDeadline(deadlineMs, signal);
    try {
      const proposal = await abandonable(read(question, history, deadline.signal), deadline.signal);
      return proposal
        ? { outcome: "proposed", proposal }
        : { outcome: "malformed", detail: "the model did not keep to the form" };
    } catch (error) {
      return fault(error, signal);
    } finally {
      deadline.clear();
    }
  }

  return {
    counts,
    count(outcome) {
      counts[outcome]++;
    },
    async propose(question, history, signal) {
      if (now() < restsUntil) return { outcome: "resting", detail: `after ${mostFaults} faults in a row` };
      const made = await call(question, history, signal);
      faults = made.outcome === "proposed" ? 0 : faults + 1;
      if (faults >= mostFaults) {
        faults = 0;
        restsUntil = now() + restMs;
      }
      return made;
    },
  };
}

/** Faults of the model and the end of its time are outcomes; a stop by the member and a bug are thrown on. */
function fault(error: unknown, signal: AbortSignal | undefined): Rewritten {
  if (signal?.aborted && abortError(signal).name === "AbortError") throw abortError(signal);
  if (isAbort(error)) return { outcome: "late", detail: "the model took too long" };
  if (error instanceof OperatorError) return { outcome: "failed", detail: error.message };
  throw error;
}
