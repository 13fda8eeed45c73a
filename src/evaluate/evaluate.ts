import type { Answer, Turn } from "../knowledge/types.ts";
import { proportion, quantile, type Scored, score } from "./measures.ts";
import type { EvalQuestion } from "./questions.ts";

export type Ask = (question: string, history: readonly Turn[]) => Promise<Answer>;

/** Least shares that a change must keep; below one of them `npm run eval` exits with 1. */
export const floors = { cited: 0.93, key: 0.8, refused: 0.45, falseRefusals: 0.05 } as const;

export interface Evaluation {
  readonly answerable: Readonly<Record<string, Row>>;
  readonly unanswerable: Readonly<Record<string, ReturnType<typeof proportion>>>;
  readonly unsupported: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  readonly floors: typeof floors;
  readonly passed: boolean;
  /** What went wrong, for the one who tunes. */
  readonly misses: readonly { id: string; kind: string; question: string; wrong: string }[];
}

interface Row {
  readonly n: number;
  readonly cited: ReturnType<typeof proportion>;
  readonly citedFirst: ReturnType<typeof proportion>;
  readonly key: ReturnType<typeof proportion>;
  readonly falseRefusals: ReturnType<typeof proportion>;
}

/** Asks every question and measures the answers, per kind and in all. */
export async function evaluate(
  answerable: readonly EvalQuestion[],
  unanswerable: readonly EvalQuestion[],
  ask: Ask,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Evaluation> {
  const total = answerable.length + unanswerable.length;
  const scored: Scored[] = [];
  const refused: { kind: string; refused: boolean; id: string; question: string }[] = [];
  for (const question of answerable) {
    scored.push(score(question, await ask(question.question, question.history)));
    onProgress(scored.length, total);
  }
  let unsupported = scored.reduce((sum, one) => sum + one.unsupported, 0);
  for (const { id, question, kind, history } of unanswerable) {
    const answer = await ask(question, history);
    refused.push({ id, question, kind, refused: answer.status !== "answered" });
    unsupported += score({ id, question, kind, history, documents: [], keys: [] }, answer).unsupported;
    onProgress(scored.length + refused.length, total);
  }
  const rows = Object.fromEntries([...kinds(scored)].map((kind) => [kind, row(scored.filter(of(kind)))]));
  const refusals = Object.fromEntries(
    [...kinds(refused)].map((kind) => [kind, proportion(refused.filter(of(kind)).map((one) => one.refused))]),
  );
  const all = rows.all;
  const passed =
    unsupported === 0 &&
    (!all ||
      (all.cited.value >= floors.cited &&
        all.key.value >= floors.key &&
        all.falseRefusals.value <= floors.falseRefusals)) &&
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
    misses: misses(answerable, scored, refused),
  };
}

function row(scored: readonly Scored[]): Row {
  return {
    n: scored.length,
    cited: proportion(scored.map(({ cited }) => cited)),
    citedFirst: proportion(scored.map(({ citedFirst }) => citedFirst)),
    key: proportion(scored.map(({ key }) => key)),
    falseRefusals: proportion(scored.map(({ status }) => status !== "answered")),
  };
}

function kinds(items: readonly { readonly kind: string }[]): Set<string> {
  return new Set([...items.map(({ kind }) => kind), ...(items.length > 0 ? ["all"] : [])]);
}

function of(kind: string) {
  return (item: { readonly kind: string }) => kind === "all" || item.kind === kind;
}

function misses(
  questions: readonly EvalQuestion[],
  scored: readonly Scored[],
  refused: readonly { kind: string; refused: boolean; id: string; question: string }[],
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
