import { ModelError } from "../../errors.ts";
import type { Service } from "./service.ts";

/** The part of an embeddings reply that is read. LangChain reads only `embedding`, in the order of the array. */
export interface ReplyItem {
  readonly index: number;
  readonly embedding: number[];
}

/**
 * Puts the vectors of a reply into the order of the texts by their `index`.
 * Throws ModelError when a vector is missing or the indices are not 0 to n − 1 (a single vector needs no index).
 */
export function inOrder<Item extends ReplyItem>(
  data: readonly Item[] | undefined,
  count: number,
  service: Service,
): Item[] {
  if (!Array.isArray(data)) throw malformed(service, "a reply without vectors", "that it serves embeddings");
  if (data.length !== count)
    throw malformed(
      service,
      `${data.length} vectors for ${count} texts`,
      "the server's log, or lower EMBEDDING_BATCH",
    );
  if (count === 1) return [...data];
  const ordered: Item[] = [];
  for (const item of data) ordered[item.index] = item;
  // A permutation of 0 to n − 1 fills exactly n places.
  if (ordered.length !== count || Object.keys(ordered).length !== count)
    throw malformed(
      service,
      "vectors whose index does not say which text they belong to",
      "it with EMBEDDING_BATCH=1",
    );
  return ordered;
}

/** Throws ModelError unless every vector is a plain array of the expected length with finite numbers, not all zero. */
export function checkVectors(vectors: readonly unknown[], dimensions: number, service: Service): void {
  for (const vector of vectors) {
    if (!Array.isArray(vector))
      throw malformed(service, "a vector that is not a list of numbers", service.urlVariable ?? "it");
    if (vector.length !== dimensions)
      throw malformed(
        service,
        `vectors of ${vector.length} numbers where ${dimensions} are expected`,
        `EMBEDDING_MODEL, or set EMBEDDING_DIMENSIONS=${vector.length} if that is the model's own length`,
      );
    let sum = 0;
    for (const value of vector) sum += typeof value === "number" ? Math.abs(value) : Number.NaN;
    if (!Number.isFinite(sum) || sum === 0)
      throw malformed(service, "a vector that holds no finite numbers or only zeros", "the server's log");
  }
}

function malformed({ label, model }: Service, what: string, check: string): ModelError {
  return new ModelError("malformed", `The model ${model} of ${label} answered with ${what}: check ${check}.`);
}
