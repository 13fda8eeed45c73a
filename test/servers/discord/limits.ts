import type { FormErrors } from "./errors.ts";

// The figures of https://discord.com/developers/docs/resources/message#embed-object-embed-limits and
// https://discord.com/developers/docs/components/reference; lengths are code points.
export const LIMITS = {
  content: 2000,
  embeds: 10,
  embedsTotal: 6000,
  embedTitle: 256,
  embedDescription: 4096,
  embedFields: 25,
  embedFieldName: 256,
  embedFieldValue: 1024,
  embedFooter: 2048,
  embedAuthor: 256,
  embedUrl: 2048,
  rows: 5,
  rowButtons: 5,
  buttonLabel: 80,
  buttonUrl: 512,
  customId: 100,
  selectOptions: 25,
  optionText: 100,
  placeholder: 150,
  v2Components: 40,
  v2Text: 4000,
  choices: 25,
  choiceText: 100,
  attachments: 10,
  allowedMentions: 100,
  nonce: 25,
} as const;

export type Path = (string | number)[];

export const codePoints = (text: string): number => [...text].length;

export function tooLong(errors: FormErrors, path: Path, value: unknown, maximum: number): void {
  if (typeof value === "string" && codePoints(value) > maximum)
    errors.add(path, "BASE_TYPE_MAX_LENGTH", `Must be ${maximum} or fewer in length.`);
}

export function required(errors: FormErrors, path: Path, value: unknown): void {
  if (value === undefined || value === null || value === "")
    errors.add(path, "BASE_TYPE_REQUIRED", "This field is required");
}

export function badLength(errors: FormErrors, path: Path, value: unknown, from: number, to: number): void {
  const size = Array.isArray(value) ? value.length : typeof value === "string" ? codePoints(value) : from;
  if (size < from || size > to)
    errors.add(path, "BASE_TYPE_BAD_LENGTH", `Must be between ${from} and ${to} in length.`);
}

export function checkUrl(
  errors: FormErrors,
  path: Path,
  url: string | undefined,
  maximum: number,
  schemes: string[],
): void {
  if (url === undefined || url === null) return;
  tooLong(errors, path, url, maximum);
  const scheme = /^[a-z]+:(?=\/\/)/i.exec(url)?.[0]?.toLowerCase();
  if (scheme === undefined || !schemes.includes(scheme))
    errors.add(
      path,
      "URL_TYPE_INVALID_SCHEME",
      `Scheme "${scheme ?? ""}" is not supported. Scheme must be one of (${schemes.map((one) => `'${one.slice(0, -1)}'`).join(", ")}).`,
    );
  else if (!URL.canParse(url)) errors.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
}
