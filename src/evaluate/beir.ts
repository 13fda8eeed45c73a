import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "../errors.ts";
import { bootstrap, type Estimate } from "./intervals.ts";

/** A public retrieval test set in the form of BEIR (N. Thakur et al., 2021): queries and relevance judgements. */
export interface BeirSet {
  readonly queries: ReadonlyMap<string, string>;
  /** For each query the documents with their gains. */
  readonly relevant: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export interface BeirMeasures {
  readonly ndcg10: Estimate;
  readonly recall100: Estimate;
}

/** Reads `queries.jsonl` and `qrels/test.tsv` of a folder. Throws ConfigError that names the file. */
export async function readBeir(folder: string): Promise<BeirSet> {
  const read = (path: string) =>
    readFile(join(folder, path), "utf8").catch((cause: unknown) => {
      throw new ConfigError(`${join(folder, path)} cannot be read; --beir needs a folder in BEIR form.`, {
        cause,
      });
    });
  const queries = new Map<string, string>();
  for (const [index, line] of (await read("queries.jsonl")).split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      const { _id, text } = JSON.parse(line) as { _id: string | number; text: string };
      queries.set(String(_id), String(text));
    } catch (cause) {
      throw new ConfigError(`${folder}/queries.jsonl:${index + 1} is no JSON object.`, { cause });
    }
  }
  const relevant = new Map<string, Map<string, number>>();
  for (const line of (await read("qrels/test.tsv")).split("\n").slice(1)) {
    const [query, document, gain] = line.split("\t");
    if (!query || !document || !(Number(gain) > 0)) continue;
    relevant.set(query, (relevant.get(query) ?? new Map<string, number>()).set(document, Number(gain)));
  }
  return { queries, relevant };
}

/** Measures a search over every judged query; `search` returns documents, best first, each once. */
export async function measureBeir(
  { queries, relevant }: BeirSet,
  search: (query: string) => Promise<readonly string[]>,
): Promise<BeirMeasures> {
  const gains: number[] = [];
  const recalls: number[] = [];
  for (const [id, judged] of relevant) {
    const query = queries.get(id);
    if (query === undefined) continue;
    const found = await search(query);
    gains.push(ndcg(found.slice(0, 10), judged));
    recalls.push(found.slice(0, 100).filter((document) => judged.has(document)).length / judged.size);
  }
  return { ndcg10: bootstrap(gains), recall100: bootstrap(recalls) };
}

/** Normalised discounted cumulative gain with linear gains, as trec_eval computes it (K. Järvelin and J. Kekäläinen, 2002). */
export function ndcg(found: readonly string[], judged: ReadonlyMap<string, number>): number {
  const discounted = (gains: readonly number[]) =>
    gains.reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0);
  const ideal = discounted([...judged.values()].sort((a, b) => b - a).slice(0, 10));
  return ideal === 0 ? 0 : discounted(found.map((document) => judged.get(document) ?? 0)) / ideal;
}
