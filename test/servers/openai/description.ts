import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorObject, Ajv2020 as Validator } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const root = "openai";
let validator: Validator | null | undefined;

/**
 * Checks a value against a schema of OpenAI's official description; returns what is wrong in words, or undefined.
 * Schemas are compiled when first needed. Without the description nothing is checked, which is said once.
 */
export function violation(schema: string, value: unknown): string | undefined {
  if (validator === undefined) validator = load();
  if (!validator) return undefined;
  const check = validator.getSchema(`${root}#/components/schemas/${schema}`);
  if (!check) return `The description has no schema ${schema}.`;
  return check(value) ? undefined : (check.errors ?? []).map((error) => wording(schema, error)).join("; ");
}

/** Whether the official description was found. */
export function described(): boolean {
  return existsSync(file());
}

function file(): string {
  return join(process.env.API_DESCRIPTIONS ?? "../shared", "openai-openapi.json");
}

function load(): Validator | null {
  if (!described()) {
    console.warn(`OpenAI's description is not at ${file()}: requests and replies go unchecked.`);
    return null;
  }
  const ajv = new Validator({ strict: false, allErrors: false, validateSchema: false, logger: false });
  addFormats.default(ajv);
  ajv.addFormat("unixtime", { type: "number", validate: (seconds: number) => Number.isInteger(seconds) });
  ajv.addSchema(modernise(JSON.parse(readFileSync(file(), "utf8"))) as object, root);
  return ajv;
}

/**
 * Turns what OpenAPI 3.0 said its own way into JSON Schema 2020: `nullable` becomes a null type, and
 * `discriminator` goes, since `oneOf` decides by the constants of its branches.
 */
function modernise(node: Json): Json {
  if (Array.isArray(node)) return node.map(modernise);
  if (node === null || typeof node !== "object") return node;
  const { nullable, discriminator, ...rest } = node;
  const mapped = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, modernise(value)]));
  // A property may be called "discriminator" or "nullable"; only the keywords have these shapes.
  if (discriminator !== undefined && !isKeyword(discriminator))
    mapped.discriminator = modernise(discriminator);
  if (nullable !== undefined && typeof nullable !== "boolean") mapped.nullable = modernise(nullable);
  return nullable === true ? { anyOf: [mapped, { type: "null" }] } : mapped;
}

function isKeyword(discriminator: Json): boolean {
  return typeof discriminator === "object" && discriminator !== null && "propertyName" in discriminator;
}

function wording(schema: string, error: ErrorObject): string {
  const detail = "additionalProperty" in error.params ? ` (${error.params.additionalProperty})` : "";
  return `${schema}${error.instancePath} ${error.message ?? error.keyword}${detail}`;
}
