import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { catalogueFile } from "../src/check/catalogue.ts";
import { checkCorpus } from "../src/check/check.ts";
import { readConfig } from "../src/config.ts";
import { readArguments } from "../src/terminal/arguments.ts";
import { runMain } from "../src/terminal/exit.ts";
import { renderFindings } from "../src/terminal/findings.ts";

const usage = "npm run corpus:check -- [--corpus DIR] [--write-index] [--json]";

await runMain(async () => {
  const { values } = readArguments(
    { corpus: { type: "string" }, "write-index": { type: "boolean" }, json: { type: "boolean" } },
    usage,
  );
  const { CORPUS_DIR: folder } = readConfig({ CORPUS_DIR: values.corpus });
  const now = new Date();
  let check = await checkCorpus(folder, now);
  if (values["write-index"]) {
    await writeFile(join(folder, catalogueFile), check.catalogue);
    check = { ...check, findings: check.findings.filter(({ rule }) => rule !== "index") };
  }
  const { documents, findings } = check;
  process.stdout.write(
    values.json ? `${JSON.stringify({ documents, findings })}\n` : renderFindings(check, folder),
  );
  return findings.some(({ severity }) => severity === "error") ? 1 : 0;
});
