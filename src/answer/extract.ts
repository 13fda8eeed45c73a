import { stems } from "../knowledge/analyze.ts";
import type { Citation, Claim } from "../knowledge/types.ts";
import { holding, type Query } from "../retrieve/query.ts";
import { balance } from "../retrieve/rerank.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { type CitationTarget, citeWindow } from "./cite.ts";
import { comparedRows } from "./compared-rows.ts";
import { type Detail, type Room, roomFor, shownLength } from "./detail.ts";
import { sidesOf } from "./parts.ts";
import { type QuestionKind, questionKind, servesOtherPurpose } from "./question-kind.ts";
import { renderWindow } from "./render-window.ts";
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
  /** The passages of the windows that a short answer has room for, whatever their length: they decide whether it answers. */
  readonly weighed: readonly Hit[];
  /** Whether a code block, row or sentence that answers is longer than the whole answer may be. */
  readonly leftOut: boolean;
}

/** Characters of the window by which passages are compared. */
const comparedWindow = 900;
/** Passages in which windows are looked for. */
const passagesRead = 8;
/** Characters: less than this is left for no further window. */
const leastWindow = 150;
/** A third window of one document makes a short answer longer and, as measured, no better. */
const mostOfOneDocument: Readonly<Record<Detail, number>> = { short: 2, full: 3 };
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
 * Answers without a model: verbatim windows of the best passages within the room, the one that answers first,
 * each with one citation. Units are shown whole; an extract in whose room none fits has no claims. Undefined
 * when no passage holds a unit.
 */
export function extract(
  query: Query,
  hits: readonly Hit[],
  target: CitationTarget,
  room: Room = roomFor("short"),
): Extract | undefined {
  const asked = questionKind(query.focus);
  const sides = asked === "comparison" ? sidesOf(query.focus) : undefined;
  const rows = sides ? comparedRows(sides, query, hits.slice(0, passagesRead)) : [];
  // Beside the two rows nobody needs a whole table.
  const kind = rows.length > 0 ? "other" : asked;
  const found = { rows, ranked: rankedPassages(query, hits, kind), kind };
  const plain: Room = { ...room, detail: "short", windows: room.weighed, most: Infinity };
  const unbounded = chooseWindows(query, found, plain);
  if (unbounded.length === 0) return undefined;
  const fits = room.detail === "short" && shownLength(textOf(unbounded)) <= room.most;
  const windows = fits ? unbounded : chooseWindows(query, found, room);
  const citations = windows.map((window, index) => citeWindow(window, index + 1, target));
  const claims = windows.flatMap((window, index) =>
    window.units.map(({ unit }): Claim => ({ text: unit.text.trim(), citations: [index + 1] })),
  );
  return {
    text: textOf(windows),
    claims,
    citations,
    weighed: unbounded.map(({ hit }) => hit),
    leftOut: !fits && holdsTooLong(unbounded, room),
  };
}

function textOf(windows: readonly Pick<Window, "units">[]): string {
  return windows.map((window, index) => renderWindow(window, index + 1)).join("\n\n");
}

/** Whether the windows hold a unit that is longer than all that may be shown. */
function holdsTooLong(windows: readonly Window[], { most }: Room): boolean {
  return windows.some(({ units }) => units.some((one) => shownLength(textOf([{ units: [one] }])) > most));
}

interface Found {
  /** The two rows of a comparison, or none. */
  readonly rows: readonly Window[];
  readonly ranked: readonly Ranked[];
  readonly kind: QuestionKind;
}

/** The windows that are shown, each within what those before it have left of the room. */
function chooseWindows(query: Query, { rows, ranked, kind }: Found, room: Room): Window[] {
  const best = ranked[0]?.rank ?? 0;
  const windows: Window[] = [];
  let left = room.most;
  const show = (window: Window) => {
    windows.push(window);
    // Two for the empty line after it.
    left -= shownLength(renderWindow(window, windows.length)) + 2;
  };
  for (const row of rows.slice(0, room.windows.length)) {
    if (shownLength(renderWindow(row, 1)) <= left) show(row);
  }
  for (const { hit, scored, rank } of ranked) {
    const budget = room.windows[windows.length];
    if (budget === undefined || rank < best - worthShowing) break;
    if (windows.length > 0 && left < leastWindow) break;
    const same = windows.filter((one) => one.hit.passage.document === hit.passage.document);
    // The sides of a comparison may stand in one document, and what weighs them up beside them.
    if (same.length === mostOfOneDocument[room.detail] && rows.length === 0) continue;
    const options = { ...optionsFor(kind, budget), most: left, wholeSection: room.detail === "full" };
    const window = bestWindow(hit, scored, query, options);
    if (!window || overlaps(window, windows)) continue;
    show(window);
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
      const window = bestWindow(hit, scored, query, optionsFor(kind, comparedWindow));
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
