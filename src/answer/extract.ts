import type { Block, Citation, Claim } from "../knowledge/types.ts";
import type { Query } from "../retrieve/query.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { type CitationTarget, citeWindow } from "./cite.ts";
import { questionKind } from "./question-kind.ts";
import { scoreUnits } from "./score.ts";
import { type Window, windowAround } from "./window.ts";

/** What an extract or a generated text comes down to before it becomes an Answer. */
export interface Composed {
  readonly text: string;
  readonly claims: readonly Claim[];
  readonly citations: readonly Citation[];
}

/** Characters of the first, second and third window: an answer stays below some 1,500 (RESULTS.md, extracts). */
const budgets = [700, 450, 300] as const;
/** Passages in which windows are looked for. */
const passagesRead = 6;
/** A further window must score this share of the first. */
const worthShowing = 0.8;

/**
 * Answers without a model: up to three verbatim windows of the best passages, the one that answers first,
 * each with one citation. Undefined when no passage holds a unit.
 */
export function extract(query: Query, hits: readonly Hit[], target: CitationTarget): Composed | undefined {
  const windows = chooseWindows(query, hits);
  if (windows.length === 0) return undefined;
  const citations = windows.map((window, index) => citeWindow(window, index + 1, target));
  const claims = windows.flatMap((window, index) =>
    window.units.map(({ unit }): Claim => ({ text: unit.text.trim(), citations: [index + 1] })),
  );
  const text = windows.map((window, index) => renderWindow(window, index + 1)).join("\n\n");
  return { text, claims, citations };
}

function chooseWindows(query: Query, hits: readonly Hit[]): Window[] {
  const kind = questionKind(query.text);
  const candidates = hits.slice(0, passagesRead).flatMap((hit) => {
    const scored = scoreUnits(hit, query, kind);
    const best = scored.reduce((top, { score }, position) => (score > (scored[top]?.score ?? -1) ? position : top), 0);
    const top = scored[best];
    // The passage's rank and its best sentence both say how well it answers.
    return top ? [{ hit, scored, best, rank: 0.5 * hit.score + top.score }] : [];
  });
  candidates.sort((a, b) => b.rank - a.rank);
  const first = candidates[0]?.rank ?? 0;
  const shown = new Set<string>();
  const windows: Window[] = [];
  for (const { hit, scored, best, rank } of candidates) {
    const budget = budgets[windows.length];
    if (budget === undefined || rank < first * worthShowing) break;
    const window = windowAround(hit, scored, best, budget);
    if (window.units.some(({ unit }) => shown.has(unit.text))) continue;
    for (const { unit } of window.units) shown.add(unit.text);
    windows.push(window);
  }
  return windows;
}

/** A window as Markdown, its citation mark after each paragraph, list, table or code block. */
function renderWindow(window: Window, n: number): string {
  const blocks = [...new Set(window.units.map(({ block }) => block))];
  return blocks
    .map((block) => renderBlock(block, window.units.filter((scored) => scored.block === block).map(({ unit }) => unit.text), n))
    .join("\n");
}

function renderBlock(block: Block, units: readonly string[], n: number): string {
  switch (block.kind) {
    case "code":
      return `\`\`\`${block.language ?? ""}\n${units.join("\n")}\n\`\`\`\n[${n}]`;
    case "list":
      return `${units.join("\n")} [${n}]`;
    case "table":
      return units.map((row) => `- ${renderRow(block.header ?? [], row)} [${n}]`).join("\n");
    default:
      return `${units.join(" ")} [${n}]`;
  }
}

/** A table row with its header, readable on a phone: "H100 SXM — Memory: 80 GB · Bandwidth: 3.35 TB/s". */
function renderRow(header: readonly string[], row: string): string {
  const [first, ...cells] = row.split(" | ");
  const rest = cells.flatMap((cell, index) => (cell === "" ? [] : [`${header[index + 1] ?? ""}: ${cell}`]));
  return rest.length === 0 ? (first ?? "") : `${first} — ${rest.join(" · ")}`;
}
