import type { Block } from "../knowledge/types.ts";
import type { Page, Report } from "./types.ts";

/** Words. A shorter section is no passage that answers anything; a longer one is cut where nobody chose to. */
const fewest = 25;
const most = 350;

/** Sections are retrieved one at a time, and so have the size of an answer. Code does not count as words. */
export function checkSections(page: Page, report: Report): void {
  let heading: Block | undefined;
  let words = 0;
  const close = (next: Block | undefined) => {
    if (!heading) return;
    const holdsOthers = (next?.depth ?? 0) > (heading.depth ?? 0) && words === 0 && heading.depth !== 1;
    if (words < fewest && !holdsOthers) {
      report(heading.lines[0], "section", `"${heading.text}" has ${words} words; at least ${fewest}`);
    }
    if (words > most) {
      report(heading.lines[0], "section", `"${heading.text}" has ${words} words; at most ${most}`);
    }
  };
  for (const block of page.document.blocks) {
    if (block.kind === "heading") {
      close(block);
      heading = block;
      words = 0;
    } else if (block.kind !== "code") {
      words += (block.text.match(/[\p{L}\p{N}][^\s|]*/gu) ?? []).length;
    }
  }
  close(undefined);
}
