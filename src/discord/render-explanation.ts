import Table from "cli-table3";
import { countVerdicts, type ExplainTable, explain } from "../answer/explain.ts";
import type { Trace } from "../answer/trace.ts";
import type { Answer } from "../knowledge/types.ts";
import { labelText } from "./inline.ts";
import { type Payload, payload } from "./render.ts";
import { split } from "./split.ts";

/** Characters of a question, section or list of words in the summary. */
const longestLabel = 150;
/** Messages of a summary; three questions at most make fewer. */
const mostMessages = 3;
/** Characters of the file, a tenth of what Discord takes from anybody; some hundred blocks and candidates fit. */
const longestFile = 1_000_000;

/** Columns parted by spaces: a phone shows a file of text without room for frames. */
const chars = Object.fromEntries(
  "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid"
    .split(" ")
    .map((place) => [place, ""]),
);

/** What a maintainer sees of how an answer came about: a summary, and every table as text for one file. */
export function renderExplanation(
  question: string,
  traces: readonly Trace[],
  answer: Answer,
): { readonly payloads: readonly Payload[]; readonly file?: string } {
  const lines = [
    `> ${labelText(question, longestLabel)}`,
    outcomeLine(answer),
    ...traces.flatMap(questionLines),
    ...(answer.verdicts?.length ? [`- Blocks that the model wrote: ${countVerdicts(answer)}`] : []),
  ];
  const file = fileOf(traces, answer);
  if (file === "") lines.push("-# Nothing was searched for, so there is nothing to explain.");
  const payloads = split(lines.join("\n")).slice(0, mostMessages).map(payload);
  return file === "" ? { payloads } : { payloads, file };
}

function outcomeLine(answer: Answer): string {
  const { status, mode, citations, claims, latencyMs, generation } = answer;
  const reason = status === "declined" ? ` (${answer.reason})` : "";
  return labelText(
    `${status}${reason}, ${mode}: ${claims.length} claims, ${citations.length} sources, ${latencyMs} ms, index ${generation}`,
    longestLabel,
  );
}

function questionLines({ asked, terms, unknownNames, candidates, evidence, ...gate }: Trace): string[] {
  const corrected = terms.flatMap(({ term, typed }) => (typed ? [`${typed} → ${term}`] : []));
  const { coverage, strength, similarity } = evidence;
  const [first] = candidates;
  const parts: (readonly [name: string, text: string])[] = [
    ["Searched for", asked],
    ["Corrected", corrected.join(", ")],
    ["Names that no document writes", unknownNames.join(", ")],
    [
      "Gate",
      `${gate.band} at log-odds ${gate.confidence.toFixed(2)} (coverage ${coverage.toFixed(2)}, strength ${strength.toFixed(2)}, similarity ${similarity?.toFixed(3) ?? "none"})${gate.holdsWhatIsAsked === false ? ", but what is asked for is not in the passages" : ""}`,
    ],
    [
      "First candidate",
      first
        ? `${[first.document, ...first.heading].join(" › ")} (fused ${first.fused.toFixed(3)}: words ${first.lexical.toFixed(2)}, meaning ${first.vector.toFixed(3)}; relevance ${first.relevance.toFixed(3)})`
        : "none",
    ],
  ];
  return parts
    .filter(([, text]) => text !== "")
    .map(([name, text]) => `- ${name}: ${labelText(text, longestLabel)}`);
}

function fileOf(traces: readonly Trace[], answer: Answer): string {
  const text = explain(traces, answer, drawn);
  return text.length <= longestFile ? text : text.slice(0, text.lastIndexOf("\n", longestFile));
}

function drawn({ head, rows, widths = [] }: ExplainTable): string {
  const table = new Table({
    head: [...head],
    colWidths: [...widths],
    wordWrap: true,
    chars: { ...chars, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return `\n${table.toString().replace(/ +$/gm, "")}\n`;
}
