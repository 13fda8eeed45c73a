import type { Answer, Turn } from "../knowledge/types.ts";
import { type Estimate, proportion, quantile } from "./intervals.ts";
import { type Scored, score } from "./measures.ts";
import type { EvalQuestion } from "./questions.ts";

/** Answers one question; `confidence` is the gate's log-odds, minus infinity where it was not asked. */
export type Ask = (
  question: string,
  history: readonly Turn[],
) => Promise<{ readonly answer: Answer; readonly confidence: number }>;

/**
 * Least shares that a change must keep; below one of them `npm run eval` exits with 1. Questions in the
 * corpus's words (all kinds but lay) and lay ones are two things, as the measurements show.
 */
export const floors = { cited: 0.92, key: 0.83, falseRefusals: 0.06, layKey: 0.35, refused: 0.7 } as const;

export interface Evaluation {
  readonly answerable: Readonly<Record<string, Row>>;
  readonly unanswerable: Readonly<Record<string, Estimate>>;
  readonly unsupported: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  readonly floors: typeof floors;
  readonly passed: boolean;
  /** Refusals against false refusals at each threshold of the gate's log-odds; names and amounts left aside. */
  readonly curve: readonly CurvePoint[];
  /** Every question with what was measured of it, so that two evaluations can be compared. */
  readonly results: readonly { readonly id: string; readonly measures: Readonly<Record<string, boolean>> }[];
  /** What went wrong, for the one who tunes. */
  readonly misses: readonly { id: string; kind: string; question: string; wrong: string }[];
}

export interface CurvePoint {
  readonly threshold: number;
  readonly falseRefusals: number;
  /** Share of unanswerable questions refused, in all and by kind. */
  readonly refused: Readonly<Record<string, number>>;
}

interface Row {
  readonly n: number;
  readonly cited: Estimate;
  readonly citedFirst: Estimate;
  readonly key: Estimate;
  /** Both the right document and the key. */
  readonly both: Estimate;
  readonly falseRefusals: Estimate;
  /** Of the refused ones, the share whose right document is among the nearest sections. */
  readonly inNearest: Estimate;
}

/** Asks every question and measures the answers, per kind and in all. */
export async function evaluate(
  answerable: readonly EvalQuestion[],
  unanswerable: readonly EvalQuestion[],
  ask: Ask,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Evaluation> {
  const total = answerable.length + unanswerable.length;
  const scored: (Scored & { confidence: number })[] = [];
  const refused: Refusal[] = [];
  for (const question of answerable) {
    const { answer, confidence } = await ask(question.question, question.history);
    scored.push({ ...score(question, answer), confidence });
    onProgress(scored.length, total);
  }
  let unsupported = scored.reduce((sum, one) => sum + one.unsupported, 0);
  for (const asked of unanswerable) {
    const { id, question, kind, history, keys } = asked;
    const { answer, confidence } = await ask(question, history);
    const made = score(asked, answer);
    // A false premise is answered well by the passage that contradicts it.
    const corrected = keys.length > 0 && made.cited && made.key;
    refused.push({ id, question, kind, refused: answer.status !== "answered" || corrected, confidence });
    unsupported += made.unsupported;
    onProgress(scored.length + refused.length, total);
  }
  const rows = Object.fromEntries(
    [...kinds(scored), ...(scored.some(of("words")) ? ["words"] : [])].map((kind) => [
      kind,
      row(scored.filter(of(kind))),
    ]),
  );
  const refusals = Object.fromEntries(
    [...kinds(refused)].map((kind) => [kind, proportion(refused.filter(of(kind)).map((one) => one.refused))]),
  );
  const { words, lay } = rows;
  const passed =
    unsupported === 0 &&
    (!words ||
      (words.cited.value >= floors.cited &&
        words.key.value >= floors.key &&
        words.falseRefusals.value <= floors.falseRefusals)) &&
    (!lay || lay.key.value >= floors.layKey) &&
    (!refusals.all || refusals.all.value >= floors.refused);
  return {
    answerable: rows,
    unanswerable: refusals,
    unsupported,
    latencyMs: {
      p50: quantile(
        scored.map(({ latencyMs }) => latencyMs),
        0.5,
      ),
      p95: quantile(
        scored.map(({ latencyMs }) => latencyMs),
        0.95,
      ),
    },
    floors,
    passed,
    curve: curve(scored, refused),
    results: [
      ...scored.map(({ id, cited, citedFirst, key, status }) => ({
        id,
        measures: { cited, citedFirst, key, both: cited && key, answered: status === "answered" },
      })),
      ...refused.map(({ id, refused }) => ({ id, measures: { refused } })),
    ],
    misses: misses(answerable, scored, refused),
  };
}

function row(scored: readonly Scored[]): Row {
  return {
    n: scored.length,
    cited: proportion(scored.map(({ cited }) => cited)),
    citedFirst: proportion(scored.map(({ citedFirst }) => citedFirst)),
    key: proportion(scored.map(({ key }) => key)),
    both: proportion(scored.map(({ cited, key }) => cited && key)),
    falseRefusals: proportion(scored.map(({ status }) => status !== "answered")),
    inNearest: proportion(
      scored.filter(({ status }) => status !== "answered").map(({ inNearest }) => inNearest),
    ),
  };
}

interface Refusal {
  readonly id: string;
  readonly kind: string;
  readonly question: string;
  readonly refused: boolean;
  readonly confidence: number;
}

/** Log-odds at which the curve is read. */
const thresholds = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2] as const;

function curve(
  answerable: readonly { readonly confidence: number }[],
  unanswerable: readonly Refusal[],
): CurvePoint[] {
  const below = (items: readonly { readonly confidence: number }[], threshold: number) =>
    items.length === 0 ? 0 : items.filter(({ confidence }) => confidence < threshold).length / items.length;
  return thresholds.map((threshold) => ({
    threshold,
    falseRefusals: below(answerable, threshold),
    refused: Object.fromEntries(
      [...kinds(unanswerable)].map((kind) => [kind, below(unanswerable.filter(of(kind)), threshold)]),
    ),
  }));
}

function kinds(items: readonly { readonly kind: string }[]): Set<string> {
  return new Set([...items.map(({ kind }) => kind), ...(items.length > 0 ? ["all"] : [])]);
}

function of(kind: string) {
  return (item: { readonly kind: string }) =>
    kind === "all" || item.kind === kind || (kind === "words" && item.kind !== "lay");
}

function misses(
  questions: readonly EvalQuestion[],
  scored: readonly Scored[],
  refused: readonly Refusal[],
): Evaluation["misses"] {
  const texts = new Map(questions.map(({ id, question }) => [id, question]));
  const wrong = scored.flatMap(({ id, kind, status, cited, key, inNearest }) => {
    const what =
      status !== "answered"
        ? `${status}${inNearest ? ", right document among the nearest" : ""}`
        : !cited
          ? "right document not cited"
          : key
            ? undefined
            : "key missing";
    return what ? [{ id, kind, question: texts.get(id) ?? "", wrong: what }] : [];
  });
  const answered = refused.filter((one) => !one.refused);
  return [...wrong, ...answered.map(({ id, kind, question }) => ({ id, kind, question, wrong: "answered" }))];
}
