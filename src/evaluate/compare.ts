import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ConfigError } from "../errors.ts";
import type { Evaluation } from "./evaluate.ts";
import { bootstrap, type Estimate } from "./intervals.ts";

const results = z.object({
  results: z.array(z.object({ id: z.string(), measures: z.record(z.string(), z.boolean()) })),
});

/** How one measure changed over the questions that both evaluations asked. */
export interface Difference {
  readonly measure: string;
  /** New minus old, paired by question, in shares. */
  readonly change: Estimate;
  readonly gained: number;
  readonly lost: number;
}

/**
 * Compares an evaluation with an older one (`npm run eval -- --json > OLD.json`) question by question.
 * Throws ConfigError when the file is not such a result or shares no question.
 */
export async function compare(evaluation: Evaluation, path: string): Promise<Difference[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ConfigError(`The older evaluation ${path} cannot be read.`, { cause });
  });
  const old = results.safeParse(parse(text));
  if (!old.success) {
    throw new ConfigError(`${path} is no evaluation; make one with \`npm run -s eval -- --json > ${path}\`.`);
  }
  const found = differences(evaluation, old.data);
  if (found.length === 0) throw new ConfigError(`${path} holds none of these questions.`);
  return found;
}

/** The same for two evaluations at hand; empty when they share no question. */
export function differences(
  now: Pick<Evaluation, "results">,
  old: Pick<Evaluation, "results">,
): Difference[] {
  const before = new Map(old.results.map(({ id, measures }) => [id, measures]));
  const names = [...new Set(now.results.flatMap(({ measures }) => Object.keys(measures)))];
  return names.flatMap((measure): Difference[] => {
    const pairs = now.results.flatMap(({ id, measures }) => {
      const [then, after] = [before.get(id)?.[measure], measures[measure]];
      return then === undefined || after === undefined ? [] : [Number(after) - Number(then)];
    });
    if (pairs.length === 0) return [];
    const count = (sign: number) => pairs.filter((pair) => pair === sign).length;
    return [{ measure, change: bootstrap(pairs), gained: count(1), lost: count(-1) }];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
