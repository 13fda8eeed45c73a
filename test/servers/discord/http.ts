import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, invalidJson, notFound, unauthorized } from "./errors.ts";
import type { Fault, Faults } from "./faults.ts";
import type { UploadedFile } from "./multipart.ts";
import { parseMultipart } from "./multipart.ts";
import type { RateLimits } from "./ratelimits.ts";
import type { Description } from "./validation.ts";

const INVALID_FORM_BODY = 50035;

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed and, where there is a description, valid. */
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

export type Handler = (call: Call) => Reply;

export interface Route {
  readonly method: string;
  /** As in the official description: `/channels/{channel_id}/messages`. */
  readonly route: string;
  /** False where the address carries its own token. */
  readonly authorized: boolean;
  /** Discord's own limits on the body; throws before anything is done. */
  readonly check?: (call: Call) => void;
  readonly handler: Handler;
}

export interface LoggedRequest {
  readonly at: number;
  readonly method: string;
  /** Decoded, without `/api/v10` and the query. */
  readonly path: string;
  readonly route: string | null;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly UploadedFile[];
  readonly authorization: string | undefined;
  /** Null until answered, and for ever when the connection was cut. */
  status: number | null;
  response: unknown;
}

export interface Violation {
  readonly kind: "request" | "reply" | "limit" | "route" | "server";
  readonly request: string;
  readonly detail: string;
}

export interface HttpOptions {
  readonly token: string;
  readonly routes: readonly Route[];
  readonly faults: Faults;
  readonly limits: RateLimits;
  readonly description: Description | null;
  readonly requests: LoggedRequest[];
  readonly violations: Violation[];
  /** Files that were uploaded, by the path under which they are served. */
  readonly attachments: ReadonlyMap<string, { readonly data: Buffer; readonly type: string }>;
  readonly changed: () => void;
}

