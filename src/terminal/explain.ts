import Table from "cli-table3";
import type { Trace } from "../answer/trace.ts";

/** How an answer came about, as tables: terms, candidates with their scores, and what the gate decided. */
export function renderTrace(trace: Trace): string {
  const style = { head: [], border: [] };
  const terms = new Table({ head: ["term", "typed", "weight", "passages", "also searched for"], style });
  for (const { term, typed, weight, passages, alternatives } of trace.terms) {
    terms.push([term, typed ?? "", weight.toFixed(2), passages, alternatives.join(", ")]);
  }
  const candidates = new Table({
    head: ["", "section", "words", "meaning", "fused", "relevance"],
    style,
  });
  for (const [rank, candidate] of trace.candidates.entries()) {
    const { document, heading, lexical, vector, fused, relevance } = candidate;
    const section = [document, ...heading].join(" › ");
    candidates.push([
      rank + 1,
      section,
      lexical.toFixed(2),
      vector.toFixed(3),
      fused.toFixed(3),
      relevance.toFixed(3),
    ]);
  }
  const { coverage, strength, similarity, unknownShare, length } = trace.evidence;
  const gate = new Table({ head: ["gate", "value", "what it is"], style });
  gate.push(
    [
      "coverage",
      coverage.toFixed(2),
      "share of the terms' weight that the best of the first three passages holds",
    ],
    ["strength", strength.toFixed(2), "word score of the best passage beside what the terms could give"],
    ["similarity", similarity?.toFixed(3) ?? "none", "cosine of the nearest sentence"],
    ["unknown share", unknownShare.toFixed(2), "terms that no document holds"],
    ["length", length.toFixed(1), "terms, up to ten, as a share of ten"],
    [
      "unknown names",
      trace.unknownNames.join(", ") || "none",
      "a name that no document writes blocks an answer",
    ],
    ["log-odds", trace.confidence.toFixed(2), "answer from -0.5, closest sections from -2"],
    ["band", trace.band, "what the evidence allows"],
    [
      "holds what is asked",
      trace.holdsWhatIsAsked === undefined ? "not tried" : String(trace.holdsWhatIsAsked),
      "amount, year or name asked for stands in the passages shown",
    ],
  );
  const parts = [`Searched for: ${trace.asked}`, terms, candidates, gate, ...rewritingOf(trace)];
  return parts.map(String).join("\n");
}

/** What the chat model made of the question, and what became of each of its proposals. */
function rewritingOf({ rewriting }: Trace): (string | Table.Table)[] {
  if (!rewriting) return [];
  const { outcome, detail, proposals, opened } = rewriting;
  const table = new Table({
    head: ["also searched for", "form", "log-odds", "left out because it"],
    style: { head: [], border: [] },
  });
  for (const { text, kind, odds, dropped } of proposals) {
    table.push([text, kind, odds?.toFixed(2) ?? "", dropped ?? ""]);
  }
  return [
    `Rewording by the chat model: ${outcome} (${detail})`,
    ...(proposals.length > 0 ? [table] : []),
    ...(opened === undefined ? [] : [`The gate opened on: ${opened}`]),
  ];
}
