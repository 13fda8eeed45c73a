import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

type Json = Record<string, unknown>;

interface Operation {
  readonly requestBody?: { readonly content: Record<string, unknown> };
  readonly responses: Record<string, { readonly $ref?: string; readonly content?: Record<string, unknown> }>;
}

/** The official description of the REST interface; schemas are compiled when an operation is first seen. */
export interface Description {
  /** What is wrong with a request's body; null when nothing is, or the operation takes none. */
  request(method: string, route: string, body: unknown): string | null;
  reply(method: string, route: string, status: number, body: unknown): string | null;
}

const FILE = "discord-openapi.json";
let loaded: Description | null | undefined;

/** Loads the description once per process; null, with one line on standard error, where there is none. */
export function description(): Description | null {
  if (loaded !== undefined) return loaded;
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const folders = [process.env.API_DESCRIPTIONS, join(root, "..", "shared")];
  const file = folders
    .filter((folder): folder is string => folder !== undefined && folder !== "")
    .map((folder) => join(folder, FILE))
    .find((path) => existsSync(path));
  if (file === undefined) {
    console.warn(`Local Discord: no ${FILE} (API_DESCRIPTIONS is not set); bodies are not validated.`);
    loaded = null;
  } else loaded = compile(JSON.parse(readFileSync(file, "utf8")));
  return loaded;
}

function compile(document: Json): Description {
  const ajv = new Ajv2020({ strict: false, logger: false });
  addFormats.default(ajv);
  ajv.addFormat("snowflake", true);
  ajv.addFormat("nonce", true);
  acceptPermissionStrings(document);
  ajv.addSchema(document, "discord");
  const compiled = new Map<string, ValidateFunction>();
  const paths = document.paths as Record<string, Record<string, Operation>>;

  const check = (pointer: readonly string[], value: unknown): string | null => {
    const reference = `discord#/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
    let validate = compiled.get(reference);
    if (validate === undefined) {
      validate = ajv.compile({ $ref: reference });
      compiled.set(reference, validate);
    }
    return validate(value) ? null : explain(validate.errors ?? []);
  };

  return {
    request(method, route, body) {
      const operation = paths[route]?.[method.toLowerCase()];
      if (operation === undefined) return `the description has no ${method} ${route}`;
      if (operation.requestBody?.content["application/json"] === undefined)
        return body === undefined ? null : "the operation takes no body";
      const pointer = [
        "paths",
        route,
        method.toLowerCase(),
        "requestBody",
        "content",
        "application/json",
        "schema",
      ];
      return check(pointer, body);
    },
    reply(method, route, status, body) {
      const operation = paths[route]?.[method.toLowerCase()];
      if (operation === undefined) return `the description has no ${method} ${route}`;
      if (status === 429) return check(["components", "schemas", "RatelimitedResponse"], body);
      // The tree in `errors` is left out: the description wants numbers where Discord gives names of errors.
      if (status >= 400) return check(["components", "schemas", "Error"], withoutErrors(body));
      const response = operation.responses[String(status)];
      if (response === undefined) return `the operation does not answer ${status}`;
      if (response.content?.["application/json"] === undefined)
        return body === undefined ? null : `a reply of ${status} has no body`;
      const at = ["paths", route, method.toLowerCase(), "responses", String(status)];
      return check([...at, "content", "application/json", "schema"], body);
    },
  };
}

function withoutErrors(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  const { errors: _errors, ...rest } = body as Json;
  return rest;
}

/** Permission bit sets are sent as decimal strings (the reference says so), where the description says integer. */
function acceptPermissionStrings(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  for (const [key, value] of Object.entries(node as Json)) {
    if (/^(default_member_permissions|permissions|allow|deny)$/.test(key) && isInteger(value)) {
      const schema = value as Json;
      (node as Json)[key] = { anyOf: [{ ...schema }, { type: "string", pattern: "^[0-9]+$" }] };
    } else acceptPermissionStrings(value);
  }
}

function isInteger(value: unknown): boolean {
  const type = (value as { type?: unknown } | null)?.type;
  return type === "integer" || (Array.isArray(type) && type.includes("integer"));
}

/** The errors that lie deepest say the most where unions fail. */
function explain(errors: readonly ErrorObject[]): string {
  const depth = (error: ErrorObject): number => error.instancePath.split("/").length;
  const deepest = Math.max(...errors.map(depth));
  return errors
    .filter((error) => depth(error) === deepest)
    .slice(0, 4)
    .map((error) => `${error.instancePath || "/"} ${error.message ?? ""} ${JSON.stringify(error.params)}`)
    .join("; ");
}
