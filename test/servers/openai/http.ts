import type { IncomingMessage, ServerResponse } from "node:http";

/** An error in OpenAI's shape. */
export interface ApiError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly code?: string | null;
  readonly param?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export const invalid = (message: string, param: string | null = null): ApiError => ({
  status: 400,
  message,
  type: "invalid_request_error",
  param,
});

export async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}

export function errorBody({ message, type, code = null, param = null }: ApiError): object {
  return { error: { message, type, param, code } };
}

export function sendHtml(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end("<!doctype html><title>Sign in</title><h1>Please sign in to this network</h1>");
}

/** Sends the head and the first half of a body, then destroys the socket. */
export function cutBody(response: ServerResponse, body: string): void {
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
  });
  const half = Buffer.from(body).subarray(0, Math.floor(Buffer.byteLength(body) / 2));
  response.write(half, () => response.destroy());
}

/** Waits, or less when the peer goes away; tells whether the peer is still there. */
export function pause(response: ServerResponse, milliseconds: number): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off("close", done);
      resolve(!response.destroyed);
    };
    const timer = setTimeout(done, milliseconds);
    response.once("close", done);
  });
}
