import type { Fault, Route } from "./faults.ts";
import { type ApiError, invalid } from "./http.ts";

/** The refusals before anything is read of the request: a programmed one, or the wrong key. */
export function entrance(
  given: string | undefined,
  key: string | null,
  fault: Fault | undefined,
): ApiError | undefined {
  if (key !== null && given !== `Bearer ${key}`) {
    // The real service echoes the key with its middle starred.
    const shown = given?.replace(/^Bearer /, "").replace(/^(.{6}).*(.{4})$/, "$1****$2") ?? "";
    const message = `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com.`;
    return { status: 401, message, type: "invalid_request_error", code: "invalid_api_key" };
  }
  if (fault?.kind === "status") {
    const { status, message = "The server had an error while processing your request.", code } = fault;
    return {
      status,
      message,
      type: status < 500 ? "invalid_request_error" : "server_error",
      code: code ?? null,
    };
  }
  if (fault?.kind === "quota") {
    const message = "You exceeded your current quota, please check your plan and billing details.";
    return { status: 429, message, type: "insufficient_quota", code: "insufficient_quota" };
  }
  if (fault?.kind !== "rate_limit") return undefined;
  const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) };
  const message = "Rate limit reached for requests.";
  return { status: 429, message, type: "requests", code: "rate_limit_exceeded", headers };
}

export function modelRefusal(route: Route, body: unknown, models: readonly string[]): ApiError | undefined {
  if (route === "models") return undefined;
  if (typeof body !== "object" || body === null)
    return invalid("We could not parse the JSON body of your request.");
  const { model } = body as { model?: string };
  if (model && models.includes(model)) return undefined;
  return {
    ...notFound(`The model \`${model}\` does not exist or you do not have access to it.`),
    code: "model_not_found",
  };
}

export function notFound(message: string): ApiError {
  return { status: 404, message, type: "invalid_request_error" };
}
