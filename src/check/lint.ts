import { Writable } from "node:stream";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkNoDuplicateHeadings from "remark-lint-no-duplicate-headings";
import remarkParse from "remark-parse";
import remarkPresetLintRecommended from "remark-preset-lint-recommended";
import remarkRetext from "remark-retext";
import remarkValidateLinks from "remark-validate-links";
import retextEnglish from "retext-english";
import retextRepeatedWords from "retext-repeated-words";
import { unified } from "unified";
import { type Context, engine, type Options } from "unified-engine";
import type { Finding } from "./types.ts";

/**
 * Lints Markdown with remark and retext: form, links inside the corpus, headings and words that repeat.
 * `files` are paths below `folder`. Throws what the engine throws.
 */
export async function lint(folder: string, files: readonly string[]): Promise<Finding[]> {
  if (files.length === 0) return [];
  const context = await run(folder, files);
  return context.files.flatMap((file) =>
    file.messages
      .filter(({ reason }) => !isFootnote(reason))
      .map(
        (message): Finding => ({
          file: file.path.replaceAll("\\", "/").replace(/^\.\//, ""),
          line: message.line ?? 1,
          rule: ruleOf(message),
          severity: "error",
          message: message.reason.replaceAll("`", '"'),
        }),
      ),
  );
}

/** remark names the rule; retext names the word that it found, and the rule as the source. */
function ruleOf({ ruleId, source }: { ruleId?: string | undefined; source?: string | undefined }): string {
  return (source?.startsWith("retext-") ? source : ruleId) ?? source ?? "markdown";
}

/** The engine takes no processor as an option. */
function prose() {
  const english = unified().use(retextEnglish);
  english.use(retextRepeatedWords);
  return remarkRetext(english);
}

function run(folder: string, files: readonly string[]): Promise<Context> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  return new Promise((resolve, reject) => {
    engine(
      {
        processor: unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ["yaml"]),
        // Typed for plugins of any tree, while each of these is one of Markdown's.
        plugins: [
          remarkPresetLintRecommended,
          remarkNoDuplicateHeadings,
          [remarkValidateLinks, { repository: false, root: folder }],
          prose,
        ] as Options["plugins"],
        cwd: folder,
        files: [...files],
        streamOut: silent,
        streamError: silent,
        out: false,
        // The findings are read from the files: nothing is laid out for a terminal.
        reporter: () => "",
      },
      (error, _code, context) => (context && !error ? resolve(context) : reject(error)),
    );
  });
}

/** Our footnotes are defined in the front matter, where remark does not look; a rule of ours does. */
function isFootnote(reason: string): boolean {
  return /^Unexpected reference to undefined definition.* for a footnote /.test(reason);
}
