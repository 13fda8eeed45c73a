import { stems } from "../knowledge/analyze.ts";
import { itemText } from "../knowledge/sentence-text.ts";
import type { Block, Unit } from "../knowledge/types.ts";
import type { Hit } from "../retrieve/retrieve.ts";
import { withoutMarks } from "./blocks-marks.ts";
import { factsOf } from "./facts.ts";
import type { Figure } from "./facts-figures.ts";
import { foldLiteral, type Name, nameKey, nameKeys } from "./facts-names.ts";
import { unitInHeader } from "./facts-units.ts";

/** A passage as claims are verified against it; made once an answer. */
export interface Source {
  /** Number under which the model knows it. */
  readonly n: number;
  readonly hit: Hit;
  readonly units: readonly SourceUnit[];
  /** Title and heading path: they name what the passage is about, but hold no evidence for figures. */
  readonly context: Words;
  /** Keys of the words that the passage writes without a capital, and so are no names. */
  readonly common: ReadonlySet<string>;
}

/** What a text says, in the forms that are compared. */
export interface Words {
  readonly text: string;
  readonly stems: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
}

/** A sentence, list item, table row or code block of a passage. */
export interface SourceUnit extends Words {
  readonly source: number;
  readonly position: number;
  readonly block: Block;
  readonly unit: Unit;
  readonly figures: readonly Figure[];
  readonly names: readonly Name[];
  /** Lower case with white space folded, for code, flags and paths. */
  readonly folded: string;
  /** Rows with their headings, as a claim made of a row has them. */
  readonly labelled: string;
  /** Column headings of a row: they say what its cells are. */
  readonly header: Words | undefined;
  /** Figures in the headings of columns ("405 billion parameters"), each with those of its cell. */
  readonly columns: readonly { readonly heading: readonly Figure[]; readonly cell: readonly Figure[] }[];
  /** Opens with a pronoun, so that the unit before it says what it is about. */
  readonly leans: boolean;
}

/** A sentence that opens so is about what the one before it named. */
export const opensWithReference =
  /^[\s*_>]*(?:it|its|this|that|these|those|they|their|them|he|she|his|her|such|both|each|however|but|also|and|so|thus|therefore|hence|then|instead|for example|for instance|in contrast|by contrast|on the other hand|moreover|furthermore|otherwise|as a result|in addition|additionally|similarly|likewise|consequently|the (?:former|latter|same))\b/i;

/** Prepares the passages of one answer; `n` counts from 1 in the order of the prompt. */
export function prepareSources(hits: readonly Hit[]): Source[] {
  return hits.map((hit, index) => {
    const { passage } = hit;
    let position = 0;
    const common = new Set(
      (passage.text.match(/(?<![\p{L}\p{N}])\p{Ll}+(?![\p{L}\p{N}])/gu) ?? []).map(nameKey),
    );
    const units = passage.blocks.flatMap((block) => {
      const header = block.header ? wordsOf(block.header.join(" | ")) : undefined;
      return block.units.map((unit) => sourceUnit(index + 1, position++, block, unit, header));
    });
    return {
      n: index + 1,
      hit,
      units,
      context: wordsOf([passage.title, ...passage.heading].join(" . ")),
      common,
    };
  });
}

export function wordsOf(text: string): Words {
  return { text, stems: new Set(stems(text)), keys: nameKeys(text) };
}

function sourceUnit(
  source: number,
  position: number,
  block: Block,
  unit: Unit,
  header: Words | undefined,
): SourceUnit {
  const text = itemText(unit.text);
  const facts = factsOf(text);
  return {
    ...wordsOf(text),
    source,
    position,
    block,
    unit,
    figures: block.header
      ? rowFigures(block.header, unit.text)
      : [...facts.figures, ...versionFigures(facts.names)],
    names: facts.names,
    folded: foldLiteral(unit.text),
    labelled: block.header ? rowText(block.header, unit.text) : text,
    header,
    columns: block.header ? columnFigures(block.header, unit.text) : [],
    leans: opensWithReference.test(text),
  };
}

/** A table row as a line: "H100 SXM — Memory: 80 GB · Bandwidth: 3.35 TB/s". */
export function rowText(header: readonly string[], row: string): string {
  const [first = "", ...cells] = row.split(" | ").map((cell) => cell.trim());
  const labelled = cells.flatMap((cell, index) => {
    const heading = withoutMarks(header[index + 1] ?? "");
    return cell === "" ? [] : [heading === "" ? cell : `${heading}: ${cell}`];
  });
  return labelled.length === 0 ? first : `${first} — ${labelled.join(" · ")}`;
}

/** The figures of a row; a bare number is in the unit that the heading of its column gives. */
function rowFigures(header: readonly string[], row: string): Figure[] {
  return row.split(" | ").flatMap((cell, column) => {
    const { figures, names } = factsOf(cell);
    const unit = unitInHeader(header[column] ?? "");
    const measured = figures.map((figure): Figure => {
      const [reading] = figure.readings;
      if (!unit || !reading || reading.family !== undefined) return figure;
      return {
        ...figure,
        readings: [...figure.readings, { value: reading.value * unit.factor, family: unit.family }],
      };
    });
    return [...measured, ...versionFigures(names)];
  });
}

function columnFigures(header: readonly string[], row: string): SourceUnit["columns"] {
  return row
    .split(" | ")
    .map((cell, column) => ({
      heading: factsOf(header[column] ?? "").figures,
      cell: rowFigures([header[column] ?? ""], cell),
    }))
    .filter(({ heading }) => heading.length > 0);
}

/** "ConnectX-7" also says 7, for a claim that writes "ConnectX 7". */
function versionFigures(names: readonly Name[]): Figure[] {
  return names.flatMap(({ written, start, end }) => {
    const number = /^\p{L}+-(\d+)$/u.exec(written)?.[1];
    if (number === undefined) return [];
    return [
      {
        written: number,
        number,
        readings: [{ value: Number(number), family: undefined }],
        bound: undefined,
        noun: undefined,
        start,
        end,
      },
    ];
  });
}
