import { join } from "node:path";
import Database from "better-sqlite3";
import hnswlib from "hnswlib-node";
import { IndexError } from "../../errors.ts";
import { indexFormat, type Manifest } from "../types.ts";
import { files, hnsw } from "./layout.ts";

/** Opens the database of a generation for reading. Throws IndexError. */
export function openDatabase(folder: string): Database.Database {
  const path = join(folder, files.database);
  try {
    return new Database(path, { readonly: true, fileMustExist: true });
  } catch (cause) {
    throw new IndexError(`${path} cannot be opened; run \`npm run ingest\` to build the index again.`, {
      cause,
    });
  }
}

/** What a generation says of itself. Throws IndexError when it is none or of another format. */
export function readManifest(database: Database.Database, folder: string): Manifest {
  let manifest: Manifest;
  try {
    const data = database.prepare("select data from manifest").pluck().get() as string;
    manifest = JSON.parse(data);
  } catch (cause) {
    throw new IndexError(`${folder} is not an index of Rackmate; run \`npm run ingest\` to build it again.`, {
      cause,
    });
  }
  if (manifest.format !== indexFormat) {
    throw new IndexError(
      `The index in ${folder} has format ${manifest.format} and this version reads ${indexFormat}; run \`npm run ingest\` to build it again.`,
    );
  }
  return manifest;
}

/** Loads the graph of vectors; undefined for a generation without. Throws IndexError. */
export async function readGraph(
  path: string,
  manifest: Manifest,
): Promise<hnswlib.HierarchicalNSW | undefined> {
  if (!manifest.embedder || manifest.vectors === 0) return undefined;
  // Always into a fresh object: loading over a live graph crashes the process (RESULTS.md).
  const graph = new hnswlib.HierarchicalNSW(hnsw.space, manifest.embedder.dimensions);
  await graph.readIndex(path).catch((cause: unknown) => {
    throw new IndexError(`${path} cannot be loaded; run \`npm run ingest\` to build the index again.`, {
      cause,
    });
  });
  if (graph.getCurrentCount() !== manifest.vectors) {
    throw new IndexError(`${path} belongs to another index; run \`npm run ingest\` to build it again.`);
  }
  graph.setEf(hnsw.ef); // loading resets it to 10
  return graph;
}
