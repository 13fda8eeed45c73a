/** What goes wrong with a reply. */
export type Fault =
  | { readonly kind: "rate-limit"; readonly retryAfterMs: number; readonly global?: boolean }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: unknown;
      readonly carriedOut?: boolean;
    }
  | { readonly kind: "stall"; readonly ms?: number; readonly carriedOut?: boolean }
  | { readonly kind: "cut"; readonly reset?: boolean; readonly carriedOut?: boolean }
  | { readonly kind: "malformed"; readonly carriedOut?: boolean }
  | { readonly kind: "slow"; readonly ms: number };

export interface FaultHandle {
  /** How many requests it has struck. */
  readonly hits: number;
  remove(): void;
}

interface Entry {
  readonly pattern: RegExp;
  readonly fault: Fault;
  skip: number;
  left: number;
  hits: number;
}

/** `PATCH /webhooks/*\/*\/messages/@original`: `*` is one segment, `**` any number; the method may be `*`. */
export function routePattern(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*/g, "\u0000")
    .replace(/^\* /, "\\w+ ")
    .replace(/\*/g, "[^/ ]+")
    .replaceAll("\u0000", ".*");
  return new RegExp(`^${escaped}$`);
}

export class Faults {
  readonly #entries: Entry[] = [];

  add(
    pattern: string,
    fault: Fault,
    { times = 1, after = 0 }: { times?: number; after?: number } = {},
  ): FaultHandle {
    const entry: Entry = { pattern: routePattern(pattern), fault, skip: after, left: times, hits: 0 };
    this.#entries.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove() {
        entry.left = 0;
      },
    };
  }

  /** The fault that strikes this request, used up by it. */
  take(method: string, path: string): Fault | null {
    for (const entry of this.#entries) {
      if (entry.left === 0 || !entry.pattern.test(`${method} ${path}`)) continue;
      if (entry.skip > 0) {
        entry.skip--;
        continue;
      }
      entry.left--;
      entry.hits++;
      return entry.fault;
    }
    return null;
  }
}
