import colors from "picocolors";
import type { Check } from "../check/check.ts";

/** What the corpus check found, one line a finding, in the form `file:line` that editors open, and a count. */
export function renderFindings({ documents, findings }: Check, folder: string): string {
  const lines = findings.map(({ file, line, rule, severity, message }) => {
    const mark = severity === "error" ? colors.red("error") : colors.yellow("warning");
    return `${folder}/${file}:${line}: ${mark} ${message} ${colors.dim(`(${rule})`)}`;
  });
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return [
    ...lines,
    `${count(documents, "document")}: ${count(errors, "error")}, ${count(warnings, "warning")}.\n`,
  ].join("\n");
}
