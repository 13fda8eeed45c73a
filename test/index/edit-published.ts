import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { fileHash, files } from "../../src/index/embedded/layout.ts";

/** Changes what a published generation says of itself. */
export async function rewriteManifest(folder: string, change: (manifest: object) => object): Promise<void> {
  const database = new Database(join(folder, files.database));
  const manifest = JSON.parse(database.prepare("select data from manifest").pluck().get() as string);
  database.prepare("update manifest set data = ?").run(JSON.stringify(change(manifest)));
  database.close();
  await reseal(folder);
}

/** Writes the checksums anew, as if the files had been published so. */
export async function reseal(folder: string): Promise<void> {
  const names = readdirSync(folder).filter((name) => name !== files.checksums);
  const sums = await Promise.all(
    names.map(async (name) => `${await fileHash(join(folder, name))}  ${name}\n`),
  );
  writeFileSync(join(folder, files.checksums), sums.join(""));
}
