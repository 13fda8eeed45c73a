import { stems } from "../knowledge/analyze.ts";
import type { Block, Citation, Claim } from "../knowledge/types.ts";
import { holding, type Query } from "../retrieve/query.ts";
import { balance } from "../retrieve/rerank.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { type CitationTarget, citeWindow } from "./cite.ts";
import { comparedRows } from "./compared-rows.ts";
import { sidesOf } from "./parts.ts";
import { type QuestionKind, questionKind, servesOtherPurpose } from "./question-kind.ts";
import { type ScoredUnit, scoreUnits } from "./score.ts";
import { bestWindow, type Window, type WindowOptions } from "./window.ts";

/** What an extract or a generated text comes down to before it becomes an Answer. */
export interface Composed {
  readonly text: string;
  readonly claims: readonly Claim[];
  readonly citations: readonly Citation[];
}

/** An extract with the passages that it was taken from. */
export interface Extract extends Composed {
  readonly shown: readonly Hit[];
}

/** Characters of the first, second and third window: an answer stays below some 2,000 and has about 1,000 (RESULTS.md, extracts). */
const wholeAnswer = [900, 600, 450] as const;
/** Passages in which windows are looked for. */
const passagesRead = 8;
/** A third window of one document makes an answer longer and, as measured, no better. */
const mostOfOneDocument = 2;
/**
 * Weights of a listwise logistic model over the passages of one question, fitted on the tuning halves of
 * four question sets (298 questions, a passage is right when it holds the key).
 */
const weights = {
  /** Natural logarithm of the relevance. */
  relevance: 0.3,
  fused: 4.1,
  heading: 3.8,
  window: 2.6,
  bestUnit: 6.2,
  /** A section on pitfalls where nobody asked what can go wrong, and one on choosing where nobody chooses. */
  otherPurpose: -1.3,
} as const;
/** "What is Lustre?" is answered by the opening of the document on Lustre before anything else. */
const introductionBonus = 5;
/** A further window may be this much less likely than the first, as a natural logarithm. */
const worthShowing = 6;
/** Below this all are equally irrelevant. */
const leastRelevance = 3e-4;

/**
 * Answers without a model: up to three verbatim windows of the best passages, the one that answers first,
 * each with one citation. Undefined when no passage holds a unit.
 */
export function extract(
  query: Query,
  hits: readonly Hit[],
  target: CitationTarget,
  { budgets = wholeAnswer }: { readonly budgets?: readonly number[] } = {},
): Extract | undefined {
  const windows = chooseWindows(query, hits, budgets);
  if (windows.length === 0) return undefined;
  const citations = windows.map((window, index) => citeWindow(window, index + 1, target));
  const claims = windows.flatMap((window, index) =>
    window.units.map(({ unit }): Claim => ({ text: unit.text.trim(), citations: [index + 1] })),
  );
  const text = windows.map((window, index) => renderWindow(window, index + 1)).join("\n\n");
  return { text, claims, citations, shown: windows.map(({ hit }) => hit) };
}

function chooseWindows(query: Query, hits: readonly Hit[], budgets: readonly number[]): Window[] {
  const asked = questionKind(query.focus);
  const sides = asked === "comparison" ? sidesOf(query.focus) : undefined;
  const first = sides ? comparedRows(sides, query, hits.slice(0, passagesRead)) : [];
  // Beside the two rows nobody needs a whole table.
  const kind = first.length > 0 ? "other" : asked;
  const candidates = rankedPassages(query, hits, kind);
  const best = candidates[0]?.rank ?? 0;
  const windows: Window[] = first.slice(0, budgets.length);
  for (const { hit, scored, rank } of candidates) {
    const budget = budgets[windows.length];
    if (budget === undefined || rank < best - worthShowing) break;
    const same = windows.filter((one) => one.hit.passage.document === hit.passage.document);
    // The sides of a comparison may stand in one document, and what weighs them up beside them.
    if (same.length === mostOfOneDocument && first.length === 0) continue;
    const window = bestWindow(hit, scored, query, optionsFor(kind, budget));
    if (!window || overlaps(window, windows)) continue;
    windows.push(window);
  }
  return windows;
}

interface Ranked {
  readonly hit: Hit;
  readonly scored: readonly ScoredUnit[];
  readonly rank: number;
}

/** The passages that were read by their best window, the likeliest to answer first. */
function rankedPassages(query: Query, hits: readonly Hit[], kind: QuestionKind): Ranked[] {
  return hits
    .slice(0, passagesRead)
    .flatMap((hit): Ranked[] => {
      const scored = scoreUnits(hit, query, kind);
      const window = bestWindow(hit, scored, query, optionsFor(kind, wholeAnswer[0]));
      return window ? [{ hit, scored, rank: rankOf(hit, window, query, kind) }] : [];
    })
    .sort((a, b) => b.rank - a.rank);
}

function optionsFor(kind: QuestionKind, budget: number): WindowOptions {
  return { budget, wholeTables: kind === "comparison", withCode: kind === "procedure" };
}

function overlaps(window: Window, shown: readonly Window[]): boolean {
  const texts = new Set(shown.flatMap(({ units }) => units.map(({ unit }) => unit.text)));
  return window.units.some(({ unit }) => texts.has(unit.text));
}

/** The passage's rank, its heading, its best stretch and what it is for together say how well it answers. */
function rankOf(hit: Hit, window: Window, query: Query, kind: QuestionKind): number {
  const introduces = (kind === "definition" || kind === "person") && opensDocumentAbout(hit, query);
  return (
    weights.relevance * Math.log(Math.max(hit.relevance, leastRelevance)) +
    weights.fused * hit.score +
    weights.heading * balance(query, hit.passage.heading.at(-1) ?? "") +
    weights.window * window.score +
    weights.bestUnit * Math.max(...window.units.map(({ score }) => score)) +
    (servesOtherPurpose(hit.passage.heading, query.focus) ? weights.otherPurpose : 0) +
    (introduces ? introductionBonus : 0)
  );
}

/** Whether a passage opens the document whose name is what was asked about. */
function opensDocumentAbout({ passage, document }: Hit, query: Query): boolean {
  if (passage.position !== 0) return false;
  const names = [document.title, ...document.aliases].map((name) => new Set(stems(name)));
  return names.some((name) => query.terms.every((term) => holding(term, name) > 0));
}

/** A window as Markdown, its citation mark after each paragraph, list, table or code block. */
function renderWindow(window: Window, n: number): string {
  const blocks = [...new Set(window.units.map(({ block }) => block))];
  return blocks
    .map((block) =>
      renderBlock(
        block,
        window.units.filter((scored) => scored.block === block).map(({ unit }) => unit.text),
        n,
      ),
    )
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
