import { visit } from "unist-util-visit";
import type { Page, Report } from "./types.ts";

/** Characters that a reader of the source does not see: zero width, bidirectional controls, tags. */
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;
/** What only a machine is told; a handbook has no reason to say it to anybody. */
const orders =
  /\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|earlier|all)\b.{0,30}\b(?:instructions?|prompts?|rules)\b|\bsystem prompt\b.{0,40}\b(?:is|says|now)\b|\byou are now\b|\bas an? (?:ai|language model)\b/i;

/** Text that a reviewer of the rendered page would not see, and text that speaks to the bot. */
export function checkHidden(page: Page, report: Report): void {
  const rule = "hidden-text";
  visit(page.root, (node) => {
    const line = node.position?.start.line ?? 1;
    if (node.type === "html") {
      const comment = /^<!--/.test(node.value);
      report(
        line,
        comment ? rule : "html",
        comment
          ? "a comment is text that readers do not see; say it in the text or remove it"
          : `HTML (${node.value.slice(0, 30).split("\n")[0]}) is not used; write Markdown`,
      );
    } else if (node.type === "definition" && /^(?:#|<>|\/\/)?$/.test(node.url)) {
      report(line, rule, "a link definition that links to nothing is a hidden comment; remove it");
    }
  });
  page.text.split("\n").forEach((text, index) => {
    if (invisible.test(text))
      report(index + 1, rule, "an invisible character stands in this line; remove it");
    if (orders.test(text)) report(index + 1, rule, "this line speaks to a language model; remove it");
  });
}
