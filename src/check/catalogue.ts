import type { Page } from "./types.ts";

/** Name of the index for people in the corpus folder. */
export const catalogueFile = "README.md";

/** In the order in which a newcomer reads them; an area that is not listed comes after these, by name. */
const areas: Readonly<Record<string, string>> = {
  foundations: "Foundations",
  accelerators: "Accelerators",
  networking: "Networking",
  storage: "Storage",
  systems: "Systems",
  training: "Training",
  inference: "Inference",
  orchestration: "Orchestration",
  mlops: "MLOps",
  operations: "Operations",
  industry: "Industry",
};

/** The index for people: areas, documents with their summaries, how to add one, the licence of the text. */
export function renderCatalogue(pages: readonly Page[]): string {
  const order = Object.keys(areas);
  const rank = (area: string) => (order.includes(area) ? order.indexOf(area) : order.length);
  const found = [...new Set(pages.map(({ file }) => areaOf(file)))].sort(
    (a, b) => rank(a) - rank(b) || a.localeCompare(b),
  );
  const parts = found.map((area) => {
    const own = pages.filter(({ file }) => areaOf(file) === area);
    const rows = own
      .map(({ file, document }) => `- [${document.title}](${file}): ${document.summary.trim()}`)
      .sort((a, b) => a.localeCompare(b, "en"));
    return `## ${areas[area] ?? area}\n\n${rows.join("\n")}\n`;
  });
  return `${opening(pages.length, found.length)}\n${parts.join("\n")}\n${closing}`;
}

const areaOf = (file: string) => file.split("/")[0] ?? "";

const opening = (documents: number, count: number) => `# A handbook of AI infrastructure

${documents} documents in ${count} areas, each with its sources; what Rackmate answers from. This page is generated: \`npm run corpus:check -- --write-index\` renews it, and the check fails when it is not current.
`;

const closing = `## Add or correct a document

1. Copy the front matter in [CONTRIBUTING.md](../CONTRIBUTING.md) into \`corpus/<area>/<name>.md\`, or open the document that is wrong.
2. Write in your own words, definition first. Name the subject in every section, since members are shown one passage and not the page. A section has 25 to 350 words.
3. End every sentence with a figure, a date, a name or a claim about a product with a footnote such as \`[^nvidia-h100]\`, which names an entry of \`sources\`. Cite only what you read. What is your inference begins with "Commentary:".
4. Set \`reviewed\` to today, and add the figures that you checked to [REVIEW.md](REVIEW.md): figure, source, place in the source, outcome.
5. \`npm run corpus:check -- --write-index\` names what is missing, with file and line.
6. \`npm run ingest && npm run ask -- "the question that you wrote it for"\` shows what a member will get.

## Licence

The text of these documents is licensed under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Figures and facts are the sources', which each document lists.
`;
