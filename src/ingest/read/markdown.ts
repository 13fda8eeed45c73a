import type { Root, Yaml } from "mdast";
import remarkFrontmatter from "remark-frontmatter";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import type { Document } from "../../knowledge/types.ts";
import { toBlocks } from "./blocks.ts";
import { type FrontMatter, parseFrontMatter } from "./front-matter.ts";

const plain = unified().use(remarkParse).use(remarkGfm);
const withFrontMatter = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ["yaml", "toml"]);

/**
 * Reads one Markdown document (GFM tables, footnotes, code), with or without our front matter.
 * Without a title there, the first heading is the title, then the file name.
 * Throws Problem when the front matter cannot be used.
 */
export function readMarkdown(id: string, text: string, hash: string): Document {
  const read = withFrontMatter.parse(text) as Root;
  const found = frontMatterOf(read);
  const matter = found ?? {};
  const blocks = toBlocks(found ? read : (plain.parse(text) as Root));
  const firstHeading = blocks.find(({ kind }) => kind === "heading");
  return {
    id,
    title: matter.title?.trim() || firstHeading?.text || nameOf(id),
    summary: matter.summary ?? "",
    aliases: matter.aliases ?? [],
    questions: matter.questions ?? [],
    tags: matter.tags ?? [],
    sources: matter.sources ?? [],
    ...(matter.reviewed ? { reviewed: matter.reviewed } : {}),
    hash,
    blocks,
  };
}

/** Undefined when what looks like front matter is none. */
function frontMatterOf(root: Root): FrontMatter | undefined {
  const yaml = root.children.find((node): node is Yaml => node.type === "yaml");
  return yaml ? parseFrontMatter(yaml.value, (yaml.position?.start.line ?? 1) + 1) : {};
}

function nameOf(id: string): string {
  const file = id.split("/").at(-1) ?? id;
  return file.replace(/\.(md|mdx|markdown)$/i, "").replace(/[-_]+/g, " ");
}
