export type Route = "embeddings" | "chat" | "models";

/** What a route can be told to do wrong, for a number of requests. */
export type Fault =
  /** 429; without `retryAfter` (seconds, or an HTTP date) the header is absent. */
  | { readonly kind: "rate_limit"; readonly retryAfter?: number | string }
  /** 429 with the code `insufficient_quota`. */
  | { readonly kind: "quota" }
  /** A status of choice with OpenAI's error shape; 500 unless said. */
  | { readonly kind: "status"; readonly status: number; readonly message?: string; readonly code?: string }
  /** Never answers; with `headers` it sends the head (and for a stream the first pieces) and then nothing. */
  | { readonly kind: "stall"; readonly headers: boolean; readonly afterPieces?: number }
  /** Destroys the socket in the middle of the body; for a stream after so many pieces. */
  | { readonly kind: "cut"; readonly afterPieces?: number }
  /** A stream that ends cleanly without `[DONE]`: with the finish reason, or without it too. */
  | { readonly kind: "no_done"; readonly finished: boolean }
  /** Finishes with another reason than `stop`. */
  | { readonly kind: "finish"; readonly reason: "length" | "content_filter" }
  /** An error event after so many pieces of a stream, as OpenAI and vLLM send it. */
  | { readonly kind: "error_event"; readonly afterPieces?: number }
  /** 200 with a body (or a stream event) that is not JSON. */
  | { readonly kind: "malformed_json" }
  /** 200 with a web page, as a proxy or a captive portal answers. */
  | { readonly kind: "html" }
  /** Embeddings: what a server gets wrong about its vectors. */
  | {
      readonly kind:
        | "float_for_base64"
        | "missing_vector"
        | "shuffled"
        | "wrong_index"
        | "wrong_dimensions"
        | "not_finite";
    };

export type FaultKind = Fault["kind"];
/** Kinds that need no parameter may be given by name. */
export type FaultName =
  | Exclude<FaultKind, "status" | "finish">
  | "server_error"
  | "length"
  | "content_filter";

/** Expands a name to a fault: `stall` without headers, `cut` and `error_event` after one piece. */
export function toFault(fault: Fault | FaultName): Fault {
  if (typeof fault !== "string") return fault;
  switch (fault) {
    case "server_error":
      return { kind: "status", status: 500 };
    case "length":
    case "content_filter":
      return { kind: "finish", reason: fault };
    case "stall":
      return { kind: "stall", headers: false };
    case "no_done":
      return { kind: "no_done", finished: false };
    default:
      return { kind: fault };
  }
}

/** Faults in the order in which they were programmed, each for its number of requests. */
export class FaultPlan {
  readonly #planned: { route: Route; fault: Fault; left: number }[] = [];

  add(route: Route, fault: Fault, times: number): void {
    this.#planned.push({ route, fault, left: times });
  }

  take(route: Route): Fault | undefined {
    const next = this.#planned.find((planned) => planned.route === route && planned.left > 0);
    if (next) next.left--;
    return next?.fault;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}
