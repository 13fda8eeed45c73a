import type { DocumentRecord, KnowledgeIndex } from "../index/types.ts";
import { phrasesOf, stemSet, stems, words } from "../knowledge/analyze.ts";
import { isCommonEnglish } from "../knowledge/english.ts";
import type { Turn } from "../knowledge/types.ts";
import { type Name, namesIn } from "../retrieve/names.ts";
import { holding, type Query, type QueryTerm, understand } from "../retrieve/query.ts";
import type { Proposal } from "./rewrite-form.ts";
import { deniesAlike, holdsFigures, type Marks, marksOf } from "./rewrite-marks.ts";

/** What a question is compared with its rewordings by. */
export interface Original {
  /** As the member wrote it. */
  readonly question: string;
  /** Completed from the conversation. */
  readonly asked: string;
  readonly history: readonly Turn[];
  /** What the index makes of it. */
  readonly query: Query;
}

/** What became of one proposed search; `dropped` says what it lost or added. */
export interface Judged {
  readonly kind: "rewording" | "part";
  readonly text: string;
  readonly dropped?: string;
}

/**
 * Drops proposals that change the question: a rewording must keep every figure with its unit, every salient
 * name and every negation, parts must do so together; neither may add a figure that question and conversation
 * lack, or a name that the corpus lacks too. Throws IndexError and AbortError.
 */
export async function judgeProposal(
  { rewordings, parts }: Proposal,
  original: Original,
  index: KnowledgeIndex,
  signal?: AbortSignal,
): Promise<Judged[]> {
  const salient = await salientNames(original.query, index);
  const own = marksOf(original.query.spelled);
  const context = [original.question, original.asked, ...original.history.map(({ content }) => content)].join(
    "\n",
  );
  const allowed = marksOf(context).figures;
  const seen = new Set([normal(original.asked), normal(original.question)]);
  const judge = async (kind: Judged["kind"], text: string): Promise<Judged> => {
    const dropped = (reason: string) => ({ kind, text, dropped: reason });
    const marks = marksOf(text);
    if (!holdsFigures(marks.figures, allowed)) return dropped("adds or changes a figure");
    if (kind === "rewording") {
      const lost = losses(text, marks, own, salient);
      if (lost) return dropped(lost);
    } else if (marks.denied.length > 0 && own.denied.length === 0) return dropped("changes a negation");
    if (seen.has(normal(text))) return dropped("says the same");
    seen.add(normal(text));
    const { terms, unknownNames } = await understand(text, index, signal);
    if (terms.length === 0) return dropped("asks for nothing");
    const known = phrasesOf(context);
    if (unknownNames.some((name) => !known(stems(name).join(" ")))) return dropped("adds an unknown name");
    return { kind, text };
  };
  const judged: Judged[] = [];
  for (const text of rewordings) judged.push(await judge("rewording", text));
  const pieces: Judged[] = [];
  for (const text of parts) pieces.push(await judge("part", text));
  const kept = pieces.filter(({ dropped }) => dropped === undefined);
  const together = kept.map(({ text }) => text).join(".\n");
  const lost = kept.length === 0 ? undefined : losses(together, marksOf(together), own, salient);
  // Part of a division that forgets something is about another question.
  return [...judged, ...pieces.map((one) => (lost && !one.dropped ? { ...one, dropped: lost } : one))];
}

/** What a text loses of the question, in words; undefined when it keeps all. */
function losses(text: string, marks: Marks, own: Marks, salient: readonly Salient[]): string | undefined {
  if (!holdsFigures(own.figures, marks.figures)) return "loses a figure";
  if (!deniesAlike(own.denied, marks.denied)) return "changes a negation";
  const missing = salient.find(({ keptIn }) => !keptIn(text));
  return missing && `loses ${missing.written}`;
}

/** A name that the question is about, and how to tell that a text still has it. */
interface Salient {
  readonly written: string;
  readonly keptIn: (text: string) => boolean;
}

/**
 * The names of a question: those with a number or a capital, the words that are no everyday English, and the
 * names of documents. Another name of the same thing keeps it.
 */
async function salientNames(query: Query, index: KnowledgeIndex): Promise<Salient[]> {
  const alternatives = (phrase: string) =>
    query.terms.flatMap((term) => (term.stem === phrase ? term.alternatives : []));
  const holds = phrasesOf(query.spelled);
  const documents = (await documentNames(index)).filter((names) => names.some(holds));
  const named = documents.map(
    (names): Salient => ({
      written: names.find(holds) ?? "",
      keptIn: (text) => names.some(phrasesOf(text)),
    }),
  );
  const names = namesIn(query.spelled);
  const counted = await Promise.all(names.map(countsSomething));
  const marked = names
    .filter((_, position) => !counted[position])
    .map(({ typed, phrases }): Salient => {
      const all = [...phrases, ...phrases.flatMap(alternatives)];
      return { written: typed, keptIn: (text) => all.some(phrasesOf(text)) };
    });
  const rare = await Promise.all(query.terms.map(isRareWord));
  const uncommon = query.terms
    .filter(({ stem }, position) => rare[position] && !documents.some((one) => one.includes(stem)))
    .map((term): Salient => ({ written: term.surface, keptIn: (text) => holding(term, stemSet(text)) > 0 }));
  return [...marked, ...uncommon, ...named];
}

/** "Spread 1,000 files" has the form of "NVLink 5", but an everyday word; its figure must be kept all the same. */
async function countsSomething({ numbered }: Name): Promise<boolean> {
  const [word = ""] = words(numbered ?? "");
  return word !== "" && (await isCommonEnglish(word));
}

/** Slang that nobody writes down is shorter than this. */
const shortestUnknown = 5;

async function isRareWord({ surface, passages, contrast }: QueryTerm): Promise<boolean> {
  if (!/^[a-z]+$/.test(surface) || (passages > 0 && contrast === 0)) return false;
  if (passages === 0 && surface.length < shortestUnknown) return false;
  return !(await isCommonEnglish(surface));
}

/** The names of each document as stems side by side, read once for each index. */
const prepared = new WeakMap<KnowledgeIndex, Promise<readonly (readonly string[])[]>>();

function documentNames(index: KnowledgeIndex): Promise<readonly (readonly string[])[]> {
  const known = prepared.get(index) ?? index.documents().then((documents) => documents.map(namesOf));
  prepared.set(index, known);
  known.catch(() => prepared.delete(index));
  return known;
}

function namesOf({ title, aliases }: DocumentRecord): string[] {
  return [title, ...aliases].map((name) => stems(name).join(" ")).filter((name) => name !== "");
}

function normal(text: string): string {
  return stems(text).join(" ");
}
