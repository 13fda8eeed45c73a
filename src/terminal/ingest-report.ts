import type { IngestReport } from "../ingest/ingest.ts";

/** The outcome of an ingestion in words for the maintainer; rejected documents with file, line and reason first. */
export function describeReport(report: IngestReport, dryRun: boolean): string {
  const lines: string[] = [];
  const { documents, passages, added, changed, removed, reused, embedded, seconds } = report;
  const size = `${documents} documents, ${passages} passages`;
  const work = added + changed + removed + embedded;
  if (dryRun) {
    lines.push(
      `${size}: ${added} documents added, ${changed} changed, ${removed} removed; ` +
        `${reused} passages reused, ${embedded} texts to embed (about ${report.tokens} tokens). Nothing was written.`,
    );
  } else if (work === 0) {
    lines.push(
      `${size}: nothing changed, nothing embedded (${seconds} s). Generation ${report.generation} stays.`,
    );
  } else {
    lines.push(
      `${size}: ${added} documents added, ${changed} changed, ${removed} removed; ` +
        `${embedded} texts embedded, ${reused} passages reused (${seconds} s). Generation ${report.generation} is current.`,
    );
  }
  return `${describeRejected(report)}${lines.join("\n")}\n`;
}

/** Each document that could not be ingested, with file, line and reason; empty when all could. */
export function describeRejected({ rejected }: IngestReport): string {
  return rejected.map(({ file, line, reason }) => `not ingested: ${file}:${line}: ${reason}\n`).join("");
}