/** The REST side: authorization, faults, rate limits, validation, then the route's handler. */
export function createRestServer(options: HttpOptions): Server {
  const table = options.routes.map((route) => ({
    ...route,
    pattern: new RegExp(`^${route.route.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
  }));

  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  return server;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://local");
    const path = url.pathname
      .replace(/^\/api/, "")
      .replace(/^\/v\d+/, "")
      .split("/")
      .map(decodeURIComponent)
      .join("/");
    const method = request.method ?? "GET";
    const attachment = options.attachments.get(url.pathname);
    if (attachment !== undefined) {
      response.writeHead(200, { "Content-Type": attachment.type }).end(attachment.data);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    // The literal `@me` and `@original` win over a parameter.
    const matches = table.filter((route) => route.method === method && route.pattern.test(path));
    const route = matches.sort((a, b) => a.route.split("{").length - b.route.split("{").length)[0] ?? null;
    const parsed = parseBody(raw, request.headers["content-type"] ?? "");
    const logged: LoggedRequest = {
      at: Date.now(),
      method,
      path,
      route: route?.route ?? null,
      query: url.searchParams,
      body: parsed?.body,
      files: parsed?.files ?? [],
      authorization: request.headers.authorization,
      status: null,
      response: undefined,
    };
    options.requests.push(logged);

    const fault = options.faults.take(method, path);
    const early = await before(fault, response);
    if (early === "done") return;
    const { reply, headers } = early ?? answer(route, logged, parsed !== null);
    await spoil(fault, logged, reply, headers, response);
    options.changed();
  }

  function answer(
    route: (typeof table)[number] | null,
    logged: LoggedRequest,
    readable: boolean,
  ): { reply: Reply; headers: Record<string, string> } {
    if (route === null) {
      violation("route", logged, "this server has no such route");
      return { reply: { status: 404, body: notFound().body }, headers: {} };
    }
    const limited = options.limits.count(logged.method, logged.path, route.route);
    const { headers } = limited;
    if (limited.retryAfterMs !== null) return tooMany(limited.retryAfterMs, limited.global, headers);
    let reply: Reply;
    try {
      if (route.authorized && logged.authorization !== `Bot ${options.token}`) throw unauthorized();
      if (!readable) throw invalidJson();
      const params = { ...(route.pattern.exec(logged.path)?.groups ?? {}) };
      const call = { params, query: logged.query, body: logged.body, files: logged.files };
      const unreadable = checkLimits(route, call);
      const wrong = options.description?.request(logged.method, route.route, logged.body) ?? null;
      if (wrong !== null) {
        violation("request", logged, wrong);
        throw new ApiError(400, INVALID_FORM_BODY, "Invalid Form Body", {
          _errors: [{ code: "DESCRIPTION_MISMATCH", message: wrong }],
        });
      }
      if (unreadable !== null) throw unreadable;
      reply = route.handler(call);
    } catch (error) {
      if (error instanceof ApiError) {
        const told = error.errors?._errors;
        const byDescription = Array.isArray(told) && told[0]?.code === "DESCRIPTION_MISMATCH";
        if (error.code === INVALID_FORM_BODY && !byDescription)
          violation("limit", logged, JSON.stringify(error.errors));
        reply = { status: error.status, body: error.body };
      } else {
        violation("server", logged, error instanceof Error ? (error.stack ?? error.message) : String(error));
        reply = { status: 500, body: { message: "500: Internal Server Error", code: 0 } };
      }
    }
    // The reply as the client will read it: without undefined fields.
    const body = reply.body === undefined ? undefined : JSON.parse(JSON.stringify(reply.body));
    const wrong = options.description?.reply(logged.method, route.route, reply.status, body) ?? null;
    if (wrong !== null) violation("reply", logged, wrong);
    return { reply: { status: reply.status, body }, headers };
  }

  function violation(kind: Violation["kind"], logged: LoggedRequest, detail: string): void {
    options.violations.push({ kind, request: `${logged.method} ${logged.path}`, detail });
  }

  async function before(
    fault: Fault | null,
    response: ServerResponse,
  ): Promise<{ reply: Reply; headers: Record<string, string> } | "done" | null> {
    if (fault === null) return null;
    if (fault.kind === "slow") {
      await sleep(fault.ms);
      return null;
    }
    if (fault.kind === "rate-limit") {
      if (fault.global === true) options.limits.blockGlobally(fault.retryAfterMs);
      return tooMany(fault.retryAfterMs, fault.global === true, {});
    }
    if (fault.carriedOut === true) return null;
    if (fault.kind === "cut") {
      cut(response, fault.reset === true);
      options.changed();
      return "done";
    }
    if (fault.kind === "stall") {
      options.changed();
      if (fault.ms === undefined) return "done";
      await sleep(fault.ms);
      return null;
    }
    return { reply: { status: 200, body: {} }, headers: {} };
  }

  async function spoil(
    fault: Fault | null,
    logged: LoggedRequest,
    reply: Reply,
    headers: Record<string, string>,
    response: ServerResponse,
  ): Promise<void> {
    if (fault?.kind === "stall" && fault.carriedOut === true) {
      options.changed();
      if (fault.ms === undefined) return;
      await sleep(fault.ms);
    }
    if (fault?.kind === "cut") {
      cut(response, fault.reset === true);
      return;
    }
    const status = fault?.kind === "status" ? fault.status : reply.status;
    const told =
      fault?.kind === "status" ? (fault.body ?? { message: `${status}: Local fault`, code: 0 }) : reply.body;
    logged.status = status;
    logged.response = told;
    if (fault?.kind === "malformed") {
      response.writeHead(200, { "Content-Type": "application/json", ...headers }).end('{"id": "12');
      return;
    }
    if (told === undefined) response.writeHead(status, headers).end();
    else
      response
        .writeHead(status, { "Content-Type": "application/json", ...headers })
        .end(JSON.stringify(told));
  }
}

/** A body so odd that the limits cannot be read is left to the description, which can say what is odd. */
function checkLimits(route: Route, call: Call): unknown {
  try {
    route.check?.(call);
    return null;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    return error;
  }
}

/** Ends the connection without a reply: in order, or with a reset. */
function cut(response: ServerResponse, reset: boolean): void {
  if (reset) response.socket?.resetAndDestroy();
  else response.destroy();
}

function tooMany(
  retryAfterMs: number,
  global: boolean,
  headers: Record<string, string>,
): { reply: Reply; headers: Record<string, string> } {
  const seconds = retryAfterMs / 1000;
  return {
    reply: {
      status: 429,
      body: { message: "You are being rate limited.", retry_after: seconds, global, code: 0 },
    },
    headers: {
      ...headers,
      "Retry-After": seconds.toFixed(3),
      "X-RateLimit-Scope": global ? "global" : "user",
      ...(global ? { "X-RateLimit-Global": "true" } : {}),
    },
  };
}

function parseBody(raw: Buffer, contentType: string): { body: unknown; files: UploadedFile[] } | null {
  try {
    if (contentType.startsWith("multipart/form-data")) {
      const { fields, files } = parseMultipart(raw, contentType);
      return { body: JSON.parse(fields.get("payload_json") ?? "{}"), files };
    }
    return { body: raw.length === 0 ? undefined : JSON.parse(raw.toString("utf8")), files: [] };
  } catch {
    return null;
  }
}
