import { execFileSync } from "node:child_process";
import { appendFile, readFile } from "node:fs/promises";
import type { Evaluation } from "./evaluate.ts";
import type { Estimate } from "./intervals.ts";

const head = `# Looks at the locked halves

\`npm run eval -- --locked\` appends a line each time, so that everybody can count how often they were looked at.

| date | commit | questions | all but lay: cited | key | false refusals | lay: cited | key | unanswerable refused | unsupported |
|---|---|---|---|---|---|---|---|---|---|
`;

/** Appends one look at a locked half to the log. */
export async function logLook(path: string, questions: string, evaluation: Evaluation): Promise<void> {
  const known = await readFile(path, "utf8").catch(() => "");
  const { answerable, unanswerable, unsupported } = evaluation;
  const share = (estimate: Estimate | undefined) =>
    estimate && estimate.n > 0 ? `${(100 * estimate.value).toFixed(1)} % of ${estimate.n}` : "–";
  const cells = [
    new Date().toISOString().slice(0, 16).replace("T", " "),
    commit(),
    questions,
    share(answerable.words?.cited),
    share(answerable.words?.key),
    share(answerable.words?.falseRefusals),
    share(answerable.lay?.cited),
    share(answerable.lay?.key),
    share(unanswerable.all),
    String(unsupported),
  ];
  await appendFile(path, `${known === "" ? head : ""}| ${cells.join(" | ")} |\n`);
}

/** The commit that was measured; a tree with changes of its own is marked. */
function commit(): string {
  try {
    const git = (...words: string[]) =>
      execFileSync("git", words, { encoding: "utf8", stdio: "pipe" }).trim();
    return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "--untracked-files=no") ? " with changes" : ""}`;
  } catch {
    return "unknown";
  }
}
