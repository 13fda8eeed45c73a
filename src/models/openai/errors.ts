import { ModelError, type ModelFault } from "../../errors.ts";
import type { Service } from "./service.ts";
import { UnexpectedReply } from "./transport.ts";
import { modelError } from "./wording.ts";

/** A failed request: the error for the operator, and whether trying again may help. */
export interface Failure {
  readonly error: ModelError;
  readonly retryable: boolean;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

interface Findings {
  readonly fault: ModelFault;
  readonly status?: number;
  /** What the server said, for faults where its words help. */
  readonly detail?: string;
  readonly retryAfterMs?: number;
}

const retryable: ReadonlySet<ModelFault> = new Set(["rate_limited", "unavailable", "timeout", "cut"]);
const unreachable =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;
const broken =
  /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_BODY_TIMEOUT|ERR_STREAM_PREMATURE_CLOSE|ERR_HTTP2_)/;
const quota = /insufficient_quota|exceeded your current quota|credit balance|billing/i;

/** Turns whatever LangChain, the OpenAI client or fetch threw into words for the operator. Never throws. */
export function toFailure(thrown: unknown, service: Service): Failure {
  if (thrown instanceof ModelError) return { error: thrown, retryable: false };
  const findings = examine(thrown);
  const error = modelError(findings.fault, service, findings, thrown);
  return {
    error,
    retryable: retryable.has(findings.fault),
    ...(findings.retryAfterMs === undefined ? {} : { retryAfterMs: findings.retryAfterMs }),
  };
}

function examine(thrown: unknown): Findings {
  const chain = causes(thrown);
  const page = chain.find((error) => error instanceof UnexpectedReply);
  if (page) return { fault: "malformed", detail: `${page.contentType} where JSON was expected` };
  const status = chain.map((error) => field(error, "status", "number")).find(Boolean);
  const text = chain
    .map((error) => `${field(error, "code", "string")} ${field(error, "type", "string")} ${error.message}`)
    .join(" ");
  const detail =
    chain[0]?.message
      .replace(/^\d{3} /, "")
      .replace(/\s*Troubleshooting URL:.*$/s, "")
      .trim() ?? "";
  if (status !== undefined) return ofStatus(status, text, detail, chain);
  if (quota.test(text)) return { fault: "quota" };
  const codes = chain.map((error) => field(error, "code", "string") ?? "");
  if (codes.some((code) => unreachable.test(code)))
    return { fault: "unavailable", detail: codes.find((code) => unreachable.test(code)) ?? "" };
  if (codes.some((code) => broken.test(code)) || /terminated|other side closed|socket hang up/.test(text))
    return { fault: "cut" };
  if (chain.some((error) => /Timeout/.test(error.name) || /timed out/i.test(error.message)))
    return { fault: "timeout" };
  if (chain.some((error) => error.name === "ContextOverflowError")) return { fault: "refused", detail };
  // An error event inside a stream has OpenAI's error body but no status.
  if (chain.some((error) => "error" in error || /Connection error/.test(error.message)))
    return { fault: "unavailable", detail: chain.at(-1)?.message ?? detail };
  if (chain.some((error) => error instanceof SyntaxError && /end of JSON|Unterminated/.test(error.message)))
    return { fault: "cut" };
  return { fault: "malformed" };
}

function ofStatus(status: number, text: string, detail: string, chain: readonly Error[]): Findings {
  if (status === 402 || (status === 429 && quota.test(text))) return { fault: "quota", status };
  if (status === 429) {
    const retryAfterMs = chain.map(retryAfter).find((wait) => wait !== undefined);
    return { fault: "rate_limited", status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  // What a server says about a key may repeat the key: its words are left out.
  if (status === 401) return { fault: "unauthorized", status };
  if (status === 403) return { fault: "unauthorized", status, detail };
  if (status === 404) return { fault: "unknown_model", status };
  if (status === 408 || status === 409 || status >= 500) {
    const retryAfterMs = chain.map(retryAfter).find((wait) => wait !== undefined);
    return { fault: "unavailable", status, detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  return { fault: "refused", status, detail };
}

/** The wait in `retry-after-ms`, or in `retry-after` as seconds or a date; in milliseconds. */
function retryAfter(error: Error): number | undefined {
  const headers = "headers" in error ? error.headers : undefined;
  if (!(headers instanceof Headers)) return undefined;
  const exact = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const text = headers.get("retry-after") ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number.parseFloat(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function causes(thrown: unknown): Error[] {
  const chain: Error[] = [];
  for (let error = thrown; error instanceof Error && chain.length < 6; error = error.cause) chain.push(error);
  return chain.length > 0 ? chain : [new Error(String(thrown))];
}

function field<T extends "string" | "number">(
  error: Error,
  name: string,
  type: T,
): (T extends "string" ? string : number) | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === type ? (value as T extends "string" ? string : number) : undefined;
}
