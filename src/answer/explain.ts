import type { Answer, BlockVerdict } from "../knowledge/types.ts";
import type { Trace } from "./trace.ts";

/** A table for a maintainer; the hosts draw it. */
export interface ExplainTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Characters of each column in which its words are wrapped; null for as wide as it is. */
  readonly widths?: readonly (number | null)[];
}

/**
 * How an answer came about, as text: of each question of the message its terms, candidates with their scores and
 * what the gate decided; then what verification made of each block that a model wrote. Empty when nothing was
 * searched for. `draw` is the host's way to show a table.
 */
export function explain(
  traces: readonly Trace[],
  { verdicts = [] }: Pick<Answer, "verdicts">,
  draw: (table: ExplainTable) => string,
): string {
  const parts = traces.flatMap((trace) => [
    `Searched for: ${trace.asked}`,
    ...[termTable(trace), candidateTable(trace), gateTable(trace)].map(draw),
    ...rewordingOf(trace, draw),
  ]);
  if (verdicts.length > 0) parts.push(draw(verdictTable(verdicts)));
  return parts.join("\n");
}

/** "2 kept, 1 repaired (figure), 1 dropped (name)"; empty without verdicts. */
export function countVerdicts({ verdicts = [] }: Pick<Answer, "verdicts">): string {
  return (["kept", "repaired", "dropped"] as const)
    .flatMap((outcome) => {
      const those = verdicts.filter((one) => one.outcome === outcome);
      if (those.length === 0) return [];
      const reasons = [...new Set(those.flatMap(({ reason }) => reason ?? []))].join(", ");
      return [`${those.length} ${outcome}${reasons ? ` (${reasons})` : ""}`];
    })
    .join(", ");
}

function termTable({ terms }: Trace): ExplainTable {
  return {
    head: ["term", "typed", "weight", "passages", "also searched for"],
    rows: terms.map(({ term, typed, weight, passages, alternatives }) => [
      term,
      typed ?? "",
      weight.toFixed(2),
      String(passages),
      alternatives.join(", "),
    ]),
  };
}

function candidateTable({ candidates }: Trace): ExplainTable {
  return {
    head: ["", "section", "words", "meaning", "asked", "fused", "relevance"],
    rows: candidates.map(({ document, heading, lexical, vector, asked, fused, relevance }, rank) => [
      String(rank + 1),
      [document, ...heading].join(" › "),
      lexical.toFixed(2),
      vector.toFixed(3),
      asked.toFixed(3),
      fused.toFixed(3),
      relevance.toFixed(3),
    ]),
  };
}

function gateTable({ evidence, unknownNames, confidence, band, holdsWhatIsAsked }: Trace): ExplainTable {
  const { coverage, strength, similarity, unknownShare, length } = evidence;
  return {
    head: ["gate", "value", "what it is"],
    rows: [
      [
        "coverage",
        coverage.toFixed(2),
        "share of the terms' weight that the best of the first three passages holds",
      ],
      ["strength", strength.toFixed(2), "word score of the best passage beside what the terms could give"],
      ["similarity", similarity?.toFixed(3) ?? "none", "cosine of the nearest sentence"],
      ["unknown share", unknownShare.toFixed(2), "terms that no document holds"],
      ["length", length.toFixed(1), "terms, up to ten, as a share of ten"],
      ["unknown names", unknownNames.join(", ") || "none", "a name that no document writes blocks an answer"],
      ["log-odds", confidence.toFixed(2), "answer from -0.5, closest sections from -2"],
      ["band", band, "what the evidence allows"],
      [
        "holds what is asked",
        holdsWhatIsAsked === undefined ? "not tried" : String(holdsWhatIsAsked),
        "amount, year or name asked for stands in the passages shown",
      ],
    ],
  };
}

/** What the chat model made of the question, and what became of each of its proposals. */
function rewordingOf({ rewriting }: Trace, draw: (table: ExplainTable) => string): string[] {
  if (!rewriting) return [];
  const { outcome, detail, proposals, opened } = rewriting;
  const rows = proposals.map(({ text, kind, odds, dropped }) => [
    text,
    kind,
    odds?.toFixed(2) ?? "",
    dropped ?? "",
  ]);
  return [
    `Rewording by the chat model: ${outcome} (${detail})`,
    ...(rows.length > 0
      ? [draw({ head: ["also searched for", "form", "log-odds", "left out because it"], rows })]
      : []),
    ...(opened === undefined ? [] : [`The gate opened on: ${opened}`]),
  ];
}

function verdictTable(verdicts: readonly BlockVerdict[]): ExplainTable {
  return {
    head: ["", "verdict", "support", "why", "block as it was written"],
    widths: [null, null, null, 40, 80],
    rows: verdicts.map(({ outcome, support, reason, detail, text }, index) => [
      String(index + 1),
      outcome,
      support?.toFixed(2) ?? "none",
      reason ? `${reason}: ${detail}` : "",
      text.replace(/\s+/g, " "),
    ]),
  };
}
