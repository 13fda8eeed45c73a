/** A 200 whose body cannot be an answer of the API: a sign-in page, a proxy's error. */
export class UnexpectedReply extends Error {
  override readonly name = "UnexpectedReply";
  readonly contentType: string;

  constructor(contentType: string) {
    super(`The reply is ${contentType}.`);
    this.contentType = contentType;
  }
}

/**
 * A fetch that refuses successful replies that are neither JSON nor an event stream, and that ends with an
 * additional signal (LangChain passes none for embeddings). Throws UnexpectedReply.
 */
export function checkedFetch(fetch: typeof globalThis.fetch, signal?: AbortSignal): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, signal ? { ...init, signal: both(signal, init?.signal) } : init);
    const contentType = response.headers.get("content-type") ?? "";
    if (!response.ok || contentType === "" || /json|event-stream/i.test(contentType)) return response;
    await response.body?.cancel();
    throw new UnexpectedReply(contentType.split(";")[0] ?? contentType);
  };
}

function both(signal: AbortSignal, other: AbortSignal | null | undefined): AbortSignal {
  return other ? AbortSignal.any([signal, other]) : signal;
}
