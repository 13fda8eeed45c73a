import type { BlockVerdict } from "../knowledge/types.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import type { ClaimBlock } from "./blocks.ts";
import type { CitationTarget } from "./cite.ts";
import type { Composed } from "./extract.ts";
import type { Refused } from "./prompt.ts";
import { claimsOf, numberSpans, renderShown, type Shown } from "./renumber.ts";
import { claimText, type Verdict, verifyBlock } from "./verify.ts";
import { opensWithReference, prepareSources } from "./verify-sources.ts";

/** An answer under way: its blocks in order, with what became of each. */
export interface Draft {
  /** Verifies a block and shows it, or holds it back. */
  add(block: ClaimBlock): void;
  readonly saysNoEvidence: boolean;
  /** Whether blocks were held back that a repair could bring in. */
  worthRepairing(): boolean;
  /** What the repair call is asked about, in order. */
  refused(): Refused[];
  /** Takes rewritten blocks by the position of the refused one. */
  replace(rewritten: ReadonlyMap<number, readonly ClaimBlock[]>): void;
  /** Drops what is still held back. */
  finish(): Composed & {
    readonly written: number;
    readonly repaired: number;
    readonly dropped: number;
    readonly verdicts: readonly BlockVerdict[];
  };
}

interface Entry {
  readonly block: ClaimBlock;
  readonly verdict: Verdict;
  /** Empty while held back. */
  shown: Shown[];
  /** Of a repaired block: the support of what stands in its place. */
  repairedSupport?: number | null;
}

/** Characters of a block that its verdict keeps. */
const longestKept = 300;

export function createDraft(
  hits: readonly Hit[],
  target: CitationTarget,
  onText: (text: string) => void = () => undefined,
): Draft {
  const sources = prepareSources(hits);
  const numbering = numberSpans(sources, target);
  const entries: Entry[] = [];
  let saysNoEvidence = false;

  const allShown = () => entries.flatMap(({ shown }) => shown);
  const failed = () =>
    entries.filter(({ verdict, shown }) => verdict.verdict !== "supported" && shown.length === 0);

  /** A supported block as it is shown; undefined when it leans on a dropped one or repeats what is shown. */
  const show = (block: ClaimBlock, verdict: Verdict, predecessorShown: boolean): Shown | undefined => {
    if (verdict.verdict !== "supported") return undefined;
    if (!predecessorShown && opensWithReference.test(block.text)) return undefined;
    if (allShown().some(({ text }) => text === verdict.text)) return undefined;
    return { block, text: verdict.text, citations: numbering.cite(verdict.units) };
  };
  const predecessorShown = (position: number) =>
    position <= 0 || (entries[position - 1]?.shown.length ?? 0) > 0;

  return {
    add(block) {
      if (/^\W*NO_EVIDENCE\W*$/.test(block.text)) {
        saysNoEvidence = true;
        return;
      }
      if (claimText(block) === "") return;
      const verdict = verifyBlock(block, sources);
      const shown = show(block, verdict, predecessorShown(entries.length));
      entries.push({ block, verdict, shown: shown ? [shown] : [] });
      if (shown) onText(renderShown(allShown()));
    },
    get saysNoEvidence() {
      return saysNoEvidence;
    },
    worthRepairing() {
      // An uncited "Here are the options:" says nothing that is missed.
      const missed = failed().filter(
        ({ block, verdict }) => verdict.verdict !== "no_citation" || !/:\W*$/.test(block.text),
      );
      return missed.length > 0 && !(saysNoEvidence && allShown().length === 0);
    },
    refused() {
      return failed().map(({ block, verdict }) => ({
        text: block.text,
        reason: "detail" in verdict ? verdict.detail : "",
      }));
    },
    replace(rewritten) {
      for (const [index, entry] of failed().entries()) {
        const position = entries.indexOf(entry);
        for (const replacement of rewritten.get(index) ?? []) {
          const { marker: _, ...unmarked } = replacement;
          const { marker, group } = entry.block;
          const block = {
            ...unmarked,
            group: replacement.kind === "code" ? -1 - position : group,
            ...(marker === undefined ? {} : { marker }),
          };
          const verdict = verifyBlock(block, sources);
          const shown = show(block, verdict, predecessorShown(position));
          if (!shown) continue;
          entry.shown.push(shown);
          entry.repairedSupport ??= verdict.support;
        }
      }
    },
    finish() {
      const before = allShown().length;
      // In order, so that what leans on a repaired block enters and what leans on a dropped one falls.
      for (const [position, { block, verdict, shown }] of entries.entries()) {
        if (shown.length > 0) continue;
        const late = show(block, verdict, predecessorShown(position));
        if (late) shown.push(late);
      }
      const shown = allShown();
      const text = renderShown(shown);
      if (shown.length > 0 && (shown.length !== before || entries.some((entry) => entry.shown.length !== 1)))
        onText(text);
      const dropped = entries.filter((entry) => entry.shown.length === 0).length;
      const repaired = entries.filter(({ repairedSupport }) => repairedSupport !== undefined).length;
      const counts = { written: entries.length, repaired, dropped };
      const verdicts = entries.map((entry, position) => verdictOf(entry, predecessorShown(position)));
      return { text, claims: claimsOf(shown), citations: numbering.citations, ...counts, verdicts };
    },
  };
}

/** What became of a block in the end. */
function verdictOf(
  { block, verdict, shown, repairedSupport }: Entry,
  predecessorShown: boolean,
): BlockVerdict {
  const text = block.text.slice(0, longestKept);
  const { support } = verdict;
  if (verdict.verdict !== "supported") {
    const { verdict: reason, detail } = verdict;
    if (shown.length === 0) return { outcome: "dropped", text, reason, detail, support };
    return { outcome: "repaired", text, reason, detail, support: repairedSupport ?? null };
  }
  if (shown.length > 0) return { outcome: "kept", text, reason: null, detail: null, support };
  const orphan = !predecessorShown && opensWithReference.test(block.text);
  return {
    outcome: "dropped",
    text,
    reason: orphan ? "orphan" : "repeated",
    detail: orphan ? "it leans on a block that was dropped" : "it says again what is shown already",
    support,
  };
}
