import type { KnowledgeIndex } from "../../index/types.ts";
import { indexText, phrasesOf } from "../../knowledge/analyze.ts";
import type { Embedder } from "../../models/types.ts";
import { type Hit, retrieve } from "../../retrieve/retrieve.ts";
import { figures } from "../facts-figures.ts";
import { type ScoredUnit, scoreUnits } from "../score.ts";

/** A sentence or row of the corpus that a calculation rests on. */
export interface Evidence {
  readonly hit: Hit;
  readonly unit: ScoredUnit;
}

export interface Library {
  readonly index: KnowledgeIndex;
  readonly embedder: Embedder | undefined;
  readonly signal?: AbortSignal;
}

/** The first sentence or row found for a query that states a formula; undefined when the corpus has none. */
export async function formula(
  query: string,
  states: RegExp,
  library: Library,
): Promise<Evidence | undefined> {
  for (const evidence of await unitsFor(query, library)) {
    if (states.test(textOf(evidence))) return evidence;
  }
  return undefined;
}

/** Memory of an accelerator in bytes, from a table row whose first cell names it. */
export async function memoryOf(
  name: string,
  library: Library,
): Promise<(Evidence & { readonly bytes: number; readonly written: string }) | undefined> {
  const wanted = indexText(name);
  for (const evidence of await unitsFor(`${name} memory`, library)) {
    const { block, unit } = evidence.unit;
    const cells = unit.text.split(" | ");
    const column = (block.header ?? []).findIndex((title) =>
      /^(?:gpu )?memory\b(?!.*bandwidth)/i.test(title),
    );
    if (column < 1 || !phrasesOf(cells[0] ?? "")(wanted)) continue;
    const [figure] = figures(cells[column] ?? "");
    const reading = figure?.readings.find(({ family }) => family === "B" || family === "iB");
    if (figure && reading) return { ...evidence, bytes: reading.value, written: figure.written };
  }
  return undefined;
}

/** Layers, KV heads and head dimension of a model, from a table with such a column. */
export async function shapeOf(
  question: string,
  library: Library,
): Promise<
  (Evidence & { readonly layers: number; readonly heads: number; readonly dimension: number }) | undefined
> {
  const asked = new Set(indexText(question).split(" "));
  let best: { overlap: number; evidence: Evidence; numbers: number[] } | undefined;
  for (const evidence of await unitsFor(`KV cache layers KV heads head dimension ${question}`, library)) {
    const { block, unit } = evidence.unit;
    const column = (block.header ?? []).findIndex((title) => /layers.*heads.*dimension/i.test(title));
    if (column < 1) continue;
    const cells = unit.text.split(" | ");
    const numbers = (cells[column]?.match(/\d+/g) ?? []).map(Number);
    const name = indexText((cells[0] ?? "").split(",")[0] ?? "").split(" ");
    if (numbers.length !== 3 || !name.every((stem) => asked.has(stem) || /^\d$/.test(stem))) continue;
    if (!best || name.length > best.overlap) best = { overlap: name.length, evidence, numbers };
  }
  const [layers, heads, dimension] = best?.numbers ?? [];
  if (!best || layers === undefined || heads === undefined || dimension === undefined) return undefined;
  return { ...best.evidence, layers, heads, dimension };
}

async function unitsFor(query: string, { index, embedder, signal }: Library): Promise<Evidence[]> {
  const { query: understood, hits } = await retrieve(query, index, embedder, {
    limit: 12,
    ...(signal ? { signal } : {}),
  });
  return hits.flatMap((hit) => scoreUnits(hit, understood, "other").map((unit) => ({ hit, unit })));
}

function textOf({ unit: { block, unit } }: Evidence): string {
  return `${(block.header ?? []).join(" | ")}\n${unit.text}`;
}
